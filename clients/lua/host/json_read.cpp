// A reader of our own, where simdjson would be the library to use: Debian ships that as a shared object only, which
// (with libstdc++) doubles the time that an interpreter takes to start; and most of the time of reading goes into Lua's
// tables anyway. Items wait on Lua's stack until their number is known, so that every table is made in its final size.
#include <cstring>

#include "json.hpp"

namespace dragoman {

namespace {

// Items that wait on the stack at a time. Lua's stack for C functions has 8000 slots; deep levels get a small share.
int longest_wait(int depth) { return depth <= 12 ? 128 : 4; }

}  // namespace

bool JsonReader::read(lua_State* lua, const char* begin, const char* end) {
    lua_ = lua;
    at_ = begin_ = begin;
    depth_ = 0;
    const int top = lua_gettop(lua);
    if (!lua_checkstack(lua, 16)) return fail("no room on Lua's stack");
    skip_blanks();
    bool good = value();
    if (good) {
        skip_blanks();
        if (at_ != end) good = fail("something follows the value");
    }
    if (!good) lua_settop(lua, top);
    return good;
}

bool JsonReader::fail(const char* message) {
    message_ = message;
    position_ = at_ - begin_;
    return false;
}

void JsonReader::skip_blanks() {
    while (*at_ == ' ' || *at_ == '\t' || *at_ == '\n' || *at_ == '\r') ++at_;
}

bool JsonReader::value() {
    switch (*at_) {
        case '[':
            return array();
        case '{':
            return object();
        case '"':
            ++at_;
            return text();
        case 't':
            lua_pushboolean(lua_, 1);
            return word("true");
        case 'f':
            lua_pushboolean(lua_, 0);
            return word("false");
        case 'n':
            lua_pushlightuserdata(lua_, nullptr);
            return word("null");
        default:
            return number();
    }
}

bool JsonReader::word(std::string_view expected) {
    if (strncmp(at_, expected.data(), expected.size()) != 0) return fail("a value was expected");
    at_ += expected.size();
    return true;
}

bool JsonReader::enter() {
    if (++depth_ > deepest_nesting) return fail("nested deeper than 256");
    if (!lua_checkstack(lua_, 2 * longest_wait(depth_) + 8)) return fail("no room on Lua's stack");
    ++at_;
    skip_blanks();
    return true;
}

// Takes `count` items from the top of the stack into the table, behind the `stored` that it holds.
void JsonReader::store_items(int table, int stored, int count) {
    for (int i = stored + count; i > stored; --i) lua_rawseti(lua_, table, i);
}

bool JsonReader::array() {
    if (!enter()) return false;
    const int longest = longest_wait(depth_);
    lua_pushnil(lua_);
    const int table = lua_gettop(lua_);
    int stored = 0;
    int waiting = 0;
    if (*at_ != ']') {
        for (;;) {
            if (!value()) return false;
            ++waiting;
            skip_blanks();
            if (*at_ != ',') break;
            ++at_;
            skip_blanks();
            if (waiting < longest) continue;
            if (stored == 0) {
                lua_createtable(lua_, 4 * longest, 0);
                lua_replace(lua_, table);
            }
            store_items(table, stored, waiting);
            stored += waiting;
            waiting = 0;
        }
        if (*at_ != ']') return fail("\",\" or \"]\" was expected");
    }
    ++at_;
    --depth_;
    if (stored == 0) {
        lua_createtable(lua_, waiting, 0);
        lua_replace(lua_, table);
    }
    store_items(table, stored, waiting);
    lua_pushvalue(lua_, array_metatable_);
    lua_setmetatable(lua_, table);
    return true;
}

// In the order of the text: of two equal keys the last wins, as in Python.
void JsonReader::store_pairs(int table, int count) {
    const int top = lua_gettop(lua_);
    for (int pair = top - 2 * count + 1; pair < top; pair += 2) {
        lua_pushvalue(lua_, pair);
        lua_pushvalue(lua_, pair + 1);
        lua_rawset(lua_, table);
    }
    lua_settop(lua_, top - 2 * count);
}

bool JsonReader::object() {
    if (!enter()) return false;
    const int longest = longest_wait(depth_);
    lua_pushnil(lua_);
    const int table = lua_gettop(lua_);
    bool made = false;
    int waiting = 0;
    if (*at_ != '}') {
        for (;;) {
            if (*at_ != '"') return fail("a key in quotes was expected");
            ++at_;
            if (!text()) return false;
            skip_blanks();
            if (*at_ != ':') return fail("\":\" was expected");
            ++at_;
            skip_blanks();
            if (!value()) return false;
            ++waiting;
            skip_blanks();
            if (*at_ != ',') break;
            ++at_;
            skip_blanks();
            if (waiting < longest) continue;
            if (!made) {
                lua_createtable(lua_, 0, 4 * longest);
                lua_replace(lua_, table);
                made = true;
            }
            store_pairs(table, waiting);
            waiting = 0;
        }
        if (*at_ != '}') return fail("\",\" or \"}\" was expected");
    }
    ++at_;
    --depth_;
    if (!made) {
        lua_createtable(lua_, 0, waiting);
        lua_replace(lua_, table);
    }
    store_pairs(table, waiting);
    return true;
}

}  // namespace dragoman
