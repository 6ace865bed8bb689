-- What a script keeps when its next version takes over (docs/protocol.md, section 9): what its hooks say or, where it
-- has none and may do without, the plain data in its object. Loaded when a version gives or takes a state.
local dragoman, wire, kept, link = ...
local error, ipairs, pairs, pcall, rawget, rawset = error, ipairs, pairs, pcall, rawget, rawset
local getmetatable, next, tostring, type, xpcall = getmetatable, next, tostring, type, xpcall
local debug, math, table = debug, math, table

local LONGEST = 16 * 1024 * 1024
local MOST_NAMED = 20

local arrays = getmetatable(wire.array())
local has_told  -- which attributes were passed over

local state = {}

-- Why a value is not plain data; nil when it is. `seen` holds what is known of tables.
local why_not

local function why_not_table(value, seen)
    local metatable = getmetatable(value)
    if metatable ~= nil and metatable ~= arrays then return "a table with a metatable" end
    local numbers, texts = 0, 0
    for key, item in next, value do
        if type(key) == "number" then numbers = numbers + 1 else texts = texts + 1 end
        local why = why_not(item, seen)
        if why then return why end
    end
    if numbers > 0 and texts > 0 then return "a table with both texts and numbers as keys" end
    if numbers > 0 and numbers ~= #value then return "a list with holes" end
end

function why_not(value, seen)
    local kind = type(value)
    if kind == "table" then
        if seen[value] == nil then
            seen[value] = "a table that holds itself"
            seen[value] = why_not_table(value, seen) or false
        end
        return seen[value] or nil
    end
    if kind == "function" or kind == "thread" or kind == "cdata" or (kind == "userdata" and value ~= wire.null) then
        return "a " .. kind
    end
end

-- Names that begin with two underscores are metamethods, and what clients of other languages add of their own.
local function is_own(name) return kept.own[name] or name:sub(1, 2) == "__" end

local function is_constant(name, value)
    return kept.constants and type(value) ~= "table" and kept.constants[name] == value
end

-- Deep nesting ends in an overflow of Lua's stack.
local function text_of(value, seen)
    local good, why = pcall(why_not, value, seen)
    if not good then return nil, "nested too deep" end
    if why then return nil, why end
    return wire.encode_within(value, 2, LONGEST)
end

local function tell_once(passed_over)
    if has_told or #passed_over == 0 then return end
    has_told = true
    table.sort(passed_over)
    local more = #passed_over - MOST_NAMED
    local names = table.concat(passed_over, ", ", 1, math.min(#passed_over, MOST_NAMED))
    if more > 0 then names = names .. (" and %d more"):format(more) end
    dragoman.log("debug", "not kept over a reload: " .. names)
end

-- The object's plain data, as JSON.
local function attributes()
    local texts, passed_over, length, largest = {}, {}, 0, { text = "" }
    local seen = { [kept.object] = "a table that holds itself" }
    for name, value in next, kept.object do
        local is_method = type(value) == "function" and kept.object == kept.class
        if type(name) ~= "string" then
            passed_over[#passed_over + 1] = ("[%s] (not a name)"):format(tostring(name))
        elseif not (is_own(name) or is_method or is_constant(name, value)) then
            local text, why = text_of(value, seen)
            local key = text and wire.encode_within(name, 0, LONGEST)
            if key then
                texts[#texts + 1] = key .. ": " .. text
                length = length + #key + #text + 4
                if #text > #largest.text then largest = { name = name, text = text } end
            else
                passed_over[#passed_over + 1] = ("%s (%s)"):format(name, why or "not UTF-8")
            end
        end
    end
    tell_once(passed_over)
    if length > LONGEST then
        return nil, ("longer than %d bytes, of which %d are in %s"):format(LONGEST, #largest.text, largest.name)
    end
    table.sort(texts)
    return "{" .. table.concat(texts, ", ") .. "}"
end

-- As an error in the hook's first line.
local function at(hook, message)
    local frames = {}
    if hook then
        local info = debug.getinfo(hook, "S")
        frames[1] = { source = info.source, short_src = info.short_src, currentline = info.linedefined }
    end
    local caught = { dragoman_captured = true, message = message, frames = frames, trace = "" }
    return link.failure().describe("raised", caught)
end

-- The state as JSON, or nil and what __error__ would carry.
local function give()
    local hook, object = link.hook("preserve_state")
    if not hook then
        if not link.keeps_attributes() then return nil, at(nil, "the script has no function preserve_state") end
        local text, why = attributes()
        if text then return text end
        return nil, at(nil, "the state cannot be handed on: " .. why)
    end
    local good, value = xpcall(hook, link.capture, object)
    if not good then return nil, link.failure().describe("raised", value) end
    if value == nil then value = wire.null end
    local text, why = wire.encode_within(value, 1, LONGEST)
    if text then return text end
    return nil, at(hook, "the state that preserve_state gives cannot be handed on: " .. why)
end

function state.answer()
    local text, problem
    if link.is_started() then
        text, problem = give()
    else
        problem = at(nil, "the script has not started yet: it has no state")
    end
    if text then
        wire.say("__state__", '{"state": ' .. text .. "}")
    else
        wire.write("__state__", { error = problem }, true)
    end
end

local function take_attributes(data)
    if type(data) ~= "table" or getmetatable(data) == arrays then
        if data == nil then return end
        return dragoman.log("warning", "the state is no object: there are no attributes to take from it")
    end
    local object, seen = kept.object, {}
    for name, value in pairs(data) do
        local present = rawget(object, name)
        local is_free = present == nil or (not kept.only_missing and not why_not(present, seen))
        if is_free and not is_own(name) and not link.is_method(name) then rawset(object, name, value) end
    end
end

-- Asks for the state of the version before this one, where the script can take one.
function state.take_over()
    local hook, object = link.hook("restore_state")
    if not hook and not link.keeps_attributes() then return end
    wire.write("__state__", { ask = true })
    local body = link.receive("__state__")
    while body.give == nil do
        if body.ask then state.answer() end
        body = link.receive("__state__")
    end
    local data = body.give
    if data == wire.null then data = nil end
    if not hook then return take_attributes(data) end
    if object and (not kept.takes_self or kept.takes_self(hook, 1)) then hook(object, data) else hook(data) end
end

return state
