#pragma once

extern "C" {
#include <lua.h>
}

#include <string>

#include "channel.hpp"
#include "json.hpp"

namespace dragoman {

/// The C functions that dragoman.lua is built on.
///
///     read() -> header, value           the next line; nothing at end of file
///     write(header, value, lenient)     one line; ends the process quietly when nobody reads any more
///     say(header, word)                 the same with a bare word
///     encode(value) -> text             raises an error that names the place
///     encode_within(value, depth, longest) -> text, or nil and what is wrong: JsonWriter::write
///     decode(text) -> value             raises an error that names the byte
///     array(t) -> t                     marks a table as a list, so that an empty one is written as []
///     full_path(path) -> path           absolute, and without "." and ".."; symbolic links are left as they are
///     null                              JSON's null
///     channel                           the Channel, for dragoman_lua_wait (host/systems.cpp)
class Wire {
public:
    explicit Wire(Channel& channel);
    /// Pushes the table of functions. The wire must outlive the Lua state.
    void push(lua_State* lua);

private:
    struct Functions;
    void give_back();

    Channel& channel_;
    JsonReader reader_;
    JsonWriter writer_;
    std::string line_;
    std::string message_;  // of the error under way: luaL_error jumps over destructors
};

}  // namespace dragoman
