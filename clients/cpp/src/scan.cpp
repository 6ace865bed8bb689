#include "scan.hpp"

#include "blocks.hpp"

#include <bit>
#include <charconv>
#include <cstring>
#include <stdexcept>

namespace dragoman::scan {
namespace {

/// Bits of the bytes that a backslash takes away. `carry`: the last byte of the block before was such a backslash.
std::uint64_t escaped_bits(std::uint64_t backslashes, bool& carry) {
    std::uint64_t escaped = carry ? 1 : 0;
    backslashes &= ~escaped;
    carry = false;
    while (backslashes != 0) {
        const int i = std::countr_zero(backslashes);
        if (i == 63) {
            carry = true;
            break;
        }
        escaped |= std::uint64_t{2} << i;
        backslashes &= ~(std::uint64_t{3} << i);
    }
    return escaped;
}

const char* skip_container(const char* at, const char* end) {
    const char* const start = at;
    int depth = 0;
    bool carry = false;
    std::uint64_t in_string = 0;
    for (; at < end; at += 64) {
        Block block = load_block(at);
        if (block.backslashes != 0 || carry) block.quotes &= ~escaped_bits(block.backslashes, carry);
        std::uint64_t quoted = in_string;
        if (block.quotes != 0) {
            quoted ^= inside(block.quotes);
            in_string = (quoted >> 63) != 0 ? ~std::uint64_t{0} : 0;
        }
        const std::uint64_t opens = block.opens & ~quoted;
        std::uint64_t closes = block.closes & ~quoted;
        const int closed = count(closes);
        if (depth > closed) {
            depth += count(opens) - closed;
            continue;
        }
        std::uint64_t brackets = opens | closes;
        while (brackets != 0) {
            const std::uint64_t lowest = brackets & (~brackets + 1);
            depth += (opens & lowest) != 0 ? 1 : -1;
            if (depth == 0) {
                const char* behind = at + std::countr_zero(lowest) + 1;
                if (behind > end) fail("an unfinished list or object", start, end);
                return behind;
            }
            brackets ^= lowest;
        }
    }
    fail("an unfinished list or object", start, end);
}

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

unsigned read_hex4(const char*& at, const char* end) {
    if (end - at < 4) fail("an unfinished \\u", at, end);
    unsigned value = 0;
    for (int i = 0; i < 4; ++i) {
        const int digit = hex_digit(*at++);
        if (digit < 0) fail("\\u without four hex digits", at, end);
        value = value * 16 + static_cast<unsigned>(digit);
    }
    return value;
}

void append_utf8(std::string& out, unsigned code) {
    if (code < 0x80) {
        out += static_cast<char>(code);
    } else if (code < 0x800) {
        out += static_cast<char>(0xc0 | (code >> 6));
        out += static_cast<char>(0x80 | (code & 0x3f));
    } else if (code < 0x10000) {
        out += static_cast<char>(0xe0 | (code >> 12));
        out += static_cast<char>(0x80 | ((code >> 6) & 0x3f));
        out += static_cast<char>(0x80 | (code & 0x3f));
    } else {
        out += static_cast<char>(0xf0 | (code >> 18));
        out += static_cast<char>(0x80 | ((code >> 12) & 0x3f));
        out += static_cast<char>(0x80 | ((code >> 6) & 0x3f));
        out += static_cast<char>(0x80 | (code & 0x3f));
    }
}

/// Python writes a character that has no other half (half a surrogate pair) as it is; UTF-8 has no form for it.
constexpr unsigned replacement = 0xfffd;

unsigned read_code_point(const char*& at, const char* end) {
    const unsigned first = read_hex4(at, end);
    if (first < 0xd800 || first > 0xdfff) return first;
    if (first > 0xdbff || end - at < 6 || at[0] != '\\' || at[1] != 'u') return replacement;
    const char* ahead = at + 2;
    const unsigned second = read_hex4(ahead, end);
    if (second < 0xdc00 || second > 0xdfff) return replacement;
    at = ahead;
    return 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

double read_real(const char* start, const char* end) {
    double value = 0;
    const auto [behind, error] = std::from_chars(start, end, value);
    if (error == std::errc::invalid_argument) fail("a number was expected", start, end);
    if (error == std::errc::result_out_of_range) {
        const std::string_view text(start, static_cast<std::size_t>(behind - start));
        const std::size_t exponent = text.find_first_of("eE");
        const bool tiny = exponent == text.npos ? text.find('.') <= 2 : text[exponent + 1] == '-';
        if (!tiny) fail("a number too large for a double", start, end);
        value = text[0] == '-' ? -0.0 : 0.0;
    }
    return value;
}

}  // namespace

void fail(const char* what, const char* at, const char* end) {
    std::string message = std::string("not valid JSON: ") + what;
    const auto left = static_cast<std::size_t>(at < end ? end - at : 0);
    message += left == 0 ? " at the end" : " at: " + std::string(at, std::min<std::size_t>(left, 30));
    throw std::invalid_argument(message);
}

const char* end_of_string(const char* at, const char* end) {
    const char* const start = at;
    while (at < end) {
#ifdef __SSE2__
        const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
        const __m128i found =
            _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')), _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\')));
        const auto mask = static_cast<unsigned>(_mm_movemask_epi8(found));
        if (mask == 0) {
            at += 16;
            continue;
        }
        at += std::countr_zero(mask);
#endif
        if (at >= end) break;
        if (*at == '"') return at;
        at += *at == '\\' ? 2 : 1;
    }
    fail("an unfinished string", start, end);
}

const char* skip_value(const char* at, const char* end) {
    if (at >= end) fail("a value was expected", at, end);
    if (*at == '"') return end_of_string(at + 1, end) + 1;
    if (*at == '[' || *at == '{') return skip_container(at, end);
    const char* const start = at;
    while (at < end && *at != ',' && *at != ']' && *at != '}' && *at != ' ') ++at;
    if (at == start) fail("a value was expected", at, end);
    return at;
}

void append_unescaped(std::string& out, const char* at, const char* end) {
    while (at < end) {
        const auto* backslash = static_cast<const char*>(std::memchr(at, '\\', static_cast<std::size_t>(end - at)));
        if (backslash == nullptr) backslash = end;
        out.append(at, backslash);
        at = backslash;
        if (at == end) return;
        if (end - at < 2) fail("an unfinished escape", at, end);
        const char kind = at[1];
        at += 2;
        switch (kind) {
            case '"':
            case '\\':
            case '/':
                out += kind;
                break;
            case 'b':
                out += '\b';
                break;
            case 'f':
                out += '\f';
                break;
            case 'n':
                out += '\n';
                break;
            case 'r':
                out += '\r';
                break;
            case 't':
                out += '\t';
                break;
            case 'u':
                append_utf8(out, read_code_point(at, end));
                break;
            default:
                fail("an unknown escape", at - 2, end);
        }
    }
}

bool same_text(std::string_view raw, std::string_view text) {
    if (raw == text) return raw.find('\\') == std::string_view::npos;
    if (raw.size() <= text.size() || raw.find('\\') == std::string_view::npos) return false;
    std::string plain;
    append_unescaped(plain, raw.data(), raw.data() + raw.size());
    return plain == text;
}

Number read_number(const char*& at, const char* end) {
    static constexpr double powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                        1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    const char* const start = at;
    const bool negative = at < end && *at == '-';
    const char* p = at + (negative ? 1 : 0);
    const char* const digits = p;
    unsigned long long natural = 0;
    while (p < end && is_digit(*p)) natural = natural * 10 + static_cast<unsigned>(*p++ - '0');
    auto length = p - digits;
    if (length == 0) fail("a value was expected", start, end);
    if (length > 1 && *digits == '0') fail("a number with a leading zero", start, end);

    Number number;
    if (p >= end || (*p != '.' && *p != 'e' && *p != 'E')) {
        at = p;
        if (length > 18) {
            const auto parsed =
                negative ? std::from_chars(start, p, number.integer).ec : std::from_chars(start, p, number.natural).ec;
            number.kind = negative ? Number::whole : Number::unsigned_whole;
            if (parsed != std::errc{}) {
                number.kind = Number::real;
                number.floating = read_real(start, p);
            }
        } else if (negative) {
            number.kind = Number::whole;
            number.integer = -static_cast<long long>(natural);
        } else {
            number.kind = Number::unsigned_whole;
            number.natural = natural;
        }
        return number;
    }

    number.kind = Number::real;
    std::ptrdiff_t fraction = 0;
    if (*p == '.') {
        const char* const behind_point = ++p;
        while (p < end && is_digit(*p)) natural = natural * 10 + static_cast<unsigned>(*p++ - '0');
        fraction = p - behind_point;
        if (fraction == 0) fail("a number that ends in a point", start, end);
        length += fraction;
    }
    const bool exponent = p < end && (*p == 'e' || *p == 'E');
    if (exponent) {
        ++p;
        if (p < end && (*p == '+' || *p == '-')) ++p;
        if (p >= end || !is_digit(*p)) fail("a number that ends in its exponent", start, end);
        while (p < end && is_digit(*p)) ++p;
    }
    at = p;
    // Exact: both the digits and the power of ten are doubles without a rest.
    if (!exponent && length <= 18 && fraction <= 22 && natural <= (1ULL << 53)) {
        const double value = static_cast<double>(natural) / powers[fraction];
        number.floating = negative ? -value : value;
    } else {
        number.floating = read_real(start, p);
    }
    return number;
}

}  // namespace dragoman::scan
