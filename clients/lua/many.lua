-- Many entities at once: create_many, batch_update.
local kit = ...
local ffi = require "ffi"
local plane, components, entities = kit.part("plane"), kit.part("components"), kit.part("entities")
local C = ffi.C
local error, ipairs, pairs, tostring, type = error, ipairs, pairs, tostring, type
local floor = math.floor

local many = {}
local entity_t = entities.entity_type
local ids, rows = ffi.new "uint32_t[256]", ffi.new "const void *[256]"

-- The value for one of many: `values` is a list (from 1), an FFI array or a buffer (from 0), or the same for all.
local function value_at(values, i, is_array)
    local kind = type(values)
    if kind == "table" then
        if values._span then return values[i] end
        if is_array and type(values[1]) == "number" then return values end
        return values[i + 1]
    end
    if kind == "cdata" and not ffi.istype(entity_t, values) then return values[i] end
    return values
end

-- As dragoman.rows() gives them.
local function check_rows(component, array, count, level)
    if ffi.sizeof(array) >= count * component.size and ffi.istype(component.row, array[0]) then return array end
    error(("create_many: %s: %d rows of dragoman.rows were expected"):format(component.name, count), level + 1)
end

-- A table for each row.
local function fill_row_by_row(component, list, count, level)
    local array = component.array(count)
    for i = 1, count do
        if list[i] == nil then
            error(("create_many: %s has %d rows, not %d"):format(component.name, i - 1, count), level + 1)
        end
        array[i - 1] = components.fill(component, list[i], nil, level + 1)[0]
    end
    return array
end

local function fill_many(component, values, count, level)
    if type(values) == "cdata" then return check_rows(component, values, count, level + 1) end
    if type(values) ~= "table" then
        error(("%s: a table of values was expected, not a %s"):format(component.name, type(values)), level + 1)
    end
    if values[1] ~= nil then return fill_row_by_row(component, values, count, level + 1) end
    local array = component.array(count)
    for i = 0, count - 1 do array[i] = component.defaults[0] end
    for key, list in pairs(values) do
        local field = component.fields[key]
        local is_array = field and field.count > 0
        for i = 0, count - 1 do
            local value = value_at(list, i, is_array)
            if value == nil then
                error(("create_many: %s.%s has %d values, not %d"):format(component.name, tostring(key), i, count),
                    level + 1)
            end
            components.set_field(component, array[i], key, value, level + 1)
        end
    end
    return array
end

-- rows("Position", 100): as many rows with the defaults, to fill in and give to create_many.
function many.rows(name, count)
    local component = components.find(name, "rows", 2)
    if not component.row then error("rows: " .. name .. " has no fields", 2) end
    return fill_many(component, {}, count, 2)
end

-- create_many(1000, { Position = { x = list, y = 0 }, Velocity = rows }) -> the list of entities
function many.create_many(count, named)
    plane.check_running("create_many", 2)
    if type(count) ~= "number" or count < 0 or count ~= floor(count) then
        error("create_many: a whole number was expected, not " .. tostring(count), 2)
    end
    local list = entities.in_order(named or {}, "create_many", 2)
    local arrays = {}  -- keeps them alive
    for i, component in ipairs(list) do
        arrays[i] = component.row and fill_many(component, named[component.name], count, 2) or false
        ids[i - 1], rows[i - 1] = component.id, arrays[i] or nil
    end
    local created = entities.new_list(count)
    if C.dragoman_plane_create_many(plane.handle, count, #list, ids, rows, created.own) ~= 0 then
        entities.failed("create_many", 2)
    end
    return created
end

-- batch_update("Position", list, { x = 1, y = values }): a list of entities, and values as in create_many
function many.batch_update(name, list, values)
    plane.check_running("batch_update", 2)
    local component = components.find(name, "batch_update", 2)
    local first, count = 0, nil
    if type(list) == "table" then first, count = 1, #list else count = list.rows end
    local one = {}
    for i = 0, count - 1 do
        for key, of_field in pairs(values) do
            local field = component.fields[key]
            one[key] = value_at(of_field, i, field and field.count > 0)
            if one[key] == nil then
                error(("batch_update: %s.%s has %d values, not %d"):format(name, key, i, count), 2)
            end
        end
        entities.set(entities.to_entity(list[first + i], "batch_update", 2), component, one, "batch_update " .. name, 2)
    end
end

return many
