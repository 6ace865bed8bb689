-- The data plane's C functions (clients/plane/plane.h) and structures, for LuaJIT's FFI.
local kit = ...
local ffi = require "ffi"
local error, tonumber = error, tonumber

ffi.cdef [[
typedef struct dragoman_entity { uint32_t index; uint32_t generation; } dragoman_entity;

// As in plane.h, but that `rows` is read as a number: its upper half is 0.
typedef struct dragoman_span {
    void *data; const void *previous; uint8_t *fresh; int32_t rows; int32_t rows_high; uint32_t stride;
    uint32_t offset; uint16_t lanes; uint8_t type; uint8_t writable; uint32_t component;
} dragoman_span;

typedef struct dragoman_view_component {
    char name[72]; uint64_t hash;
    uint32_t id, size, alignment, access, descriptor, defaults, staging, reserved;
} dragoman_view_component;

typedef struct dragoman_view_system {
    char name[72]; uint32_t list; uint32_t changed; uint16_t changed_ids[16]; uint8_t access[256];
} dragoman_view_system;

typedef struct dragoman_view {
    uint32_t plane_version, components, systems, spin_us;
    uint64_t control_bytes, handles, most_handles, commands, command_bytes, written;
    dragoman_view_component component[256];
    dragoman_view_system system[256];
} dragoman_view;

typedef struct dragoman_rows { uint32_t table; uint32_t rows; const dragoman_entity *entities; } dragoman_rows;

typedef struct dragoman_plane dragoman_plane;
dragoman_plane *dragoman_plane_open(void);
const char *dragoman_plane_error(const dragoman_plane *);
int dragoman_plane_attach(dragoman_plane *);
int dragoman_plane_poll(dragoman_plane *);
void dragoman_plane_done(dragoman_plane *);
uint32_t dragoman_plane_system(const dragoman_plane *);
uint64_t dragoman_plane_tick(const dragoman_plane *);
double dragoman_plane_dt(const dragoman_plane *);
const dragoman_view *dragoman_plane_view(const dragoman_plane *);
int dragoman_plane_next(dragoman_plane *, uint32_t *cursor, dragoman_rows *);
int dragoman_plane_column(dragoman_plane *, uint32_t table, uint32_t component, void *span);
void dragoman_span_prepare(void *span);

int dragoman_plane_create_with(dragoman_plane *, uint32_t count, const uint32_t *components, const void *const *rows,
                               dragoman_entity *created);
int dragoman_plane_create_many(dragoman_plane *, uint32_t entities, uint32_t count, const uint32_t *components,
                               const void *const *rows, dragoman_entity *created);

// The host's own, host/systems.cpp. Entities come as two numbers: LuaJIT does not compile structs as arguments.
typedef struct dragoman_lua_column {
    void *span; uint32_t component; uint16_t lanes; uint8_t type;
} dragoman_lua_column;
typedef struct dragoman_lua_found { dragoman_entity *data; uint64_t count; uint64_t room; } dragoman_lua_found;
const uint32_t *dragoman_lua_layout(void);
int dragoman_lua_wait(void *channel, dragoman_plane *);
int dragoman_lua_columns(dragoman_plane *, uint32_t table, const dragoman_lua_column *, uint32_t count);
int dragoman_lua_query(dragoman_plane *, const uint32_t *with, uint32_t with_count, const uint32_t *without,
                       uint32_t without_count, dragoman_lua_found *);
int dragoman_lua_alive(dragoman_plane *, uint32_t index, uint32_t generation);
int dragoman_lua_has(dragoman_plane *, uint32_t index, uint32_t generation, uint32_t component);
void *dragoman_lua_row(dragoman_plane *, uint32_t index, uint32_t generation, uint32_t component, int to_write);
int dragoman_lua_destroy(dragoman_plane *, uint32_t index, uint32_t generation);
int dragoman_lua_add(dragoman_plane *, uint32_t index, uint32_t generation, uint32_t component, const void *data);
int dragoman_lua_remove(dragoman_plane *, uint32_t index, uint32_t generation, uint32_t component);
int dragoman_lua_set(dragoman_plane *, uint32_t index, uint32_t generation, uint32_t component, const void *data);
]]

local C = ffi.C

-- The host was compiled with the real header: do both see the same?
local function check_layout()
    local seen = C.dragoman_lua_layout()
    local own = {
        ffi.sizeof "dragoman_span", ffi.offsetof("dragoman_span", "rows"), ffi.offsetof("dragoman_span", "lanes"),
        ffi.offsetof("dragoman_span", "component"), ffi.sizeof "dragoman_view",
        ffi.offsetof("dragoman_view", "component"), ffi.offsetof("dragoman_view", "system"),
        ffi.offsetof("dragoman_view_component", "defaults"), ffi.offsetof("dragoman_view_system", "access"),
        ffi.sizeof "dragoman_rows", ffi.sizeof "dragoman_lua_column", ffi.sizeof "dragoman_lua_found",
    }
    for i = 1, #own do
        if own[i] ~= seen[i - 1] then
            error(("plane.lua: layout %d: %d here, %d in the host"):format(i, own[i], seen[i - 1]))
        end
    end
end
check_layout()

local plane = {
    -- dragoman_access
    READ = 1, WRITE = 2, REPLACE = 3, STAGED = 4,
    -- dragoman_wait
    LINE = 0, RUN = 1,
    running = nil,  -- the system that runs; nil between runs
    handle = nil,   -- dragoman_plane *
}

function plane.open()
    local handle = C.dragoman_plane_open()
    if handle == nil then error("no data plane: " .. ffi.string(C.dragoman_plane_error(nil)), 0) end
    plane.handle = handle
    return handle
end

function plane.problem() return ffi.string(C.dragoman_plane_error(plane.handle)) end

-- For functions that work only while a system runs.
function plane.check_running(what, level)
    if not plane.running then error(what .. ": only while a system runs", (level or 2) + 1) end
end

function plane.tick() return tonumber(C.dragoman_plane_tick(plane.handle)) end

kit.plane = plane
return plane
