#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace dragoman {

/// "50ms", "60s", "1.5s", "2min", "1h"; nothing for other text, for less than a millisecond and for more than a year.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);

/// What parse_duration() reads, in the largest unit that is exact: "2min", "90s", "1500ms".
std::string duration_text(std::chrono::milliseconds duration);

}  // namespace dragoman
