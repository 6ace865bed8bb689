// Numbers and texts of JsonReader.
#include <charconv>
#include <cstdint>

#include "json.hpp"

namespace dragoman {

namespace {

constexpr double powers_of_ten[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                    1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
constexpr std::uint64_t largest_exact = std::uint64_t{1} << 53;

bool is_digit(char c) { return static_cast<unsigned char>(c - '0') < 10; }

int hex_digit(char c) {
    if (is_digit(c)) return c - '0';
    const char lower = static_cast<char>(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/// Four hexadecimal digits, or -1. Stops at the NUL behind the text.
int hex4(const char* at) {
    int code = 0;
    for (int i = 0; i < 4; ++i) {
        const int digit = hex_digit(at[i]);
        if (digit < 0) return -1;
        code = code * 16 + digit;
    }
    return code;
}

// Lone surrogates become three bytes too, so that they come out again as they went in.
void append_utf8(std::string& out, unsigned code) {
    if (code < 0x80) {
        out += static_cast<char>(code);
    } else if (code < 0x800) {
        out += static_cast<char>(0xC0 | code >> 6);
        out += static_cast<char>(0x80 | (code & 0x3F));
    } else if (code < 0x10000) {
        out += static_cast<char>(0xE0 | code >> 12);
        out += static_cast<char>(0x80 | (code >> 6 & 0x3F));
        out += static_cast<char>(0x80 | (code & 0x3F));
    } else {
        out += static_cast<char>(0xF0 | code >> 18);
        out += static_cast<char>(0x80 | (code >> 12 & 0x3F));
        out += static_cast<char>(0x80 | (code >> 6 & 0x3F));
        out += static_cast<char>(0x80 | (code & 0x3F));
    }
}

struct PlainBytes {
    bool in_text[256] = {};  // everything but the quote, the backslash and control characters
    constexpr PlainBytes() {
        for (int i = 0x20; i < 256; ++i) in_text[i] = i != '"' && i != '\\';
    }
};
constexpr PlainBytes plain;

const char* skip_plain(const char* at) {
    while (plain.in_text[static_cast<unsigned char>(*at)]) ++at;
    return at;
}

}  // namespace

// Up to 19 digits are gathered in an integer; what is exact that way (nearly everything) needs no more. The rest is
// from_chars'.
bool JsonReader::number() {
    const char* const begin = at_;
    const bool negative = *at_ == '-';
    if (negative) ++at_;
    if (!is_digit(*at_)) return fail("a value was expected");
    if (*at_ == '0' && is_digit(at_[1])) return fail("a number may not begin with 0");
    std::uint64_t digits = 0;
    const char* const first_digit = at_;
    while (is_digit(*at_)) digits = digits * 10 + static_cast<unsigned>(*at_++ - '0');
    auto count = at_ - first_digit;
    int exponent = 0;
    if (*at_ == '.') {
        const char* const fraction = ++at_;
        while (is_digit(*at_)) digits = digits * 10 + static_cast<unsigned>(*at_++ - '0');
        if (at_ == fraction) return fail("a digit was expected");
        count += at_ - fraction;
        exponent = static_cast<int>(fraction - at_);
    }
    bool has_exponent = false;
    bool tiny = *first_digit == '0';
    if ((*at_ | 0x20) == 'e') {
        has_exponent = true;
        ++at_;
        tiny = *at_ == '-';
        if (*at_ == '+' || *at_ == '-') ++at_;
        if (!is_digit(*at_)) return fail("a digit was expected");
        while (is_digit(*at_)) ++at_;
    }
    double result = 0;
    if (count <= 19 && digits <= largest_exact && !has_exponent) {
        result = static_cast<double>(digits);
        if (exponent != 0) result /= powers_of_ten[-exponent];
        if (negative && digits != 0) result = -result;
    } else if (std::from_chars(begin, at_, result).ec == std::errc::result_out_of_range && !tiny) {
        return fail("a number beyond what a double can hold");
    }
    lua_pushnumber(lua_, result);
    return true;
}

bool JsonReader::text() {
    const char* const begin = at_;
    at_ = skip_plain(at_);
    if (*at_ != '"') return text_with_escapes(begin);
    lua_pushlstring(lua_, begin, static_cast<std::size_t>(at_ - begin));
    ++at_;
    return true;
}

bool JsonReader::text_with_escapes(const char* begin) {
    scratch_.assign(begin, at_);
    while (*at_ != '"') {
        if (*at_ != '\\') return fail("a text that does not end, or holds a control character");
        ++at_;
        if (!escape()) return false;
        const char* const plain_begin = at_;
        at_ = skip_plain(at_);
        scratch_.append(plain_begin, at_);
    }
    ++at_;
    lua_pushlstring(lua_, scratch_.data(), scratch_.size());
    return true;
}

bool JsonReader::escape() {
    const char letter = *at_++;
    switch (letter) {
        case '"':
        case '\\':
        case '/':
            scratch_ += letter;
            return true;
        case 'b':
            scratch_ += '\b';
            return true;
        case 'f':
            scratch_ += '\f';
            return true;
        case 'n':
            scratch_ += '\n';
            return true;
        case 'r':
            scratch_ += '\r';
            return true;
        case 't':
            scratch_ += '\t';
            return true;
        case 'u':
            break;
        default:
            --at_;
            return fail("an unknown escape");
    }
    int code = hex4(at_);
    if (code < 0) return fail("four hexadecimal digits were expected");
    at_ += 4;
    if (code >= 0xD800 && code < 0xDC00 && at_[0] == '\\' && at_[1] == 'u') {
        const int low = hex4(at_ + 2);
        if (low >= 0xDC00 && low < 0xE000) {
            code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
            at_ += 6;
        }
    }
    append_utf8(scratch_, static_cast<unsigned>(code));
    return true;
}

}  // namespace dragoman
