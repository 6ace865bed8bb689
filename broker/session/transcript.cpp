#include "broker/session/transcript.hpp"

#include <simdjson.h>

namespace dragoman {
namespace {

/// Length of the valid UTF-8 sequence that `text` begins with, or 0. Table 3-7 of the Unicode standard.
std::size_t sequence_length(std::string_view text) {
    const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
    const auto between = [&](std::size_t i, unsigned low, unsigned high) { return byte(i) >= low && byte(i) <= high; };
    const unsigned first = byte(0);
    if (first < 0x80) return 1;
    if (first >= 0xC2 && first <= 0xDF) return between(1, 0x80, 0xBF) ? 2 : 0;
    if (first >= 0xE0 && first <= 0xEF) {
        const bool second = between(1, first == 0xE0 ? 0xA0 : 0x80, first == 0xED ? 0x9F : 0xBF);
        return second && between(2, 0x80, 0xBF) ? 3 : 0;
    }
    if (first >= 0xF0 && first <= 0xF4) {
        const bool second = between(1, first == 0xF0 ? 0x90 : 0x80, first == 0xF4 ? 0x8F : 0xBF);
        return second && between(2, 0x80, 0xBF) && between(3, 0x80, 0xBF) ? 4 : 0;
    }
    return 0;
}

}  // namespace

std::string valid_utf8(std::string_view text) {
    if (simdjson::validate_utf8(text.data(), text.size())) return std::string(text);
    std::string valid;
    valid.reserve(text.size());
    while (!text.empty()) {
        const std::size_t length = sequence_length(text);
        valid += length > 0 ? text.substr(0, length) : std::string_view("\xEF\xBF\xBD");
        text.remove_prefix(length > 0 ? length : 1);
    }
    return valid;
}

namespace {

/// Marks and overrides of the direction of writing (Unicode, UAX 9), which make a text look like another: how many
/// bytes of `text` at `at` are one; 0: none.
std::size_t direction_mark(std::string_view text, std::size_t at) {
    const auto byte = [&](std::size_t i) {
        return at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0U;
    };
    if (byte(0) == 0xD8 && byte(1) == 0x9C) return 2;  // U+061C
    if (byte(0) != 0xE2) return 0;
    const bool of_80 = byte(1) == 0x80 && (byte(2) == 0x8E || byte(2) == 0x8F || (byte(2) >= 0xAA && byte(2) <= 0xAE));
    const bool of_81 = byte(1) == 0x81 && byte(2) >= 0xA6 && byte(2) <= 0xA9;
    return of_80 || of_81 ? 3 : 0;
}

}  // namespace

std::string harmless(std::string_view text) {
    std::string clean;
    const std::string valid = valid_utf8(text);
    clean.reserve(valid.size());
    for (std::size_t i = 0; i < valid.size(); ++i) {
        const auto c = static_cast<unsigned char>(valid[i]);
        const bool c1 = c == 0xC2 && i + 1 < valid.size() && static_cast<unsigned char>(valid[i + 1]) < 0xA0;
        if (c1) {
            clean += "\xEF\xBF\xBD";  // the 8-bit control characters
            ++i;
        } else if (const std::size_t mark = direction_mark(valid, i); mark > 0) {
            clean += "\xEF\xBF\xBD";
            i += mark - 1;
        } else if ((c < 0x20 && c != '\n' && c != '\t') || c == 0x7F) {
            clean += '^';
            clean += static_cast<char>(c ^ 0x40);
        } else {
            clean += valid[i];
        }
    }
    return clean;
}

std::string on_one_line(std::string_view text) {
    std::string line;
    for (const char c : harmless(text)) {
        if (c == '\n' || c == '\t')
            line.append(1, '^').append(1, static_cast<char>(c ^ 0x40));
        else
            line += c;
    }
    return line;
}

void Transcript::add(std::string_view bytes) {
    bytes_ += bytes.size();
    if (head_.size() < head_size) {
        const std::string_view first = bytes.substr(0, head_size - head_.size());
        head_ += first;
        bytes.remove_prefix(first.size());
    }
    if (bytes.size() > tail_size) bytes.remove_prefix(bytes.size() - tail_size);
    tail_ += bytes;
    if (tail_.size() > 2 * tail_size) tail_.erase(0, tail_.size() - tail_size);
}

std::string Transcript::text() const {
    const std::size_t kept = std::min(tail_.size(), tail_size);
    const std::string_view end = std::string_view(tail_).substr(tail_.size() - kept);
    const std::uint64_t left_out = bytes_ - head_.size() - kept;
    if (left_out == 0) return valid_utf8(head_ + std::string(end));
    return valid_utf8(head_) + "\n... " + std::to_string(left_out) + " bytes left out ...\n" + valid_utf8(end);
}

std::string Transcript::tail(std::size_t most) const {
    const std::string all = tail_.size() < most ? head_ + tail_ : tail_;
    std::string_view end = all;
    if (end.size() > most) end.remove_prefix(end.size() - most);
    if (end.size() < bytes_) {
        if (const auto line = end.find('\n'); line != std::string_view::npos && line + 1 < end.size())
            end.remove_prefix(line + 1);
    }
    return valid_utf8(end);
}

}  // namespace dragoman
