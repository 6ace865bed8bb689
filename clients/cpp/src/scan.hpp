// Finds its way through JSON text without building anything.
// Every function is safe for any bytes between `at` and `end`, as long as `scan_padding` bytes behind `end` may be
// read.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace dragoman::scan {

inline constexpr std::size_t scan_padding = 64;

inline const char* skip_space(const char* at, const char* end) {
    while (at < end && (*at == ' ' || *at == '\t' || *at == '\r' || *at == '\n')) ++at;
    return at;
}

/// `at` is behind the opening quote; returns the closing quote. Throws std::invalid_argument where there is none.
const char* end_of_string(const char* at, const char* end);

/// Behind the value that starts at `at`; what is inside a list or object is stepped over, not checked.
const char* skip_value(const char* at, const char* end);

/// The text of a string's inside, escapes resolved, appended to `out`.
void append_unescaped(std::string& out, const char* at, const char* end);

/// Whether a string's inside, escapes resolved, is `text`.
bool same_text(std::string_view raw, std::string_view text);

struct Number {
    enum Kind { whole, unsigned_whole, real } kind;
    union {
        long long integer;
        unsigned long long natural;
        double floating;
    };
};

/// Reads the number at `at` and moves `at` behind it.
Number read_number(const char*& at, const char* end);

[[noreturn]] void fail(const char* what, const char* at, const char* end);

}  // namespace dragoman::scan
