-- The tables of a system's query: for t in tables do ... end. A view of each table is made once; each tick only its
-- pointers and its number of rows are written anew, so that a step costs no allocation.
local kit = ...
local ffi = require "ffi"
local plane, components, operands = kit.part("plane"), kit.part("components"), kit.part("operands")
local entity_list = kit.part("entities").list_type
local C = ffi.C
local error, ipairs, rawget, setmetatable, tostring, type = error, ipairs, rawget, setmetatable, tostring, type

-- What a view has besides its columns.
local TAKEN = { rows = true, entities = true, table = true, column = true }

local tables = {}

-- The components that a system may see, in the order of their ids.
local function seen_by(system)
    local view = plane.view
    local seen = {}
    for id = 0, view.components - 1 do
        local access = view.system[system.position].access[id]
        if access ~= 0 then seen[#seen + 1] = { component = components.by_id(id), access = access } end
    end
    return seen
end

local function refuse_column(system, seen, name, level)
    local names = {}
    for i, one in ipairs(seen) do names[i] = one.component.name end
    error(("%s has not declared %s: it declared %s"):format(system.name, tostring(name),
        #names > 0 and table.concat(names, ", ") or "no component"), level + 1)
end

local function make_metatable(system, seen)
    local may_be_absent = {}
    for _, one in ipairs(seen) do may_be_absent[one.component.name] = true end
    local function column(view, name)
        local found = rawget(view, "_" .. name)
        if found == nil then found = rawget(view, name) end
        if found == nil and not may_be_absent[name] then refuse_column(system, seen, name, 2) end
        return found
    end
    return {
        __index = function(_, key)
            if key == "column" then return column end
            if not may_be_absent[key] then refuse_column(system, seen, key, 2) end
            return nil
        end,
        __newindex = function(_, key)
            error(("%s is a column: write its rows, as in t.%s[i]"):format(tostring(key), tostring(key)), 2)
        end,
    }
end

-- Columns and their number, for dragoman_lua_columns.
local function make_view(handle, system, seen, metatable, id)
    local view = { table = id, rows = 0, entities = entity_list(0), _cursor = 0 }
    local present = {}
    for _, one in ipairs(seen) do
        local component = one.component
        local name = TAKEN[component.name] and "_" .. component.name or component.name
        if component.row then
            local column = operands.column_type(component, one.access)()
            if C.dragoman_plane_column(handle, id, component.id, column) == 0 then
                view[name] = column
                present[#present + 1] = { column, component }
            end
        elseif C.dragoman_plane_column(handle, id, component.id, ffi.new "dragoman_span") == 0 then
            view[name] = true
        end
    end
    view._columns, view._count = ffi.new("dragoman_lua_column[?]", #present), #present
    view._kept = present  -- what `_columns` points to, whatever the script does with the view
    for i, pair in ipairs(present) do
        local entry, component = view._columns[i - 1], pair[2]
        entry.span, entry.component = pair[1], component.id
        entry.lanes, entry.type = component.lanes, component.lane_type
    end
    return setmetatable(view, metatable)
end

-- Gives a function to be called before each run, and the object that a system's function is given.
function tables.make(system)
    local handle = plane.handle
    local seen = seen_by(system)
    local view_metatable = make_metatable(system, seen)
    local views, cursor, found = {}, ffi.new "uint32_t[1]", ffi.new "dragoman_rows"
    local about = plane.view.system[system.position]
    local list = ffi.cast("const uint32_t *", ffi.cast("const char *", plane.view) + about.list)
    local known = 0  -- tables of the list when views were made

    -- Before the system runs. Making views in the script's loop would spoil what LuaJIT compiles of it.
    local function prepare()
        local was_on = jit.status()
        jit.off()
        cursor[0] = 0
        while C.dragoman_plane_next(handle, cursor, found) ~= 0 do
            local id = found.table
            views[id] = views[id] or make_view(handle, system, seen, view_metatable, id)
        end
        known = list[0]
        if was_on then jit.on() end
    end

    -- The table behind `previous`; the first one for nil.
    local function step(_, previous)
        cursor[0] = previous and previous._cursor or 0
        if C.dragoman_plane_next(handle, cursor, found) == 0 then return nil end
        local id = found.table
        local view = views[id]
        if not view or C.dragoman_lua_columns(handle, id, view._columns, view._count) ~= 0 then
            view = make_view(handle, system, seen, view_metatable, id)
            views[id] = view
            C.dragoman_lua_columns(handle, id, view._columns, view._count)
        end
        view._cursor, view.rows = cursor[0], found.rows
        local entities = view.entities
        entities.data, entities.rows = found.entities, found.rows
        return view
    end

    local function rows()
        local sum = 0
        cursor[0] = 0
        while C.dragoman_plane_next(handle, cursor, found) ~= 0 do sum = sum + found.rows end
        return sum
    end

    local methods = { count = rows }
    function methods.each(self) return step, self, nil end

    local function refresh()
        if list[0] ~= known then prepare() end
    end

    return refresh, setmetatable({ tick = 0, dt = 0 }, {
        __call = function(_, _, previous) return step(nil, previous) end,
        __index = function(_, key)
            if key == "rows" then return rows() end
            return methods[key]
        end,
    })
end

return tables
