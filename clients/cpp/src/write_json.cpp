#include "write_json.hpp"

#include <nlohmann/json.hpp>

#include <charconv>
#include <cmath>
#include <stdexcept>

namespace dragoman {
namespace {

using nlohmann::json;

void append_u(std::string& out, unsigned unit) {
    static constexpr char digits[] = "0123456789abcdef";
    out += "\\u";
    for (int shift = 12; shift >= 0; shift -= 4) out += digits[(unit >> shift) & 0xf];
}

[[noreturn]] void not_utf8() { throw std::invalid_argument("text that is not UTF-8 cannot be written as JSON"); }

/// The code point that starts at text[i], which is not ASCII; moves `i` behind it.
unsigned read_utf8(std::string_view text, std::size_t& i) {
    const auto first = static_cast<unsigned char>(text[i]);
    const int more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : 1;
    if (first < 0xc2 || first > 0xf4 || text.size() - i <= static_cast<std::size_t>(more)) not_utf8();
    unsigned code = first & (0x3fU >> more);
    for (int k = 1; k <= more; ++k) {
        const auto next = static_cast<unsigned char>(text[i + static_cast<std::size_t>(k)]);
        if ((next & 0xc0) != 0x80) not_utf8();
        code = (code << 6) | (next & 0x3fU);
    }
    static constexpr unsigned smallest[] = {0, 0x80, 0x800, 0x10000};
    if (code < smallest[more] || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) not_utf8();
    i += static_cast<std::size_t>(more) + 1;
    return code;
}

bool is_plain(char c) { return c >= 0x20 && c != 0x7f && c != '"' && c != '\\'; }

void append_special(std::string& out, std::string_view text, std::size_t& i) {
    const char c = text[i];
    if ((c & 0x80) != 0) {
        const unsigned code = read_utf8(text, i);
        if (code < 0x10000) return append_u(out, code);
        append_u(out, 0xd800 + ((code - 0x10000) >> 10));
        return append_u(out, 0xdc00 + ((code - 0x10000) & 0x3ff));
    }
    ++i;
    switch (c) {
        case '"':
            out += "\\\"";
            break;
        case '\\':
            out += "\\\\";
            break;
        case '\n':
            out += "\\n";
            break;
        case '\r':
            out += "\\r";
            break;
        case '\t':
            out += "\\t";
            break;
        case '\b':
            out += "\\b";
            break;
        case '\f':
            out += "\\f";
            break;
        default:
            append_u(out, static_cast<unsigned>(c));
            break;
    }
}

template <class Whole>
void append_whole(std::string& out, Whole number) {
    char text[24];
    const auto end = std::to_chars(text, text + sizeof text, number).ptr;
    out.append(text, end);
}

}  // namespace

void append_text(std::string& out, std::string_view text) {
    out += '"';
    for (std::size_t i = 0; i < text.size();) {
        std::size_t plain = i;
        while (plain < text.size() && is_plain(text[plain])) ++plain;
        out.append(text, i, plain - i);
        i = plain;
        if (i < text.size()) append_special(out, text, i);
    }
    out += '"';
}

void append_message(std::string& out, std::string_view text) {
    std::string valid;
    for (std::size_t i = 0; i < text.size();) {
        const std::size_t start = i;
        try {
            if ((text[i] & 0x80) != 0)
                read_utf8(text, i);
            else
                ++i;
            valid.append(text, start, i - start);
        } catch (const std::invalid_argument&) {
            valid += "\xef\xbf\xbd";
            i = start + 1;
        }
    }
    append_text(out, valid);
}

void append_number(std::string& out, std::int64_t number) { append_whole(out, number); }
void append_number(std::string& out, std::uint64_t number) { append_whole(out, number); }

void append_number(std::string& out, double number) {
    if (!std::isfinite(number)) throw std::invalid_argument("NaN and infinite numbers cannot be written as JSON");
    // The shortest digits that read back as the same number, laid out as Python does: 5.0, 0.0001, 1e-05, 1e+16.
    char text[32];
    const bool scientific = number != 0 && (std::fabs(number) < 1e-4 || std::fabs(number) >= 1e16);
    const auto format = scientific ? std::chars_format::scientific : std::chars_format::fixed;
    const auto end = std::to_chars(text, text + sizeof text, number, format).ptr;
    const std::string_view written(text, static_cast<std::size_t>(end - text));
    out += written;
    if (!scientific && written.find('.') == std::string_view::npos) out += ".0";
}

void append_json(std::string& out, const json& value) {
    switch (value.type()) {
        case json::value_t::null:
            out += "null";
            break;
        case json::value_t::boolean:
            out += value.get_ref<const json::boolean_t&>() ? "true" : "false";
            break;
        case json::value_t::number_integer:
            append_whole(out, value.get_ref<const json::number_integer_t&>());
            break;
        case json::value_t::number_unsigned:
            append_whole(out, value.get_ref<const json::number_unsigned_t&>());
            break;
        case json::value_t::number_float:
            append_number(out, value.get_ref<const json::number_float_t&>());
            break;
        case json::value_t::string:
            append_text(out, value.get_ref<const json::string_t&>());
            break;
        case json::value_t::array: {
            const char* between = "[";
            for (const json& item : value.get_ref<const json::array_t&>()) {
                out += between;
                append_json(out, item);
                between = ", ";
            }
            out += *between == '[' ? "[]" : "]";
            break;
        }
        case json::value_t::object: {
            const char* between = "{";
            for (const auto& [key, member] : value.get_ref<const json::object_t&>()) {
                out += between;
                append_text(out, key);
                out += ": ";
                append_json(out, member);
                between = ", ";
            }
            out += *between == '{' ? "{}" : "}";
            break;
        }
        default:
            throw std::invalid_argument("binary or discarded values cannot be written as JSON");
    }
}

}  // namespace dragoman
