-- The world's calls (docs/protocol.md, section 6). Writes wait in a list until something is read or the tick is done.
-- Every function may be called with a dot or with a colon.
local dragoman = ...

local world = {}
local changes = dragoman.array()

local function later(method, params) changes[#changes + 1] = { method, params } end

-- The waiting changes, which are the caller's from now on.
local function take_changes()
    local taken = changes
    changes = dragoman.array()
    return taken
end

-- Calls with the waiting changes in front, so that a read sees them.
local function now(method, params)
    if #changes == 0 then return dragoman.call("world." .. method, params) end
    local calls = take_changes()
    calls[#calls + 1] = { method, params }
    local values = dragoman.call("world.batch", { calls = calls })
    return values[#values]
end

local function names(...)
    local first = ...
    return dragoman.array(type(first) == "table" and first or { ... })
end

local functions = {}

-- component("Ball", "x: f32", "y: f32 = 1"), or with a list of the fields
function functions.component(name, ...) now("component", { name = name, fields = names(...) }) end

-- create { Ball = { x = 1 } } -> entity
function functions.create(components) return now("create", { components = components or {} }) end

function functions.destroy(entity) later("destroy", { entity = entity }) end

function functions.add(entity, component, values)
    later("add", { entity = entity, component = component, values = values or {} })
end

function functions.remove(entity, component) later("remove", { entity = entity, component = component }) end

function functions.set(entity, component, values)
    later("set", { entity = entity, component = component, values = values })
end

function functions.get(entity, component) return now("get", { entity = entity, component = component }) end

function functions.alive(entity) return now("alive", { entity = entity }) end

function functions.has(entity, component) return now("has", { entity = entity, component = component }) end

-- query("Ball", "Speed", { with = { "Alive" }, without = { "Frozen" } }) -> list of { entity, ball, speed }
function functions.query(...)
    local params = { components = dragoman.array() }
    for i = 1, select("#", ...) do
        local argument = select(i, ...)
        if type(argument) == "string" then
            table.insert(params.components, argument)
        elseif argument[1] ~= nil then
            for _, name in ipairs(argument) do table.insert(params.components, name) end
        else
            params.with = argument.with and names(argument.with)
            params.without = argument.without and names(argument.without)
        end
    end
    return now("query", params)
end

-- for entity, ball, speed in world.each("Ball", "Speed") do
function functions.each(...)
    local rows = functions.query(...)
    local row = 0
    return function()
        row = row + 1
        if rows[row] then return unpack(rows[row], 1, #rows[row]) end
    end
end

-- one("Ball") -> entity, ball. An error when there is not exactly one.
function functions.one(...)
    local rows = functions.query(...)
    if #rows ~= 1 then error("one(" .. tostring((...)) .. "): there are " .. #rows, 3) end
    return unpack(rows[1], 1, #rows[1])
end

-- batch { { "create", { components = ... } }, { "get", { ... } } } -> list of their values; all happen or none does
function functions.batch(calls)
    local all = take_changes()
    local before = #all
    for _, call in ipairs(calls) do all[#all + 1] = call end
    local values = dragoman.call("world.batch", { calls = all })
    local own = dragoman.array()
    for i = before + 1, #values do own[i - before] = values[i] end
    return own
end

for name, run in pairs(functions) do
    world[name] = function(first, ...)
        if first == world then return run(...) end
        return run(first, ...)
    end
end

-- For the client itself.
world._take_changes = take_changes

return world
