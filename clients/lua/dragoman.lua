-- The Lua client of dragoman: the conversation of docs/protocol.md, in the names of docs/writing-a-client.md.
-- The host calls this file with its C functions (host/wire.hpp), the client's folder and the script's path.
local wire, folder, script = ...

local CLIENT = "dragoman-lua 0.1.0"
-- Kept here, since a script may give these names to something of its own.
local collect, debug, exit, io = collectgarbage, debug, os.exit, io
local assert, error, getmetatable, ipairs, loadstring = assert, error, getmetatable, ipairs, loadstring
local pairs, pcall = pairs, pcall
local rawget, setmetatable, table, tostring, type = rawget, setmetatable, table, tostring, type
local unpack, xpcall = unpack, xpcall
local read, write = wire.read, wire.write

local dragoman = {
    null = wire.null,
    array = wire.array,
    encode = wire.encode,
    decode = wire.decode,
    script = script,
    script_folder = script:match("^(.*/)") or "./",
}

local init            -- the body of __init__
local about           -- its "dragoman": nil in a classic conversation
local hello_said
local started         -- a READY has been said
local answers = {}    -- of calls of ours: id -> true (awaited), or the header and body that came
local last_id = 0
local builtin = {}    -- globals that were there before the script: not its verbs
local early_logs = {} -- of a system, before its hello, which must tell all that it declares
local early_uses      -- files that were loaded before the hello
local kit             -- kit.lua, once it is loaded

-- What a hot reload keeps: see state.lua. Filled in by player.lua and game.lua, for which it is.
local kept = { own = {} }
dragoman.kept = kept

-- Ends quietly: end of file or __bye__.
local function quit() exit(0) end

function dragoman.get_init_args()
    if init then return init end
    local header, body = read()
    if not header then quit() end
    if header ~= "__init__" then error("__init__ was expected, not " .. header) end
    init = body
    if type(body.dragoman) == "table" and type(body.dragoman.protocol) == "number" then about = body.dragoman end
    return init
end

local function index(object, name) return object[name] end

-- Of the script's object. Some classes refuse names that they do not know.
local function find_method(name)
    local good, method = pcall(index, kept.object, name)
    return good and type(method) == "function" and method
end

-- One of the two functions by which a state is handed on, and the object whose method it is.
local function find_hook(name)
    local method = find_method(name)
    if method then return method, kept.object end
    method = rawget(dragoman, name)
    if type(method) == "function" then return method end
end

-- Whether the object's plain data is what is handed on.
local function keeps_attributes()
    if type(kept.object) ~= "table" or not about then return false end
    if not kept.only_missing and about.keep_attributes ~= true then return false end
    return not (find_hook("preserve_state") or find_hook("restore_state"))
end

-- Says hello, once, where the broker knows more than the classic level. True when it does.
local function say_hello(role)
    dragoman.get_init_args()
    if not about then return false end
    if not hello_said then
        hello_said = true
        local features = wire.array { "call", "error", "log", "uses" }
        if find_hook("preserve_state") or keeps_attributes() then features[#features + 1] = "state" end
        local hello = { protocol = 1, client = CLIENT, role = role or about.role or "player", features = features }
        if hello.role == "system" and kit then kit.declare(hello) end
        write("__hello__", hello)
        for i = 1, #early_logs do write("__log__", early_logs[i], true) end
        if early_uses then write("__uses__", { files = early_uses }, true) end
    end
    return true
end

local state
function dragoman.client_ready(role)
    local is_extended = say_hello(role)
    if not started and is_extended and type(about.reload) == "table" and about.reload.state then state().take_over() end
    started = true
    wire.say("__command__", "READY")
end

-- For player.lua and game.lua.
dragoman.hello = say_hello
function dragoman.done(body) write("__done__", body) end

function dragoman.client_reset() wire.say("__command__", "RESET") end

function dragoman.send_command(command) write("__command__", command) end

function dragoman.log(level, message)
    level, message = tostring(level), tostring(message)
    dragoman.get_init_args()
    if about and about.role == "system" and not hello_said then
        early_logs[#early_logs + 1] = { level = level, message = message }
    elseif say_hello() then
        write("__log__", { level = level, message = message }, true)
    else
        io.stderr:write(level, ": ", message, "\n")
    end
end

local captured = { __tostring = function(self) return tostring(self.message) end }

-- What an error handler must see before the stack is gone: see failure.lua.
local function capture(message)
    if type(message) == "table" and message.dragoman_captured then return message end
    if kit and kit.plane and kit.plane.running then message = kit.in_words(message) end
    local frames = {}
    for level = 2, 40 do
        local info = debug.getinfo(level, "Sl")
        if not info then break end
        frames[#frames + 1] = info
    end
    local trace = debug.traceback("", 2)
    return setmetatable({ dragoman_captured = true, message = message, frames = frames, trace = trace }, captured)
end

-- The client's own code is called [dragoman] in messages and traces, wherever it lies: failure.lua looks for that.
local function load_part(name, ...)
    local file = assert(io.open(folder .. name .. ".lua"))
    local text = file:read("*a")
    file:close()
    return assert(loadstring(text, "=[dragoman]"))(...)
end

-- A part that is loaded when it is asked for.
local function later(name, ...)
    local loaded, arguments = nil, { ... }
    return function()
        loaded = loaded or load_part(name, unpack(arguments))
        return loaded
    end
end

local failure = later("failure", script)

-- Tells the broker and the person what was wrong, and exits with 1.
local function give_up(problem)
    io.stdout:flush()
    io.stderr:write("lua: ", failure().text(problem), "\n")
    local _, extended = pcall(say_hello)
    if extended == true then pcall(write, "__error__", problem, true) end
    exit(1)
end

-- The script is not what it should be.
local function give_up_unfit(message) give_up(failure().unfit(message)) end

local verbs = later("verbs", wire, capture, failure, builtin)

local uses = later("uses", dragoman, wire, folder, script, function(file)
    if hello_said then return write("__uses__", { files = wire.array { file } }, true) end
    early_uses = early_uses or wire.array()
    early_uses[#early_uses + 1] = file
end)

-- Reads one line. Gives its body if it is what the caller waits for, and true if it answers a call of ours.
local function take(awaited)
    local header, body = read()
    if not header or header == "__bye__" then
        quit()
    elseif header == awaited then
        return body
    elseif header == "__call__" then
        verbs().serve(body)
    elseif header == "__state__" then
        state().answer()
    elseif (header == "__return__" or header == "__error__") and answers[body.id] then
        answers[body.id] = { header, body }
        return nil, true
    end
end

-- Reads until something comes that is the caller's: a scene or an update, or the answer to a call of ours.
local function receive(awaited)
    while true do
        local body, answered = take(awaited)
        if body or (answered and not awaited) then return body end
    end
end

state = later("state", dragoman, wire, kept, {
    is_method = find_method, hook = find_hook, keeps_attributes = keeps_attributes,
    capture = capture, failure = failure, receive = receive,
    is_started = function() return started end,
})

function dragoman.get_scene_info()
    if not init then dragoman.get_init_args() end
    return receive("__scene_info__")
end

local CallError = {}
CallError.__index = CallError
CallError.__tostring = function(self) return self.code .. ": " .. self.message end

function dragoman.call(method, params)
    if not say_hello() then error("call: this broker speaks the classic level only", 2) end
    last_id = last_id + 1
    local id = last_id
    write("__call__", { id = id, method = method, params = params or {} })
    answers[id] = true
    while answers[id] == true do receive(nil) end
    local header, body = answers[id][1], answers[id][2]
    answers[id] = nil
    if header == "__return__" then return body.value end
    local problem = { code = body.code or "raised", message = body.message or "", trace = body.trace, method = method }
    error(setmetatable(problem, CallError), 2)
end

-- What most scripts do not need is loaded when it is asked for.
local parts = {}
function parts.world() return load_part("world", dragoman) end
function parts.Game() return load_part("game", dragoman, receive, give_up_unfit) end
function parts.open_data() return uses().open_data end

-- What only systems need is in kit.lua and the parts that it knows.
local function find_in_kit(name)
    local function is_hello_said() return hello_said end
    kit = kit or load_part("kit", dragoman, wire, { take = take, capture = capture, load = load_part,
        is_hello_said = is_hello_said })
    return kit.find(name)
end

setmetatable(dragoman, {
    __index = function(_, name)
        local part = parts[name]
        parts[name] = nil
        dragoman[name] = part and part() or find_in_kit(name)
        return rawget(dragoman, name)
    end,
})

local function is_there(path)
    local file = io.open(path)
    return file and file:close()
end

-- Files beside the script are found first: by require, dofile and loadfile.
local function beside(original)
    return function(name, ...)
        if type(name) == "string" then
            local near = dragoman.script_folder .. name
            if name:sub(1, 1) ~= "/" and is_there(near) then name = near end
            if is_there(name) then uses().note(name) end
        end
        return original(name, ...)
    end
end

local find_module = package.searchpath

-- Stands in front of the loaders that look for files, and finds nothing itself.
local function note_module(name)
    local root = name:match("^[^.]*")
    local file = find_module(name, package.path) or find_module(name, package.cpath) or find_module(root, package.cpath)
    if file then uses().note(file) end
end

local load_script = loadfile
local function prepare_globals()
    local near = dragoman.script_folder
    package.path = near .. "?.lua;" .. near .. "?/init.lua;" .. package.path
    package.cpath = near .. "?.so;" .. package.cpath
    package.loaded.dragoman = dragoman
    table.insert(package.loaders, 2, note_module)
    dofile, loadfile = beside(dofile), beside(loadfile)
    _G.dragoman = dragoman
    for _, name in ipairs { "get_init_args", "client_ready", "get_scene_info", "send_command", "client_reset" } do
        _G[name] = dragoman[name]
    end
    for name, value in pairs(_G) do builtin[name] = value end
end

local function is_game(value) return type(value) == "table" and type(value.scenes) == "function" end

local function serve_for_ever()
    dragoman.client_ready("verb")
    while true do receive("__update__") end
end

local function run()
    local chunk, problem = load_script(script)
    if not chunk then return give_up(failure().syntax(problem)) end
    local result = chunk(unpack(arg))

    local player, game = rawget(_G, "MLPlay"), rawget(_G, "Game")
    if is_game(result) then game = result elseif result ~= nil and type(result) ~= "boolean" then player = result end
    local wanted = (dragoman.get_init_args().dragoman or {}).role
    if wanted == "verb" and verbs().exist() then return serve_for_ever() end
    local has_systems = kit and kit.has_systems()
    if has_systems and (wanted == "system" or not (player or game)) then return kit.part("systems").run() end
    if wanted == "system" then return give_up_unfit("the script declares no system") end
    if game and (wanted == "game" or not player) then return dragoman.Game.run(game) end
    if player then return load_part("player", dragoman, give_up_unfit)(player) end
    if started then return end
    give_up_unfit("the script defines no " .. (wanted == "game" and "Game" or "MLPlay"))
end

prepare_globals()
local good, problem = xpcall(run, capture)
if not good then
    if problem == "not enough memory" then collect() end  -- there must be some to say so
    give_up(failure().describe("raised", problem))
end
quit()
