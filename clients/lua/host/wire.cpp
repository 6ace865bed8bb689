#include "wire.hpp"

extern "C" {
#include <lauxlib.h>
}

#include "full_path.hpp"

#include <cstdlib>
#include <cstring>

namespace dragoman {

namespace {

// Every function has two upvalues: the wire and the metatable of arrays.
constexpr int wire_upvalue = lua_upvalueindex(1);
constexpr int array_upvalue = lua_upvalueindex(2);
constexpr std::size_t large_line = 1 << 20;  // memory beyond this is given back after use

int array(lua_State* lua) {
    if (lua_isnoneornil(lua, 1)) {
        lua_settop(lua, 0);
        lua_newtable(lua);
    }
    luaL_checktype(lua, 1, LUA_TTABLE);
    lua_settop(lua, 1);
    lua_pushvalue(lua, array_upvalue);
    lua_setmetatable(lua, 1);
    return 1;
}

}  // namespace

// What luaL_error jumps over must have no destructor: all text lies in the wire.
struct Wire::Functions {
    static Wire& of(lua_State* lua) { return *static_cast<Wire*>(lua_touserdata(lua, wire_upvalue)); }

    static int raise_unreadable(lua_State* lua, const char* what) {
        const JsonReader& reader = of(lua).reader_;
        return luaL_error(lua, "%s: %s, at byte %d", what, reader.message(), static_cast<int>(reader.position()));
    }

    static int raise_unwritable(lua_State* lua, const char* what) {
        Wire& wire = of(lua);
        wire.message_ = wire.writer_.message();
        return luaL_error(lua, "%s: %s", what, wire.message_.c_str());
    }

    static int read(lua_State* lua) {
        Wire& wire = of(lua);
        const Channel::Line line = wire.channel_.read_line();
        if (line.begin == nullptr) return 0;
        const auto length = static_cast<std::size_t>(line.end - line.begin);
        const auto* blank = static_cast<const char*>(memchr(line.begin, ' ', length));
        if (blank == nullptr || strncmp(line.begin, "__", 2) != 0) {
            return luaL_error(lua, "the broker sent a line without a header: %s", line.begin);
        }
        lua_pushlstring(lua, line.begin, static_cast<std::size_t>(blank - line.begin));
        if (!wire.reader_.read(lua, blank + 1, line.end)) {
            return raise_unreadable(lua, "the broker sent a line that is not JSON");
        }
        return 2;
    }

    static void begin_line(lua_State* lua) {
        std::size_t length = 0;
        const char* header = luaL_checklstring(lua, 1, &length);
        of(lua).line_.assign(header, length);
        of(lua).line_ += ' ';
    }

    static int send(Wire& wire) {
        wire.line_ += '\n';
        if (!wire.channel_.write(wire.line_)) exit(0);
        wire.give_back();
        return 0;
    }

    static int write(lua_State* lua) {
        Wire& wire = of(lua);
        lua_settop(lua, 3);
        begin_line(lua);
        const bool good = wire.writer_.write(lua, 2, wire.line_, lua_toboolean(lua, 3) != 0);
        return good ? send(wire) : raise_unwritable(lua, lua_tostring(lua, 1));
    }

    static int say(lua_State* lua) {
        begin_line(lua);
        of(lua).line_ += luaL_checkstring(lua, 2);
        return send(of(lua));
    }

    static int encode(lua_State* lua) {
        Wire& wire = of(lua);
        luaL_checkany(lua, 1);
        wire.line_.clear();
        if (!wire.writer_.write(lua, 1, wire.line_, false)) return raise_unwritable(lua, "encode");
        lua_pushlstring(lua, wire.line_.data(), wire.line_.size());
        return 1;
    }

    static int encode_within(lua_State* lua) {
        Wire& wire = of(lua);
        const int depth = luaL_checkint(lua, 2);
        const auto longest = static_cast<std::size_t>(luaL_checknumber(lua, 3));
        wire.line_.clear();
        const bool good = wire.writer_.write(lua, 1, wire.line_, false, depth, longest);
        if (!good) {
            lua_pushnil(lua);
            wire.line_ = wire.writer_.message();
        }
        lua_pushlstring(lua, wire.line_.data(), wire.line_.size());
        wire.give_back();
        return good ? 1 : 2;
    }

    static int decode(lua_State* lua) {
        std::size_t length = 0;
        const char* text = luaL_checklstring(lua, 1, &length);
        return of(lua).reader_.read(lua, text, text + length) ? 1 : raise_unreadable(lua, "decode");
    }
};

Wire::Wire(Channel& channel) : channel_(channel), reader_(array_upvalue), writer_(array_upvalue) {}

void Wire::give_back() {
    if (line_.capacity() > large_line) std::string().swap(line_);
}

void Wire::push(lua_State* lua) {
    lua_createtable(lua, 0, 11);
    const int functions = lua_gettop(lua);
    lua_createtable(lua, 0, 1);
    lua_pushliteral(lua, "array");
    lua_setfield(lua, -2, "__name");
    const int arrays = lua_gettop(lua);

    constexpr luaL_Reg entries[] = {{"read", Functions::read},
                                    {"write", Functions::write},
                                    {"say", Functions::say},
                                    {"encode", Functions::encode},
                                    {"decode", Functions::decode},
                                    {"encode_within", Functions::encode_within},
                                    {"array", array},
                                    {"full_path", full_path}};
    for (const auto& [name, function] : entries) {
        lua_pushlightuserdata(lua, this);
        lua_pushvalue(lua, arrays);
        lua_pushcclosure(lua, function, 2);
        lua_setfield(lua, functions, name);
    }
    lua_settop(lua, functions);
    lua_pushlightuserdata(lua, nullptr);
    lua_setfield(lua, functions, "null");
    lua_pushlightuserdata(lua, &channel_);
    lua_setfield(lua, functions, "channel");
}

}  // namespace dragoman
