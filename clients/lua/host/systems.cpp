// What the Lua files for systems call by FFI: systems.lua and its neighbours, declared in plane.lua. Calls by FFI are
// compiled by LuaJIT; so these, unlike the functions of wire.cpp, take no Lua state.
#include <stddef.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <stdlib.h>

#include "channel.hpp"
#include "clients/plane/plane.h"

namespace {

constexpr uint64_t first_room = 1024;

struct Found {
    dragoman_entity* data;
    uint64_t count;
    uint64_t room;
};

int keep(void* context, dragoman_entity entity) {
    auto& found = *static_cast<Found*>(context);
    if (found.count == found.room) {
        const uint64_t room = found.room == 0 ? first_room : found.room * 2;
        void* memory = realloc(found.data, room * sizeof(dragoman_entity));
        if (memory == nullptr) return 1;
        found.data = static_cast<dragoman_entity*>(memory);
        found.room = room;
    }
    found.data[found.count++] = entity;
    return 0;
}

struct Column {
    dragoman_span* span;
    uint32_t component;
    uint16_t lanes;
    uint8_t type;
};

constexpr uint32_t layout[] = {
    sizeof(dragoman_span),
    offsetof(dragoman_span, rows),
    offsetof(dragoman_span, lanes),
    offsetof(dragoman_span, component),
    sizeof(dragoman_view),
    offsetof(dragoman_view, component),
    offsetof(dragoman_view, system),
    offsetof(dragoman_view_component, defaults),
    offsetof(dragoman_view_system, access),
    sizeof(dragoman_rows),
    sizeof(Column),
    sizeof(Found),
};

}  // namespace

extern "C" {

/// For plane.lua, which compares them with its own.
DRAGOMAN_API const uint32_t* dragoman_lua_layout() { return layout; }

/// dragoman_wait: the next line, or a run.
DRAGOMAN_API int dragoman_lua_wait(void* channel, dragoman_plane* plane) {
    auto& conversation = *static_cast<dragoman::Channel*>(channel);
    if (__fpending(stdout) != 0) fflush(stdout);
    if (conversation.has_line()) return DRAGOMAN_WAIT_LINE;
    return dragoman_plane_wait(plane, conversation.descriptor());
}

/// Fills in the columns of one table. 0, or the place (from 1) of the one that the table has not, or may not be seen.
DRAGOMAN_API int dragoman_lua_columns(dragoman_plane* plane, uint32_t table, const Column* columns, uint32_t count) {
    for (uint32_t i = 0; i < count; ++i) {
        const Column& column = columns[i];
        if (dragoman_plane_column(plane, table, column.component, column.span) != 0) return static_cast<int>(i) + 1;
        column.span->lanes = column.lanes;
        column.span->type = column.type;
        column.span->offset = 0;
    }
    return 0;
}

DRAGOMAN_API int dragoman_lua_query(dragoman_plane* plane, const uint32_t* with, uint32_t with_count,
                                    const uint32_t* without, uint32_t without_count, Found* found) {
    found->count = 0;
    return dragoman_plane_query(plane, with, with_count, without, without_count, keep, found);
}

DRAGOMAN_API int dragoman_lua_alive(dragoman_plane* plane, uint32_t index, uint32_t generation) {
    return dragoman_plane_alive(plane, {index, generation});
}

DRAGOMAN_API int dragoman_lua_has(dragoman_plane* plane, uint32_t index, uint32_t generation, uint32_t component) {
    return dragoman_plane_has(plane, {index, generation}, component);
}

DRAGOMAN_API void* dragoman_lua_row(dragoman_plane* plane, uint32_t index, uint32_t generation, uint32_t component,
                                    int to_write) {
    return dragoman_plane_row(plane, {index, generation}, component, to_write);
}

DRAGOMAN_API int dragoman_lua_destroy(dragoman_plane* plane, uint32_t index, uint32_t generation) {
    return dragoman_plane_destroy(plane, {index, generation});
}

DRAGOMAN_API int dragoman_lua_add(dragoman_plane* plane, uint32_t index, uint32_t generation, uint32_t component,
                                  const void* data) {
    return dragoman_plane_add(plane, {index, generation}, component, data);
}

DRAGOMAN_API int dragoman_lua_remove(dragoman_plane* plane, uint32_t index, uint32_t generation, uint32_t component) {
    return dragoman_plane_remove(plane, {index, generation}, component);
}

DRAGOMAN_API int dragoman_lua_set(dragoman_plane* plane, uint32_t index, uint32_t generation, uint32_t component,
                                  const void* data) {
    return dragoman_plane_set(plane, {index, generation}, component, data);
}
}
