-- Entities one by one: create_entity, query_entities, and the methods of an entity. They see what the script has
-- changed in this tick; what they change is made by the broker when the stage is over. Many at once: many.lua.
local kit = ...
local ffi = require "ffi"
local plane, components = kit.part("plane"), kit.part("components")
local C = ffi.C
local error, ipairs, pairs, setmetatable, tostring, type = error, ipairs, pairs, setmetatable, tostring, type
local floor = math.floor

local SHIFT = 2 ^ 32
local entity_t = ffi.typeof "dragoman_entity"
local entities, methods = {}, {}

-- `what` was refused by the plane.
local function failed(what, level) error(what .. ": " .. plane.problem(), (level or 2) + 1) end

-- Of an Entity or the handle of one.
local function to_entity(value, what, level)
    if ffi.istype(entity_t, value) then return entity_t(value.index, value.generation) end
    if type(value) == "number" and value >= 0 and value < 2 ^ 52 and value == floor(value) then
        return entity_t(value % SHIFT, floor(value / SHIFT))
    end
    error(("%s: an entity was expected, not a %s"):format(what, type(value)), (level or 2) + 1)
end

function entities.Entity(handle) return to_entity(handle, "Entity", 2) end

-- --- parts of a command ---------------------------------------------------------------------------------------------

local ids, rows = ffi.new "uint32_t[256]", ffi.new "const void *[256]"

-- The components of `named` in the order of their ids: `pairs` has another one in each process.
local function in_order(named, what, level)
    local list = {}
    for name in pairs(named) do
        local component = components.find(name, what, level + 1)
        local place = #list + 1
        while place > 1 and list[place - 1].id > component.id do
            list[place] = list[place - 1]
            place = place - 1
        end
        list[place] = component
    end
    return list
end

-- --- creating -------------------------------------------------------------------------------------------------------

local function destroy_quietly(entity) C.dragoman_lua_destroy(plane.handle, entity.index, entity.generation) end

local function create(named, what, level)
    plane.check_running(what, level + 1)
    if named ~= nil and type(named) ~= "table" then
        error(("%s: a table of components was expected, not a %s"):format(what, type(named)), level + 1)
    end
    local list = in_order(named or {}, what, level + 1)
    for i, component in ipairs(list) do
        ids[i - 1] = component.id
        rows[i - 1] = components.fill(component, named[component.name], nil, level + 1)
    end
    local entity = entity_t()
    if C.dragoman_plane_create_with(plane.handle, #list, ids, rows, entity) ~= 0 then failed(what, level + 1) end
    return entity
end

-- create_entity(), create_entity { Position = { x = 1 } }; with a function, too, which fills it in: an error inside
-- destroys it.
function entities.create_entity(named, body)
    if type(named) == "function" then named, body = nil, named end
    local entity = create(named, "create_entity", 2)
    if not body then return entity end
    local good, problem = xpcall(body, kit.capture, entity)
    if not good then
        destroy_quietly(entity)
        error(problem, 0)
    end
    return entity
end

-- --- lists of entities ----------------------------------------------------------------------------------------------

local list_metatable = {
    __index = function(list, key)
        if type(key) == "number" then
            if key >= 0 and key < list.rows then
                local entity = list.data[key]
                return entity_t(entity.index, entity.generation)
            end
            error(("entities[%s]: there are %d, from 0"):format(tostring(key), list.rows), 2)
        end
        if key == "each" then return entities._each end
        error("a list of entities has no " .. tostring(key), 2)
    end,
    __len = function(list) return list.rows end,
}
local list_t = ffi.metatype(
    ffi.typeof "struct { const dragoman_entity *data; int32_t rows; dragoman_entity own[?]; }", list_metatable)
entities.list_type = list_t

local function next_entity(list, i)
    i = i + 1
    if i < list.rows then return i, list[i] end
end

-- for i, entity in list:each() do
function entities._each(list) return next_entity, list, -1 end

local function new_list(count)
    local list = list_t(count)
    list.data, list.rows = list.own, count
    return list
end

-- --- finding --------------------------------------------------------------------------------------------------------

local without_ids, found = ffi.new "uint32_t[256]", ffi.new "dragoman_lua_found"

-- query_entities("Position", "Velocity", { without = { "Frozen" } }) -> the list of entities
function entities.query_entities(...)
    plane.check_running("query_entities", 2)
    local with_count, without_count = 0, 0
    for i = 1, select("#", ...) do
        local argument = select(i, ...)
        if type(argument) == "table" then
            local without = type(argument.without) == "string" and { argument.without } or argument.without or {}
            for _, name in ipairs(without) do
                without_ids[without_count] = components.find(name, "query_entities", 2).id
                without_count = without_count + 1
            end
        else
            ids[with_count] = components.find(argument, "query_entities", 2).id
            with_count = with_count + 1
        end
    end
    if C.dragoman_lua_query(plane.handle, ids, with_count, without_ids, without_count, found) < 0 then
        failed("query_entities", 2)
    end
    local list = new_list(tonumber(found.count))
    ffi.copy(list.own, found.data, list.rows * ffi.sizeof(entity_t))
    return list
end

-- --- one entity -----------------------------------------------------------------------------------------------------

local function access_to(component) return plane.view.system[plane.running.position].access[component.id] end

local function row_at(index, generation, component, to_write, what, level)
    local row = C.dragoman_lua_row(plane.handle, index, generation, component.id, to_write and 1 or 0)
    if row == nil then failed(what, level + 1) end
    return ffi.cast(component.pointer, row)
end

local function row_of(entity, component, to_write, what, level)
    return row_at(entity.index, entity.generation, component, to_write, what, level + 1)
end

local function make_proxy(component)
    local name = component.name
    return ffi.metatype(ffi.typeof "struct { uint32_t __index, __generation; }", {
        __index = function(self, key)
            plane.check_running(name, 2)
            local field = component.fields[key]
            if not field or not field.position then components.no_such_field(component, key, 2) end
            local is_array = field.count > 0
            local to_write = is_array and access_to(component) >= plane.WRITE
            local row = row_at(self.__index, self.__generation, component, to_write, name, 2)
            local value = row[0][field.member]
            if field.type == "entity" then return entity_t(value.index, value.generation) end
            return value
        end,
        __newindex = function(self, key, value)
            plane.check_running(name, 2)
            local row = row_at(self.__index, self.__generation, component, true, name, 2)
            components.set_field(component, row[0], key, value, 2)
        end,
    })
end

-- A view of the entity's row: its fields are read and written through.
function methods.get_component(self, name)
    plane.check_running("get_component", 2)
    local component = components.find(name, "get_component", 2)
    if not component.row then
        if C.dragoman_lua_has(plane.handle, self.index, self.generation, component.id) ~= 0 then return true end
        error(("get_component: the entity has no %s"):format(name), 2)
    end
    row_of(self, component, false, "get_component", 2)
    component.proxy = component.proxy or make_proxy(component)
    return component.proxy(self.index, self.generation)
end

function methods.add_component(self, name, values)
    plane.check_running("add_component", 2)
    local component = components.find(name, "add_component", 2)
    local row = components.fill(component, values, nil, 2)
    if C.dragoman_lua_add(plane.handle, self.index, self.generation, component.id, row) ~= 0 then
        failed("add_component " .. name, 2)
    end
    return self
end

-- Whether `values` has every field: then nobody needs to know the row that there is.
local function is_whole(component, values)
    for _, field in ipairs(component.plain) do
        if values[field.name] == nil then return false end
    end
    return true
end

local function set(entity, component, values, what, level)
    if access_to(component) >= plane.WRITE and component.row then
        local row = row_of(entity, component, true, what, level + 1)[0]
        for key, value in pairs(values) do components.set_field(component, row, key, value, level + 1) end
        return
    end
    local start
    if not is_whole(component, values) then start = row_of(entity, component, false, what, level + 1) end
    local row = components.fill(component, values, start, level + 1)
    if C.dragoman_lua_set(plane.handle, entity.index, entity.generation, component.id, row) ~= 0 then
        failed(what, level + 1)
    end
end

-- The fields that are given; also of a component that the system did not declare as written: then as a command.
function methods.set_component(self, name, values)
    plane.check_running("set_component", 2)
    local component = components.find(name, "set_component", 2)
    if type(values) ~= "table" then
        error("set_component: a table of values was expected, not a " .. type(values), 2)
    end
    set(self, component, values, "set_component " .. name, 2)
    return self
end

function methods.has_component(self, name)
    plane.check_running("has_component", 2)
    local component = components.find(name, "has_component", 2)
    return C.dragoman_lua_has(plane.handle, self.index, self.generation, component.id) == 1
end

function methods.remove_component(self, name)
    plane.check_running("remove_component", 2)
    local component = components.find(name, "remove_component", 2)
    if C.dragoman_lua_remove(plane.handle, self.index, self.generation, component.id) ~= 0 then
        failed("remove_component " .. name, 2)
    end
    return self
end

function methods.destroy(self)
    plane.check_running("destroy", 2)
    if C.dragoman_lua_destroy(plane.handle, self.index, self.generation) ~= 0 then failed("destroy", 2) end
end

function methods.is_valid(self)
    plane.check_running("is_valid", 2)
    return C.dragoman_lua_alive(plane.handle, self.index, self.generation) == 1
end

ffi.metatype(entity_t, {
    __index = function(self, key)
        if key == "handle" then return self.generation * SHIFT + self.index end
        local method = methods[key]
        if method then return method end
        error("an entity has no " .. tostring(key), 2)
    end,
    __newindex = function(_, key) error("an entity has no " .. tostring(key), 2) end,
    __eq = function(a, b)
        return ffi.istype(entity_t, a) and ffi.istype(entity_t, b)
            and a.index == b.index and a.generation == b.generation
    end,
    __tostring = function(self) return ("Entity(%.0f)"):format(self.generation * SHIFT + self.index) end,
})

-- For many.lua.
entities.failed, entities.to_entity, entities.in_order, entities.new_list = failed, to_entity, in_order, new_list
entities.set, entities.entity_type = set, entity_t

return entities
