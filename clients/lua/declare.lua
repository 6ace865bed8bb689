-- What a script declares at its top level: components and systems. Loaded when a script asks for one of these.
local kit = ...
local array = kit.wire.array
local error, ipairs, pairs, type, tostring = error, ipairs, pairs, type, tostring

local CLASS_CREATES = 65536  -- of a system that does not say what it touches

local declare = {
    components = array(),  -- { name, fields }, as __hello__ has them
    systems = {},          -- { about = as __hello__ has it, name, run }
}
local by_name = {}

-- component("Position", "x: f32", "y: f32 = 1"), or with a list of the fields
function declare.component(name, ...)
    if type(name) ~= "string" then error("component: a name was expected, not a " .. type(name), 2) end
    kit.check_early("component " .. name)
    local fields = array(type((...)) == "table" and { unpack((...)) } or { ... })
    for i, field in ipairs(fields) do
        if type(field) ~= "string" or not field:find("^%s*[%a_][%w_]*%s*:") then
            error(("component %s: field %d: text such as \"x: f32\" was expected, not %s")
                :format(name, i, type(field) == "string" and '"' .. field .. '"' or "a " .. type(field)), 2)
        end
    end
    declare.components[#declare.components + 1] = { name = name, fields = fields }
end

local LISTS = { "read", "write", "with", "without", "optional", "changed", "before", "after" }
local KINDS = {
    name = "string", order = "string", mode = "string", exclusive = "boolean", creates = "number", every = "number",
    rate = "number", run = "function",
}
for _, key in ipairs(LISTS) do KINDS[key] = "list" end

local function expected(label, key, what, value, level)
    error(("%s: %s: %s was expected, not %s"):format(label, key, what,
        type(value) == "string" and '"' .. value .. '"' or "a " .. type(value)), level + 1)
end

-- A list of names, from a list or a single name.
local function names(label, key, value, level)
    if type(value) == "string" then value = { value } end
    if type(value) ~= "table" then expected(label, key, "a list of names", value, level + 1) end
    local list = array()
    for i, name in ipairs(value) do
        if type(name) ~= "string" then expected(label, key, "a list of names", name, level + 1) end
        list[i] = name
    end
    if next(value) ~= nil and #list == 0 then expected(label, key, "a list of names", value, level + 1) end
    return list
end

local function add(about, run, level)
    local label = "system " .. tostring(about.name)
    if by_name[about.name] then error(label .. ": declared twice in this script", level + 1) end
    local system = { name = about.name, about = about, run = run }
    by_name[about.name] = system
    declare.systems[#declare.systems + 1] = system
    return system
end

local function take(spec, level)
    local label = "system " .. tostring(spec.name or "without a name")
    if type(spec.name) ~= "string" then expected(label, "name", "text", spec.name, level + 1) end
    if type(spec.run) ~= "function" then expected(label, "run", "a function", spec.run, level + 1) end
    local about = {}
    for key, value in pairs(spec) do
        local kind = KINDS[key]
        if not kind then error(("%s: there is no key %s"):format(label, tostring(key)), level + 1) end
        if kind == "list" then
            about[key] = names(label, key, value, level + 1)
        elseif type(value) ~= kind then
            expected(label, key, kind == "boolean" and "true or false" or "a " .. kind, value, level + 1)
        elseif key ~= "run" then
            about[key] = value
        end
    end
    if about.exclusive == false then about.exclusive = nil end
    return add(about, spec.run, level + 1)
end

-- system { name = "movement", read = { "Velocity" }, write = { "Position" }, run = function(tables, dt) ... end }
function declare.system(spec)
    if type(spec) ~= "table" then error("system: a table was expected, not a " .. type(spec), 2) end
    kit.check_early("system " .. tostring(spec.name))
    take(spec, 2)
end

-- ECScope's form: an object with `name`, `execution_order` and update(self, delta_time). One that says nothing of what
-- it touches may touch everything, and runs alone.
function declare.register_system(object)
    if type(object) ~= "table" then error("register_system: a table was expected, not a " .. type(object), 2) end
    kit.check_early("register_system " .. tostring(object.name))
    if type(object.update) ~= "function" then
        error(("register_system %s: a function update was expected, not a %s")
            :format(tostring(object.name), type(object.update)), 2)
    end
    local spec = { name = object.name, order = object.execution_order }
    for key in pairs(KINDS) do
        if key ~= "run" and object[key] ~= nil then spec[key] = object[key] end
    end
    if not (spec.read or spec.write or spec.with or spec.exclusive) then
        spec.exclusive, spec.creates = true, spec.creates or CLASS_CREATES
    end
    function spec.run(tables, dt) return object:update(dt, tables) end
    take(spec, 2)
    return object
end

-- For dragoman.lua: what this script's __hello__ says besides.
function declare.tell(hello)
    hello.features[#hello.features + 1] = "plane"
    hello.components = declare.components
    local systems = array()
    for i, system in ipairs(declare.systems) do systems[i] = system.about end
    hello.systems = systems
end

function declare.find(name) return by_name[name] end

return declare
