// LuaJIT inside this process: the same loop as a script's, over plain memory; and bindings as programs that embed Lua
// often have them, a C function for each access.

#include <lua.hpp>
#include <memory>

#include "tests/bench/systems_native.hpp"
#include "tests/bench/systems_world.hpp"

namespace dragoman::bench {
namespace {

/// The loop of scripts/move_rows.lua.
constexpr const char* rows_chunk = R"(
local ffi = require "ffi"
ffi.cdef "typedef struct { float x, y, z; } Row;"
local position, velocity, rows = ...
position, velocity = ffi.cast("Row *", position), ffi.cast("Row *", velocity)
return function(dt)
    for i = 0, rows - 1 do
        local p, v = position[i], velocity[i]
        p.x = p.x + v.x * dt
        p.y = p.y + v.y * dt
        p.z = p.z + v.z * dt
    end
end
)";

constexpr const char* bindings_chunk = R"(
local _, _, rows, get_position, set_position, get_velocity = ...
return function(dt)
    for i = 0, rows - 1 do
        local x, y, z = get_position(i)
        local vx, vy, vz = get_velocity(i)
        set_position(i, x + vx * dt, y + vy * dt, z + vz * dt)
    end
end
)";

/// Three numbers in each row.
struct Memory {
    Array<float> position;
    Array<float> velocity;
};

Memory& memory_of(lua_State* lua) { return *static_cast<Memory*>(lua_touserdata(lua, lua_upvalueindex(1))); }

int push_row(lua_State* lua, Array<float>& rows) {
    const auto first = static_cast<std::size_t>(luaL_checkinteger(lua, 1)) * 3;
    if (first >= rows.size()) return luaL_error(lua, "no such row");
    for (std::size_t i = 0; i < 3; ++i) lua_pushnumber(lua, rows.data()[first + i]);
    return 3;
}

int get_position(lua_State* lua) { return push_row(lua, memory_of(lua).position); }
int get_velocity(lua_State* lua) { return push_row(lua, memory_of(lua).velocity); }

int set_position(lua_State* lua) {
    auto& rows = memory_of(lua).position;
    const auto first = static_cast<std::size_t>(luaL_checkinteger(lua, 1)) * 3;
    if (first >= rows.size()) return luaL_error(lua, "no such row");
    for (int i = 0; i < 3; ++i)
        rows.data()[first + static_cast<std::size_t>(i)] = static_cast<float>(luaL_checknumber(lua, 2 + i));
    return 0;
}

class Embedded {
public:
    Embedded(std::size_t rows, const char* chunk) : memory_{{rows * 3, 1, 0}, {rows * 3, 3, 32}} {
        luaL_openlibs(lua());
        if (luaL_loadstring(lua(), chunk) != 0) fail();
        lua_pushlightuserdata(lua(), memory_.position.data());
        lua_pushlightuserdata(lua(), memory_.velocity.data());
        lua_pushinteger(lua(), static_cast<lua_Integer>(rows));
        for (const lua_CFunction function : {get_position, set_position, get_velocity}) {
            lua_pushlightuserdata(lua(), &memory_);
            lua_pushcclosure(lua(), function, 1);
        }
        if (lua_pcall(lua(), 6, 1, 0) != 0) fail();
        tick();
        if (memory_.position.data()[rows * 3 - 1] != 1 + 3 * static_cast<float>(step))
            throw std::runtime_error("Lua does not move what it should");
    }
    void tick() {
        lua_pushvalue(lua(), -1);
        lua_pushnumber(lua(), step);
        if (lua_pcall(lua(), 1, 0, 0) != 0) fail();
    }

private:
    lua_State* lua() const { return state_.get(); }
    [[noreturn]] void fail() const { throw std::runtime_error(lua_tostring(lua(), -1)); }

    Memory memory_;
    std::unique_ptr<lua_State, decltype(&lua_close)> state_{luaL_newstate(), lua_close};
};

void same_loop(const Plan& plan, Results& results, const Rows& rows, const std::string& id) {
    ScriptWorld script(plan, {.scripts = {"move_rows.lua"}, .rows = rows.count});
    Embedded embedded(rows.count, rows_chunk);
    const Effort effort = effort_for(plan, rows.count * 5);
    const auto floor = [&] { return typical(effort, [&] { embedded.tick(); }); };
    const auto ours = [&] { return typical(effort, [&] { script.tick(); }); };
    floor();
    ours();
    Row row = alternate(plan, id, 1.10, "us", floor, ours);
    row.note = "LuaJIT's loop by FFI; embedded over plain memory";
    results.add(std::move(row));
}

void bindings(const Plan& plan, Results& results, const std::string& id) {
    constexpr std::size_t rows = 100'000;
    ScriptWorld script(plan, {.scripts = {"move_rows.lua"}, .rows = rows});
    Embedded embedded(rows, bindings_chunk);
    const auto floor = [&] { return typical(effort_for(plan, rows * 5), [&] { script.tick(); }); };
    const auto ours = [&] { return typical({plan.quick ? 1 : 8, 1}, [&] { embedded.tick(); }); };
    floor();
    ours();
    Row row = alternate(plan, id, 30, "us", floor, ours);
    row.at_least = true;
    row.note = "embedded, lua_push and lua_to; over our script's loop by FFI";
    results.add(std::move(row));
}

}  // namespace

void embedded_lua(const Plan& plan, Results& results) {
    const Attempt attempt(plan, results);
    for (const Rows& rows : {row_counts[0], row_counts[1]})
        attempt(std::string("embedded.lua.") + rows.name,
                [&](const std::string& id) { same_loop(plan, results, rows, id); });
    attempt("bindings.lua.100k", bindings);
}

}  // namespace dragoman::bench
