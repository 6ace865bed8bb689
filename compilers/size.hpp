#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace dragoman {

/// "64MiB", "1.5GiB", "500KiB", "10MB", "4096" (bytes), "100B"; nothing for other text, for a part of a byte, and for
/// more than a PiB.
std::optional<std::uint64_t> parse_size(std::string_view text);

/// What parse_size() reads, in the largest binary unit that is exact: "64MiB", "1536KiB", "100B".
std::string size_text(std::uint64_t bytes);

}  // namespace dragoman
