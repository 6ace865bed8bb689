-- What the parts for systems need of dragoman.lua and of each other. Loaded when a script uses one of them.
local dragoman, wire, kit = ...
local error, type = error, type

kit.dragoman, kit.wire, kit.parts = dragoman, wire, {}

-- Where dragoman's functions are.
local HOMES = {
    component = "declare", system = "declare", register_system = "declare",
    Entity = "entities", create_entity = "entities", query_entities = "entities",
    create_many = "many", batch_update = "many", rows = "many",
    spawn = "behaviours", yield = "behaviours", wait = "behaviours", wait_ticks = "behaviours",
    wait_until = "behaviours", cancel = "behaviours", statistics = "behaviours",
}

-- Each part is loaded once, with the kit.
function kit.part(name)
    if kit.parts[name] == nil then kit.parts[name] = kit.load(name, kit) end
    return kit.parts[name]
end

-- For dragoman.lua: a function for systems, by name.
function kit.find(name)
    if name == "kernels" then return kit.part("kernels") end
    return HOMES[name] and kit.part(HOMES[name])[name]
end

function kit.has_systems() return kit.parts.declare ~= nil and #kit.parts.declare.systems > 0 end

-- What a system's hello tells besides.
function kit.declare(hello) return kit.part("declare").tell(hello) end

-- What is only possible at the top level.
function kit.check_early(what)
    if kit.is_hello_said() then error(what .. ": too late: declare at the script's top level", 3) end
end

-- Of what LuaJIT says when a system writes what it declared as read. Called by the error handler.
function kit.in_words(message)
    if type(message) ~= "string" then return message end
    if not message:find("attempt to write to constant location", 1, true) then return message end
    local text = kit.part("denied")(message)
    return text
end

return kit
