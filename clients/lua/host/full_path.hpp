#pragma once

extern "C" {
#include <lua.h>
}

namespace dragoman {

/// For Lua: full_path(path), see wire.hpp.
int full_path(lua_State* lua);

}  // namespace dragoman
