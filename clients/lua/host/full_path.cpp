#include "full_path.hpp"

extern "C" {
#include <lauxlib.h>
}

#include <unistd.h>

#include <climits>
#include <string>
#include <string_view>

namespace dragoman {

namespace {

void go_up(std::string& folder) { folder.resize(folder.empty() ? 0 : folder.rfind('/')); }

/// `full` is a folder without its last slash.
std::string joined(std::string full, std::string_view path) {
    while (!path.empty()) {
        const std::size_t slash = path.find('/');
        const std::string_view step = path.substr(0, slash);
        path.remove_prefix(slash == std::string_view::npos ? path.size() : slash + 1);
        if (step == "..") {
            go_up(full);
        } else if (!step.empty() && step != ".") {
            full.append("/").append(step);
        }
    }
    return full;
}

}  // namespace

int full_path(lua_State* lua) {
    const char* path = luaL_checkstring(lua, 1);  // raises before there is anything to destroy
    char folder[PATH_MAX] = "";
    if (*path != '/' && getcwd(folder, sizeof folder) == nullptr) *folder = '\0';
    const std::string full = joined(joined("", folder), path);
    lua_pushlstring(lua, full.data(), full.size());
    return 1;
}

}  // namespace dragoman
