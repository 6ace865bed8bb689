-- Says in words what LuaJIT means by "attempt to write to constant location": which component was written that the
-- system declared as read. Loaded when that has happened, while the stack is still there.
local kit = ...
local ffi = require "ffi"
local plane, components = kit.plane, kit.part("components")
local debug, ipairs, pcall, type = debug, ipairs, pcall, type

local function read_only(system)
    local list = {}
    for id = 0, plane.view.components - 1 do
        if plane.view.system[system.position].access[id] == plane.READ then list[#list + 1] = components.by_id(id) end
    end
    return list
end

-- The component whose row or column this is, if it is one of the list.
local function component_of(value, list)
    if type(value) ~= "cdata" then return nil end
    for _, component in ipairs(list) do
        if component.row then
            local good, is = pcall(ffi.istype, component.row, value)
            if good and is then return component end
            good, is = pcall(ffi.istype, component.constant_pointer, value)
            if good and is then return component end
            local known, span = pcall(function() return value._span end)
            if known and span.component == component.id then return component end
        end
    end
end

local function line_of(info)
    local path = info.source:match("^@(.*)$")
    local file = path and io.open(path)
    if not file then return "" end
    local number = 0
    for text in file:lines() do
        number = number + 1
        if number == info.currentline then
            file:close()
            return text
        end
    end
    file:close()
    return ""
end

-- The variable that the line assigns to: `velocity.x = 1`, `t.Velocity[i].x = 1`.
local function find(info, list, locals)
    local target = line_of(info):match("([%w_%.%[%]]+)%s*=[^=]") or ""
    for _, component in ipairs(list) do
        if ("." .. target .. "."):find("%." .. component.name .. "[%.%[]") then return component end
    end
    return component_of(locals[target:match("^([%a_][%w_]*)")], list)
end

-- The innermost frame of a script, and its variables.
local function look()
    for level = 2, 50 do
        local info = debug.getinfo(level, "Sl")
        if not info then return nil, {} end
        if info.source:find("^@") then
            local locals = {}
            for i = 1, 200 do
                local name, value = debug.getlocal(level, i)
                if not name then break end
                locals[name] = value
            end
            return info, locals
        end
    end
    return nil, {}
end

-- `message` as LuaJIT gave it.
return function(message)
    local system = plane.running
    local list = system and read_only(system) or {}
    if #list == 0 then return message end
    local info, locals = look()
    local found = #list == 1 and list[1] or info and find(info, list, locals)
    local names = {}
    for i, component in ipairs(list) do names[i] = component.name end
    local what = found and ("wrote %s, which %s declared as read"):format(found.name, system.name)
        or ("wrote a component that %s declared as read (%s)"):format(system.name, table.concat(names, ", "))
    return (message:gsub("attempt to write to constant location", (what:gsub("%%", "%%%%"))))
end
