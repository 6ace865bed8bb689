-- Components as the world has them: FFI structs for their rows, and the filling in of rows from Lua tables.
local kit = ...
local ffi = require "ffi"
local plane = kit.part("plane")
local error, ipairs, pairs, pcall, tonumber, tostring, type = error, ipairs, pairs, pcall, tonumber, tostring, type
local floor = math.floor

-- number: as in plane.h. low, high: of whole numbers.
local TYPES = {
    bool = { number = 0, c = "bool" },
    i8 = { number = 1, c = "int8_t", low = -2 ^ 7, high = 2 ^ 7 - 1 },
    i16 = { number = 2, c = "int16_t", low = -2 ^ 15, high = 2 ^ 15 - 1 },
    i32 = { number = 3, c = "int32_t", low = -2 ^ 31, high = 2 ^ 31 - 1 },
    i64 = { number = 4, c = "int64_t", low = -2 ^ 63, high = 2 ^ 63 },
    u8 = { number = 5, c = "uint8_t", low = 0, high = 2 ^ 8 - 1 },
    u16 = { number = 6, c = "uint16_t", low = 0, high = 2 ^ 16 - 1 },
    u32 = { number = 7, c = "uint32_t", low = 0, high = 2 ^ 32 - 1 },
    u64 = { number = 8, c = "uint64_t", low = 0, high = 2 ^ 64 },
    f32 = { number = 9, c = "float" },
    f64 = { number = 10, c = "double" },
    entity = { number = 11, c = "dragoman_entity" },
}
local entity_t = ffi.typeof "dragoman_entity"

local components = { TYPES = TYPES, names = {} }
local by_name, by_id = {}, {}
local known_rows = {}  -- row types, by name and text: LuaJIT never forgets a type

-- A keyword of C cannot name a member.
local function member_name(name)
    if pcall(ffi.typeof, "struct { int " .. name .. "; }") then return name end
    return name .. "_"
end

local function declaration(field)
    local aligned = field.type == "entity" and " __attribute__((aligned(8)))" or ""
    local count = field.count > 0 and "[" .. field.count .. "]" or ""
    return TYPES[field.type].c .. " " .. field.member .. count .. aligned .. ";"
end

local function field_names(component)
    local names = {}
    for i, field in ipairs(component.plain) do names[i] = field.member end
    return #names > 0 and "it has " .. table.concat(names, ", ") or "it has none"
end

local function no_such_field(component, key, level)
    if key == "_span" then error("a row of " .. component.name .. " is no column", level + 1) end
    error(("%s has no field %s (%s)"):format(component.name, tostring(key), field_names(component)), level + 1)
end
components.no_such_field = no_such_field

local function make_row_type(component)
    local text = {}
    for i, field in ipairs(component.plain) do text[i] = declaration(field) end
    text = "struct { " .. table.concat(text, " ") .. " }"
    local key = component.name .. " " .. text
    if not known_rows[key] then
        known_rows[key] = ffi.metatype(ffi.typeof(text), {
            __index = function(_, name) no_such_field(component, name, 2) end,
            __newindex = function(_, name) no_such_field(component, name, 2) end,
        })
    end
    return known_rows[key]
end

-- What the broker says and what LuaJIT makes of it must be the same bytes.
local function check_layout(component)
    local function differs(what, own, theirs)
        error(("component %s: %s is %d here, %d in the world"):format(component.name, what, own, theirs), 0)
    end
    local size, alignment = ffi.sizeof(component.row), ffi.alignof(component.row)
    if size ~= component.size then differs("the size of a row", size, component.size) end
    if alignment ~= component.alignment then differs("the alignment", alignment, component.alignment) end
    for _, field in ipairs(component.plain) do
        local offset = ffi.offsetof(component.row, field.member)
        if offset ~= field.offset then differs("the offset of " .. field.name, offset, field.offset) end
    end
end

-- How a whole row goes into kernels: as lanes of one type, if all fields have the same.
local function find_lanes(component)
    local lanes, kind = 0, nil
    for _, field in ipairs(component.plain) do
        if kind and field.type ~= kind then return 0, 0 end
        kind = field.type
        lanes = lanes + field.lanes
    end
    return lanes, kind and TYPES[kind].number or 0
end

local function make(about)
    local component = {
        name = about.name, id = about.id, size = about.size, alignment = about.alignment, fields = {}, plain = {},
    }
    for _, told in ipairs(about.fields) do
        local field = { name = told.name, type = told.type, count = told.count, offset = told.offset }
        field.member, field.lanes = field.name, field.count > 0 and field.count or 1
        component.fields[field.name] = field
        if told.offset >= 0 and TYPES[field.type] then
            field.member = member_name(field.name)
            field.position, field.type_number = #component.plain, TYPES[field.type].number
            component.plain[#component.plain + 1] = field
            component.fields[field.member] = field
        end
    end
    if component.size > 0 then
        component.row = make_row_type(component)
        component.pointer = ffi.typeof("$ *", component.row)
        component.constant_pointer = ffi.typeof("const $ *", component.row)
        component.array = ffi.typeof("$[?]", component.row)
        check_layout(component)
        component.scratch = component.array(1)
        component.defaults = component.array(1)
        local view = plane.view
        local defaults = ffi.cast("const char *", view) + view.component[component.id].defaults
        ffi.copy(component.defaults, defaults, component.size)
    end
    component.lanes, component.lane_type = find_lanes(component)
    return component
end

local function split(declared)
    local name, kind, rest = declared:match("^%s*([%a_][%w_]*)%s*:%s*([%w_]+)%s*(.*)$")
    return name, kind, tonumber(rest and rest:match("^%[%s*(%d+)%s*%]")) or 0
end

local function type_name(kind, count) return count > 0 and ("%s[%d]"):format(kind, count) or kind end

-- The broker has compared declarations already; this finds a world that is not the one which the script was told of.
local function check_declared(declared)
    local component = by_name[declared.name]
    if not component then error(("component %s: the world has none"):format(declared.name), 0) end
    for _, text in ipairs(declared.fields) do
        local name, kind, count = split(text)
        local field = component.fields[name]
        if not field then
            error(("component %s: field %s is declared here, but not in the world"):format(declared.name, name), 0)
        end
        if field.type ~= kind or field.count ~= count then
            error(("component %s: field %s is %s here, %s in the world"):format(
                declared.name, name, type_name(kind, count), type_name(field.type, field.count)), 0)
        end
    end
end

-- `told` is the attach message's list.
function components.attach(told, declared)
    by_name, by_id = {}, {}
    for _, about in ipairs(told) do
        local component = make(about)
        by_name[component.name], by_id[component.id] = component, component
    end
    for _, one in ipairs(declared) do check_declared(one) end
end

function components.by_id(id) return by_id[id] end

function components.find(name, what, level)
    local component = by_name[name]
    if component then return component end
    error(("%s: there is no component %s"):format(what, tostring(name)), (level or 2) + 1)
end

local function unfit(component, field, value, expected, level)
    local found = type(value) == "string" and '"' .. value .. '"'
        or (type(value) == "number" or type(value) == "boolean") and tostring(value) or "a " .. type(value)
    error(("%s.%s: %s was expected, not %s"):format(component.name, field.name, expected, found), level + 1)
end

-- An Entity, its handle, or null for none.
local function to_entity(component, field, value, level)
    if ffi.istype(entity_t, value) then return entity_t(value.index, value.generation) end
    if value == nil or value == kit.wire.null then return entity_t() end
    if type(value) ~= "number" then unfit(component, field, value, "an entity", level + 1) end
    return entity_t(value % 2 ^ 32, floor(value / 2 ^ 32))
end

local function check_scalar(component, field, value, level)
    local kind = TYPES[field.type]
    if kind.c == "bool" then
        if type(value) ~= "boolean" then unfit(component, field, value, "true or false", level + 1) end
    elseif type(value) == "cdata" and (field.type == "i64" or field.type == "u64") then
        return
    elseif type(value) ~= "number" then
        unfit(component, field, value, "a number", level + 1)
    elseif kind.low and not (value >= kind.low and value <= kind.high and value == floor(value)) then
        unfit(component, field, value, "a whole number of type " .. field.type, level + 1)
    end
end

local function set_array(component, field, row, value, level)
    local place = row[field.member]
    if type(value) == "cdata" then
        for i = 0, field.count - 1 do place[i] = value[i] end
        return
    end
    if type(value) ~= "table" or #value ~= field.count then
        unfit(component, field, type(value) == "table" and #value or value, field.count .. " numbers", level + 1)
    end
    for i = 1, field.count do
        check_scalar(component, field, value[i], level + 1)
        place[i - 1] = value[i]
    end
end

-- One field of a row, checked.
function components.set_field(component, row, key, value, level)
    level = level or 2
    local field = component.fields[key]
    if not field or not field.position then no_such_field(component, key, level + 1) end
    if field.count > 0 then return set_array(component, field, row, value, level + 1) end
    if field.type == "entity" then
        row[field.member] = to_entity(component, field, value, level + 1)
        return
    end
    check_scalar(component, field, value, level + 1)
    row[field.member] = value
end

-- The component's scratch row: `start` (the defaults where there is none), with the values of a Lua table.
function components.fill(component, values, start, level)
    level = level or 2
    local row = component.scratch
    if not row then
        if values and next(values) ~= nil then no_such_field(component, (next(values)), level + 1) end
        return nil
    end
    ffi.copy(row, start or component.defaults, component.size)
    if values == nil then return row end
    if type(values) == "cdata" then
        if ffi.istype(component.row, values) then
            row[0] = values
            return row
        end
        error(("%s: a table or a row of it was expected"):format(component.name), level + 1)
    end
    if type(values) ~= "table" then
        error(("%s: a table of values was expected, not a %s"):format(component.name, type(values)), level + 1)
    end
    for key, value in pairs(values) do components.set_field(component, row[0], key, value, level + 1) end
    return row
end

return components
