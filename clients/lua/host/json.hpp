#pragma once

extern "C" {
#include <lua.h>
}

#include <string>
#include <string_view>

namespace dragoman {

inline constexpr int deepest_nesting = 256;  // docs/protocol.md, "Limits"

/// Reads one JSON text straight into Lua values. null is a NULL light userdata (as in lua-cjson).
class JsonReader {
public:
    /// `array_metatable` is an index valid in the running C function (an upvalue's, say); every array gets it.
    explicit JsonReader(int array_metatable) : array_metatable_(array_metatable) {}

    /// Pushes the value of the text, which must be followed by a NUL. False, and nothing pushed, when it is not JSON.
    bool read(lua_State* lua, const char* begin, const char* end);
    /// After a failure: what was wrong, and at which byte (from 0).
    const char* message() const { return message_; }
    long position() const { return position_; }

private:
    bool value();
    bool array();
    bool object();
    bool number();
    bool text();
    bool text_with_escapes(const char* begin);
    bool escape();
    bool word(std::string_view expected);
    void skip_blanks();
    bool fail(const char* message);
    bool enter();
    void store_items(int table, int stored, int count);
    void store_pairs(int table, int count);

    int array_metatable_;
    lua_State* lua_ = nullptr;
    const char* at_ = nullptr;
    const char* begin_ = nullptr;
    const char* message_ = nullptr;
    long position_ = 0;
    int depth_ = 0;
    std::string scratch_;
};

/// Writes Lua values in the form of Python's json.dumps, object keys sorted.
class JsonWriter {
public:
    explicit JsonWriter(int array_metatable) : array_metatable_(array_metatable) {}

    /// Appends the value at `index` to `out`. False when it cannot be written: see message(). With `lenient`, a text
    /// that is not UTF-8 is repaired instead of refused. `depth` is how deep it will lie in what it is written for, and
    /// `longest` what `out` may become.
    bool write(lua_State* lua, int index, std::string& out, bool lenient, int depth = 0,
               std::size_t longest = std::string::npos);
    /// After a failure: what was wrong and where, as in "nan is not JSON, at ball.speed[2]".
    std::string message() const;

private:
    bool value(int index);
    bool number(double number);
    bool text(std::string_view text);
    bool table(int index);
    bool array(int index, int count);
    bool object(int index);
    bool sparse_array(int index);
    bool fail(std::string message);
    bool fail_below(std::string_view step);
    bool fits();

    int array_metatable_;
    lua_State* lua_ = nullptr;
    std::string* out_ = nullptr;
    bool lenient_ = false;
    int depth_ = 0;
    std::size_t longest_ = std::string::npos;
    bool is_bounded_ = false;  // and halves of surrogate pairs, which go back as they came, are refused
    std::string message_;
    std::string path_;
};

}  // namespace dragoman
