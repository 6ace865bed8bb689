#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace dragoman {

/// What is kept of something long: its beginning and its end, and how much went by between.
class Transcript {
public:
    static constexpr std::size_t head_size = 2048;
    static constexpr std::size_t tail_size = 4096;

    void add(std::string_view bytes);
    /// Head, "... N bytes left out ...", tail. Invalid UTF-8 is replaced, so that it can stand in JSON.
    std::string text() const;
    /// The last bytes only, from the start of a line.
    std::string tail(std::size_t most = tail_size) const;
    std::uint64_t bytes() const { return bytes_; }

private:
    std::string head_;
    std::string tail_;  // up to twice tail_size, cut when it grows past that
    std::uint64_t bytes_ = 0;
};

/// `text` with each byte that is not part of valid UTF-8 replaced by U+FFFD.
std::string valid_utf8(std::string_view text);
/// The same, and control characters that would drive a terminal (all but newline and tab) made visible as ^X.
std::string harmless(std::string_view text);
/// The same, with newlines and tabs as ^J and ^I: for names.
std::string on_one_line(std::string_view text);

}  // namespace dragoman
