#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <vector>

#include "json.hpp"

namespace dragoman {

namespace {

constexpr double largest_integer = 9007199254740992.0;  // 2^53
constexpr std::size_t longest_path = 120;               // that a message shows
constexpr char hex[] = "0123456789abcdef";

void append_u(std::string& out, unsigned code) {
    const char escape[] = {'\\', 'u', hex[code >> 12], hex[code >> 8 & 15], hex[code >> 4 & 15], hex[code & 15]};
    out.append(escape, sizeof escape);
}

void append_code_point(std::string& out, unsigned code) {
    if (code < 0x10000) return append_u(out, code);
    append_u(out, 0xD800 + ((code - 0x10000) >> 10));
    append_u(out, 0xDC00 + ((code - 0x10000) & 0x3FF));
}

/// Reads one code point that takes several bytes. Its length, or 0 when the bytes are not UTF-8. Surrogates pass: see
/// JsonReader.
std::size_t decode(std::string_view text, unsigned& code) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned first = byte(0);
    const std::size_t length = first < 0xC2 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : first < 0xF5 ? 4 : 0;
    if (length == 0 || length > text.size()) return 0;
    code = first & (0x7Fu >> length);
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(i) & 0xC0) != 0x80) return 0;
        code = code << 6 | (byte(i) & 0x3F);
    }
    const bool overlong = (length == 3 && code < 0x800) || (length == 4 && code < 0x10000);
    return overlong || code > 0x10FFFF ? 0 : length;
}

bool is_half_a_pair(unsigned code) { return code >= 0xD800 && code <= 0xDFFF; }

const char* short_escape(unsigned char c) {
    switch (c) {
        case '"':
            return "\\\"";
        case '\\':
            return "\\\\";
        case '\b':
            return "\\b";
        case '\f':
            return "\\f";
        case '\n':
            return "\\n";
        case '\r':
            return "\\r";
        case '\t':
            return "\\t";
        default:
            return nullptr;
    }
}

bool is_plain(char c) { return static_cast<unsigned char>(c - 0x20) < 0x60 && c != '"' && c != '\\'; }

std::string_view text_at(lua_State* lua, int index) {
    std::size_t length = 0;
    const char* begin = lua_tolstring(lua, index, &length);
    return {begin, length};
}

}  // namespace

bool JsonWriter::write(lua_State* lua, int index, std::string& out, bool lenient, int depth, std::size_t longest) {
    lua_ = lua;
    out_ = &out;
    lenient_ = lenient;
    depth_ = depth;
    longest_ = longest;
    is_bounded_ = longest != std::string::npos;
    path_.clear();
    const int top = lua_gettop(lua);
    const bool good = value(index < 0 ? top + 1 + index : index) && fits();
    lua_settop(lua, top);
    return good;
}

std::string JsonWriter::message() const {
    if (path_.empty()) return message_;
    const bool long_path = path_.size() > longest_path;
    return message_ + ", at " + path_.substr(0, longest_path) + (long_path ? "..." : "");
}

bool JsonWriter::fail(std::string message) {
    message_ = std::move(message);
    return false;
}

/// On the way out of a failed value: what led to it.
bool JsonWriter::fail_below(std::string_view step) {
    std::string path(step);
    if (!path_.empty() && path_[0] != '[') path += '.';
    path_ = path + path_;
    return false;
}

bool JsonWriter::fits() {
    return out_->size() <= longest_ || fail("longer than " + std::to_string(longest_) + " bytes");
}

bool JsonWriter::value(int index) {
    switch (lua_type(lua_, index)) {
        case LUA_TNIL:
            out_->append("null");
            return true;
        case LUA_TBOOLEAN:
            out_->append(lua_toboolean(lua_, index) ? "true" : "false");
            return true;
        case LUA_TNUMBER:
            return number(lua_tonumber(lua_, index));
        case LUA_TSTRING:
            return text(text_at(lua_, index));
        case LUA_TTABLE:
            return table(index);
        case LUA_TLIGHTUSERDATA:
            if (lua_touserdata(lua_, index) != nullptr) break;
            out_->append("null");
            return true;
        default:
            break;
    }
    return fail("a " + std::string(lua_typename(lua_, lua_type(lua_, index))) + " cannot be written as JSON");
}

// Python's form: plain digits for whole numbers, else the shortest that reads back the same, with an exponent below
// 1e-4 and from 1e16 on.
bool JsonWriter::number(double number) {
    if (!std::isfinite(number)) return fail(std::isnan(number) ? "nan is not JSON" : "inf is not JSON");
    char digits[32];
    const double size = std::fabs(number);
    std::to_chars_result result{};
    if (size <= largest_integer && number == std::floor(number)) {
        result = std::to_chars(digits, digits + sizeof digits, static_cast<std::int64_t>(number));
    } else {
        const bool fixed = size >= 1e-4 && size < 1e16;
        result = std::to_chars(digits, digits + sizeof digits, number,
                               fixed ? std::chars_format::fixed : std::chars_format::scientific);
    }
    out_->append(digits, result.ptr);
    return true;
}

bool JsonWriter::text(std::string_view text) {
    out_->push_back('"');
    while (!text.empty()) {
        const auto plain =
            static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), is_plain) - text.begin());
        out_->append(text, 0, plain);
        text.remove_prefix(plain);
        if (text.empty()) break;
        const auto first = static_cast<unsigned char>(text[0]);
        std::size_t length = 1;
        unsigned code = first;
        if (const char* escape = short_escape(first)) {
            out_->append(escape);
        } else if (first < 0x80) {
            append_u(*out_, first);
        } else {
            length = decode(text, code);
            if (is_bounded_ && is_half_a_pair(code)) length = 0;
            if (length == 0 && !lenient_) return fail("a text that is not UTF-8 cannot be written as JSON");
            append_code_point(*out_, length == 0 ? 0xFFFD : code);
            if (length == 0) length = 1;
        }
        text.remove_prefix(length);
    }
    out_->push_back('"');
    return true;
}

bool JsonWriter::table(int index) {
    if (depth_ >= deepest_nesting) return fail("nested deeper than 256 (does a table hold itself?)");
    if (!lua_checkstack(lua_, 8)) return fail("no room on Lua's stack");
    if (!fits()) return false;
    ++depth_;
    bool good = false;
    bool marked = false;
    if (lua_getmetatable(lua_, index)) {
        marked = lua_rawequal(lua_, -1, array_metatable_) != 0;
        lua_pop(lua_, 1);
    }
    lua_pushnil(lua_);
    const bool empty = lua_next(lua_, index) == 0;
    const bool by_number = !empty && lua_type(lua_, -2) == LUA_TNUMBER;
    if (!empty) lua_pop(lua_, 2);
    if (marked && (empty || by_number)) {
        good = array(index, static_cast<int>(lua_objlen(lua_, index)));
    } else if (empty) {
        out_->append("{}");
        good = true;
    } else {
        good = by_number ? sparse_array(index) : object(index);
    }
    --depth_;
    return good;
}

/// A table whose first key is a number: all must be whole ones from 1, and few may be missing (nil is null).
bool JsonWriter::sparse_array(int index) {
    double last = 0;
    int count = 0;
    for (lua_pushnil(lua_); lua_next(lua_, index) != 0; lua_pop(lua_, 1)) {
        if (lua_type(lua_, -2) != LUA_TNUMBER) {
            return fail("a table with both texts and numbers as keys cannot be written as JSON");
        }
        const double key = lua_tonumber(lua_, -2);
        if (key < 1 || key != std::floor(key)) return fail("a list counts from 1 in whole numbers");
        last = std::max(last, key);
        ++count;
    }
    if (last > 2.0 * count + 8)
        return fail("a list with too many holes (keys that are numbers make a list; use texts)");
    return array(index, static_cast<int>(last));
}

bool JsonWriter::array(int index, int count) {
    out_->push_back('[');
    for (int i = 1; i <= count; ++i) {
        if (i > 1) out_->append(", ");
        lua_rawgeti(lua_, index, i);
        if (!value(lua_gettop(lua_))) return fail_below("[" + std::to_string(i) + "]");
        lua_pop(lua_, 1);
    }
    out_->push_back(']');
    return true;
}

bool JsonWriter::object(int index) {
    std::vector<std::string_view> keys;  // the table holds on to their bytes
    for (lua_pushnil(lua_); lua_next(lua_, index) != 0; lua_pop(lua_, 1)) {
        if (lua_type(lua_, -2) != LUA_TSTRING)
            return fail(lua_type(lua_, -2) == LUA_TNUMBER
                            ? "a table with both texts and numbers as keys cannot be written as JSON"
                            : "a key that is neither a text nor a number cannot be written as JSON");
        keys.push_back(text_at(lua_, -2));
    }
    std::sort(keys.begin(), keys.end());
    out_->push_back('{');
    const char* between = "";
    for (const std::string_view key : keys) {
        out_->append(between);
        between = ", ";
        if (!text(key)) return fail_below(key);
        out_->append(": ");
        lua_pushlstring(lua_, key.data(), key.size());
        lua_rawget(lua_, index);
        if (!value(lua_gettop(lua_))) return fail_below(key);
        lua_pop(lua_, 1);
    }
    out_->push_back('}');
    return true;
}

}  // namespace dragoman
