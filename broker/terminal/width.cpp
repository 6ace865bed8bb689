#include "broker/terminal/width.hpp"

#include <algorithm>
#include <array>

#include "broker/session/transcript.hpp"

namespace dragoman {
namespace {

struct Range {
    char32_t first, last;
};

/// Combining marks and other characters that take no room. Not complete for all scripts; enough to stay aligned.
constexpr std::array<Range, 26> without_width{{
    {0x0300, 0x036F}, {0x0483, 0x0489},   {0x0591, 0x05BD}, {0x0610, 0x061A}, {0x064B, 0x065F}, {0x0670, 0x0670},
    {0x06D6, 0x06DC}, {0x0900, 0x0902},   {0x093C, 0x093C}, {0x0941, 0x0948}, {0x094D, 0x094D}, {0x0E31, 0x0E31},
    {0x0E34, 0x0E3A}, {0x0E47, 0x0E4E},   {0x1160, 0x11FF}, {0x1AB0, 0x1AFF}, {0x1DC0, 0x1DFF}, {0x200B, 0x200F},
    {0x202A, 0x202E}, {0x2060, 0x2064},   {0x2066, 0x206F}, {0x20D0, 0x20F0}, {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F},
    {0xFEFF, 0xFEFF}, {0xE0000, 0xE0FFF},
}};

/// East Asian wide and full-width, and what terminals show as emoji (Unicode's EastAsianWidth.txt, W and F).
constexpr std::array<Range, 46> double_width{{
    {0x1100, 0x115F}, {0x231A, 0x231B}, {0x2329, 0x232A}, {0x23E9, 0x23EC},   {0x23F0, 0x23F0}, {0x23F3, 0x23F3},
    {0x25FD, 0x25FE}, {0x2614, 0x2615}, {0x2648, 0x2653}, {0x267F, 0x267F},   {0x2693, 0x2693}, {0x26A1, 0x26A1},
    {0x26AA, 0x26AB}, {0x26BD, 0x26BE}, {0x26C4, 0x26C5}, {0x26CE, 0x26CE},   {0x26D4, 0x26D4}, {0x26EA, 0x26EA},
    {0x26F2, 0x26F3}, {0x26F5, 0x26F5}, {0x26FA, 0x26FA}, {0x26FD, 0x26FD},   {0x2705, 0x2705}, {0x270A, 0x270B},
    {0x2728, 0x2728}, {0x274C, 0x274C}, {0x274E, 0x274E}, {0x2753, 0x2755},   {0x2757, 0x2757}, {0x2795, 0x2797},
    {0x27B0, 0x27B0}, {0x27BF, 0x27BF}, {0x2B1B, 0x2B1C}, {0x2B50, 0x2B50},   {0x2B55, 0x2B55}, {0x2E80, 0x303E},
    {0x3041, 0x33FF}, {0x3400, 0x4DBF}, {0x4E00, 0xA4C6}, {0xA960, 0xA97C},   {0xAC00, 0xD7A3}, {0xF900, 0xFAFF},
    {0xFE10, 0xFE6B}, {0xFF01, 0xFF60}, {0xFFE0, 0xFFE6}, {0x1F300, 0x3FFFD},
}};

template <std::size_t size>
bool holds(const std::array<Range, size>& ranges, char32_t character) {
    const auto after = std::upper_bound(ranges.begin(), ranges.end(), character,
                                        [](char32_t value, const Range& range) { return value < range.first; });
    return after != ranges.begin() && character <= std::prev(after)->last;
}

}  // namespace

std::optional<char32_t> take_character(std::string_view& text) {
    if (text.empty()) return std::nullopt;
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned first = byte(0);
    const std::size_t length = first < 0x80   ? 1
                               : first < 0xC2 ? 0
                               : first < 0xE0 ? 2
                               : first < 0xF0 ? 3
                               : first < 0xF5 ? 4
                                              : 0;
    char32_t character = length <= 1 ? first : first & (0xFFU >> (length + 1));
    bool good = length > 0 && length <= text.size();
    for (std::size_t i = 1; good && i < length; ++i) {
        good = (byte(i) & 0xC0U) == 0x80;
        character = (character << 6) | (byte(i) & 0x3FU);
    }
    const char32_t least = length == 3 ? 0x800 : length == 4 ? 0x10000 : 0;
    good = good && character >= least && character <= 0x10FFFF && !(character >= 0xD800 && character <= 0xDFFF);
    text.remove_prefix(good ? length : 1);
    return good ? character : U'\uFFFD';
}

void append_utf8(std::string& text, char32_t character) {
    const auto put = [&](char32_t byte) { text += static_cast<char>(static_cast<unsigned char>(byte)); };
    if (character < 0x80) {
        put(character);
    } else if (character < 0x800) {
        put(0xC0 | (character >> 6));
        put(0x80 | (character & 0x3F));
    } else if (character < 0x10000) {
        put(0xE0 | (character >> 12));
        put(0x80 | ((character >> 6) & 0x3F));
        put(0x80 | (character & 0x3F));
    } else {
        put(0xF0 | (character >> 18));
        put(0x80 | ((character >> 12) & 0x3F));
        put(0x80 | ((character >> 6) & 0x3F));
        put(0x80 | (character & 0x3F));
    }
}

int width_of(char32_t character) {
    if (character < 0x20 || (character >= 0x7F && character < 0xA0)) return 0;
    if (character < 0x300) return 1;
    if (holds(without_width, character)) return 0;
    return holds(double_width, character) ? 2 : 1;
}

std::size_t width_of(std::string_view text) {
    std::size_t width = 0;
    while (const auto character = take_character(text)) width += static_cast<std::size_t>(width_of(*character));
    return width;
}

std::string one_line(std::string_view text) {
    std::string line = harmless(text);
    std::replace_if(
        line.begin(), line.end(), [](char c) { return c == '\n' || c == '\t'; }, ' ');
    return line;
}

std::string cut(std::string_view text, std::size_t width) {
    std::string_view rest = text;
    std::size_t used = 0, end = 0;  // `end`: what can stay when an ellipsis has to follow
    while (const auto character = take_character(rest)) {
        used += static_cast<std::size_t>(width_of(*character));
        if (used > width) return width == 0 ? "" : std::string(text.substr(0, end)) + "…";
        if (used < width) end = text.size() - rest.size();
    }
    return std::string(text);
}

namespace {

/// Bytes of `text` that fit into `width` cells; at least one character.
std::size_t fits(std::string_view text, std::size_t width) {
    std::string_view rest = text;
    std::size_t used = 0, end = 0;
    while (const auto character = take_character(rest)) {
        used += static_cast<std::size_t>(width_of(*character));
        if (used > width && end > 0) return end;
        end = text.size() - rest.size();
    }
    return end;
}

void wrap_paragraph(std::string_view text, std::size_t width, std::vector<std::string>& lines) {
    do {
        std::size_t end = fits(text, width), next = end;
        if (end < text.size()) {
            if (const auto blank = text.rfind(' ', end); blank != std::string_view::npos && blank > 0)
                end = blank, next = blank + 1;
        }
        lines.emplace_back(text.substr(0, end));
        text.remove_prefix(next);
    } while (!text.empty());
}

}  // namespace

std::vector<std::string> wrapped(std::string_view text, std::size_t width) {
    std::vector<std::string> lines;
    while (true) {
        const auto end = text.find('\n');
        wrap_paragraph(text.substr(0, end), std::max<std::size_t>(width, 1), lines);
        if (end == std::string_view::npos) return lines;
        text.remove_prefix(end + 1);
    }
}

std::string padded(std::string_view text, std::size_t width) {
    const std::size_t used = width_of(text);
    return std::string(text) + std::string(width > used ? width - used : 0, ' ');
}

}  // namespace dragoman
