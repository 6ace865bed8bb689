-- Columns as scripts see them: t.Position[i] is a row, t.Position goes into kernels whole, t.Position.x as one field.
local kit = ...
local ffi = require "ffi"
local plane, components = kit.plane, kit.part("components")
local C, cast = ffi.C, ffi.cast
local error, tonumber, tostring, type = error, tonumber, tostring, type

local MOST_KEPT = 32  -- fields whose operands have a place in the column; a wider component's are made each time

local bytes_t, constant_bytes_t = ffi.typeof "uint8_t *", ffi.typeof "const uint8_t *"
local span_t = ffi.typeof "dragoman_span"

local operands = {}
local known = {}  -- column types, by row type and kind: LuaJIT never forgets a type

ffi.metatype(span_t, {
    __index = function(span, key)
        if key == "_span" then return span end
        error("one field of a column goes into kernels; rows are read as in t.Position[i].x", 2)
    end,
    __newindex = function()
        error("one field of a column goes into kernels; rows are written as in t.Position[i].x = 1", 2)
    end,
})

local function no_such_row(component, column, key, level)
    error(("%s[%s]: there are %d rows, from 0"):format(component.name, tostring(key), column.rows), level + 1)
end

local function field_span(column, field)
    local whole = column._span
    local part = field.position < MOST_KEPT and column._fields[field.position] or span_t()
    local offset = field.offset
    part.data = cast(bytes_t, whole.data) + offset
    if whole.previous == nil then
        part.previous = nil
    else
        part.previous = cast(constant_bytes_t, whole.previous) + offset
    end
    part.fresh, part.rows, part.stride, part.offset = whole.fresh, whole.rows, whole.stride, offset
    part.lanes, part.type = field.lanes, field.type_number
    part.writable, part.component = whole.writable, whole.component
    return part
end

local function field_of(component)
    return function(column, name)
        local field = component.fields[name]
        if not field or not field.position then components.no_such_field(component, name, 2) end
        return field_span(column, field)
    end
end

local function assign(component, key, level)
    error(("%s.%s is a column: write t.%s[i].%s, or kernels.fill(t.%s.%s, value)")
        :format(component.name, key, component.name, key, component.name, key), level + 1)
end

-- The second buffer of the mode `replace` holds all rows from here on.
local function prepare(column)
    if column._fresh ~= nil and column._fresh[0] == 0 then C.dragoman_span_prepare(column) end
    return column._data
end

-- Written in place, or only read: the pointer is as good as any.
local function plain_metatable(component, access)
    local fields, field = component.fields, field_of(component)
    return {
        __index = function(column, key)
            if type(key) == "number" then
                if key >= 0 and key < column.rows then return column.data[key] end
                no_such_row(component, column, key, 2)
            end
            if key == "field" then return field end
            local found = fields[key]
            if found and found.position then return field_span(column, found) end
            if type(key) == "cdata" then return column[tonumber(key)] end
            components.no_such_field(component, key, 2)
        end,
        __newindex = function(column, key, value)
            if type(key) ~= "number" then assign(component, key, 2) end
            if access == plane.READ then error(component.name .. " is declared as read, not as written", 2) end
            if not (key >= 0 and key < column.rows) then no_such_row(component, column, key, 2) end
            column.data[key] = value
        end,
    }
end

local function replaced_metatable(component)
    local fields, field = component.fields, field_of(component)
    return {
        __index = function(column, key)
            if type(key) == "number" then
                if key >= 0 and key < column.rows then return prepare(column)[key] end
                no_such_row(component, column, key, 2)
            end
            if key == "data" then return prepare(column) end
            if key == "field" then return field end
            local found = fields[key]
            if found and found.position then return field_span(column, found) end
            if type(key) == "cdata" then return column[tonumber(key)] end
            components.no_such_field(component, key, 2)
        end,
        __newindex = function(column, key, value)
            if type(key) ~= "number" then assign(component, key, 2) end
            if not (key >= 0 and key < column.rows) then no_such_row(component, column, key, 2) end
            prepare(column)[key] = value
        end,
    }
end

local function make_type(component, access)
    local kept = math.min(#component.plain, MOST_KEPT)
    local text = [[struct {
        union {
            dragoman_span _span;
            struct { %s *%s; const void *_previous; uint8_t *_fresh; int32_t rows; int32_t _high; };
        };
        dragoman_span _fields[%d];
    }]]
    if access >= plane.REPLACE then
        return ffi.metatype(ffi.typeof(text:format("$", "_data", kept), component.row), replaced_metatable(component))
    end
    local row = access == plane.WRITE and "$" or "const $"
    return ffi.metatype(ffi.typeof(text:format(row, "data", kept), component.row), plain_metatable(component, access))
end

-- The type of a column of this component, for a system that has this access to it.
function operands.column_type(component, access)
    local kind = access >= plane.REPLACE and "replaced" or access == plane.WRITE and "written" or "read"
    known[component.row] = known[component.row] or {}
    local types = known[component.row]
    types[kind] = types[kind] or make_type(component, access)
    return types[kind]
end

return operands
