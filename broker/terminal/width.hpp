#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dragoman {

/// Takes the first character off `text`; an invalid byte becomes U+FFFD. Nothing at the end.
std::optional<char32_t> take_character(std::string_view& text);
void append_utf8(std::string& text, char32_t character);

/// How many cells a terminal gives to a character: 0 (combining, control), 1, or 2 (East Asian wide, emoji).
int width_of(char32_t character);
/// The same for a whole text.
std::size_t width_of(std::string_view text);

/// Harmless (transcript.hpp), with blanks for line breaks and tabs.
std::string one_line(std::string_view text);
/// The beginning of `text` that fits into `width` cells, the last one an ellipsis where something was left out.
std::string cut(std::string_view text, std::size_t width);
/// In lines of at most `width` cells, broken at blanks where there are any, and at line breaks. At least one line.
std::vector<std::string> wrapped(std::string_view text, std::size_t width);
/// Followed by blanks up to `width`.
std::string padded(std::string_view text, std::size_t width);

}  // namespace dragoman
