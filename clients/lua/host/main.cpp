// dragoman-lua SCRIPT: runs a Lua script under LuaJIT, in conversation with the broker.
extern "C" {
#include <lauxlib.h>
#include <luajit.h>
#include <lualib.h>
}

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string>

#include "channel.hpp"
#include "last_words.hpp"
#include "wire.hpp"

namespace {

/// The folder of this program, with the slash: where its Lua files are.
std::string own_folder(const char* name) {
    std::string path(name);
    if (path.find('/') == std::string::npos) {
        char link[4096];
        const ssize_t length = readlink("/proc/self/exe", link, sizeof link);
        if (length > 0) path.assign(link, static_cast<std::size_t>(length));
    }
    return path.substr(0, path.rfind('/') + 1);
}

/// Under a name that error messages and traces are cleared of (failure.lua), wherever it is installed.
int load_client(lua_State* lua, const std::string& path) {
    FILE* file = fopen(path.c_str(), "re");
    if (file == nullptr) {
        lua_pushfstring(lua, "cannot open %s: %s", path.c_str(), strerror(errno));
        return LUA_ERRFILE;
    }
    std::string text;
    char part[16 * 1024];
    for (size_t got = 0; (got = fread(part, 1, sizeof part, file)) > 0;) text.append(part, got);
    fclose(file);
    return luaL_loadbuffer(lua, text.data(), text.size(), "=[dragoman]");
}

void set_arguments(lua_State* lua, int count, char** arguments) {
    lua_createtable(lua, count - 2, 2);
    for (int i = 0; i < count; ++i) {
        lua_pushstring(lua, arguments[i]);
        lua_rawseti(lua, -2, i - 1);
    }
    lua_setglobal(lua, "arg");
}

}  // namespace

int main(int count, char** arguments) {
    if (count == 2 && strcmp(arguments[1], "--version") == 0) {
        puts(LUAJIT_VERSION);
        return 0;
    }
    if (count < 2) {
        fputs("usage: dragoman-lua SCRIPT [ARGUMENT...]\n", stderr);
        return 2;
    }
    dragoman::Channel channel;
    dragoman::keep_last_words();

    lua_State* lua = luaL_newstate();
    if (lua == nullptr) {
        fputs("dragoman-lua: no memory for Lua\n", stderr);
        return 1;
    }
    lua_gc(lua, LUA_GCSTOP, 0);
    luaL_openlibs(lua);
    lua_gc(lua, LUA_GCRESTART, 0);
    set_arguments(lua, count, arguments);

    const std::string folder = own_folder(arguments[0]);
    if (load_client(lua, folder + "dragoman.lua") != 0) {
        fprintf(stderr, "dragoman-lua: %s\n", lua_tostring(lua, -1));
        return 1;
    }
    dragoman::Wire wire(channel);
    wire.push(lua);
    lua_pushlstring(lua, folder.data(), folder.size());
    lua_pushstring(lua, arguments[1]);
    if (lua_pcall(lua, 3, 0, 0) != 0) {
        fprintf(stderr, "dragoman-lua: %s\n", lua_tostring(lua, -1));
        return 1;
    }
    return 0;
}
