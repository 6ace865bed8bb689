-- The script's public functions, as verbs that others call by name. Loaded at the first call.
local wire, capture, failure, builtin = ...
local debug, getmetatable, pairs, pcall, rawget = debug, getmetatable, pairs, pcall, rawget
local tostring, type, unpack, xpcall = tostring, type, unpack, xpcall

local CALL_DEPTH = 16

local depth = 0  -- of calls that we serve

local verbs = {}

local function bind(verb, params)
    if type(params) ~= "table" then return verb() end
    if getmetatable(params) ~= nil or params[1] ~= nil then return verb(unpack(params, 1, #params)) end
    local info = debug.getinfo(verb, "u")
    if info.nparams == 0 then return verb(params) end
    local values = {}
    for i = 1, info.nparams do values[i] = params[debug.getlocal(verb, i)] end
    return verb(unpack(values, 1, info.nparams))
end

local function find(name)
    local verb = type(name) == "string" and name:sub(1, 1) ~= "_" and rawget(_G, name)
    return type(verb) == "function" and builtin[name] ~= verb and verb
end

local function refuse(code, message) return "__error__", { code = code, message = message } end

local function run(call)
    if depth > CALL_DEPTH then return refuse("depth", "calls nest deeper than " .. CALL_DEPTH) end
    local verb = find(call.method)
    if not verb then return refuse("unknown_method", "the script has no function " .. tostring(call.method)) end
    local good, value = xpcall(bind, capture, verb, call.params)
    if good then return "__return__", { value = value == nil and wire.null or value } end
    return "__error__", failure().describe("raised", value)
end

function verbs.serve(call)
    depth = depth + 1
    local header, body = run(call)
    body.id = call.id
    local good, problem = pcall(wire.write, header, body, header == "__error__")
    if not good then wire.write("__error__", { id = call.id, code = "raised", message = problem }, true) end
    depth = depth - 1
end

function verbs.exist()
    for name, value in pairs(_G) do
        if type(value) == "function" and builtin[name] ~= value then return true end
    end
    return false
end

return verbs
