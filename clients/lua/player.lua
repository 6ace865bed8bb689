-- The loop around MLPlay. Which forms a script may choose from: README.md.
local dragoman, give_up_unfit = ...

-- Whether a function is written as a method: its first parameter is called self, or it has more than
-- it is given otherwise.
local function takes_self(method, arguments)
    local info = debug.getinfo(method, "u")
    if info.isvararg and info.nparams == 0 then return false end
    local first = debug.getlocal(method, 1)
    return first == "self" or first == "cls" or first == "class" or info.nparams > arguments
end

local function is_callable(value)
    if type(value) == "function" then return true end
    local metatable = getmetatable(value)
    return type(metatable) == "table" and metatable.__call ~= nil
end

local function construct(MLPlay, init_args)
    if type(MLPlay) == "table" and type(MLPlay.new) == "function" then
        if takes_self(MLPlay.new, 1) then return MLPlay:new(init_args) end
        return MLPlay.new(init_args)
    end
    if is_callable(MLPlay) then return MLPlay(init_args) end
    if type(MLPlay) == "table" and type(MLPlay.init) == "function" then MLPlay:init(init_args) end
    return MLPlay
end

local function find_update(player)
    local update = type(player) == "table" and player.update
    if type(update) ~= "function" and not is_callable(update) then
        give_up_unfit("MLPlay: an object with a function update was expected, not a " .. type(player) .. " without")
    end
    if type(update) == "function" and not takes_self(update, 1) then
        return function(self, scene_info) return self.update(scene_info) end
    end
    return function(self, scene_info) return self:update(scene_info) end
end

local function reset(player)
    if player.reset then player:reset() end
end

-- What a class that is its own only object was written with: a new version brings its own.
local function constants_of(MLPlay, about)
    if type(MLPlay) ~= "table" or not (about and about.keep_attributes) then return nil end
    local constants = {}
    for name, value in next, MLPlay do constants[name] = value end
    return constants
end

return function(MLPlay)
    local init_args, kept = dragoman.get_init_args(), dragoman.kept
    kept.object, kept.class, kept.takes_self = MLPlay, MLPlay, takes_self  -- for a constructor that says hello
    kept.constants = constants_of(MLPlay, init_args.dragoman)
    local player = construct(MLPlay, init_args)
    kept.object = player
    local update = find_update(player)
    local get_scene_info, send_command = dragoman.get_scene_info, dragoman.send_command
    dragoman.client_ready("player")
    while true do
        local scene_info = get_scene_info()
        local command = update(player, scene_info)
        local status = scene_info.status
        if command == "RESET" or (status ~= nil and status ~= "GAME_ALIVE") then
            dragoman.client_reset()
            reset(player)
            dragoman.client_ready("player")
        else
            send_command(command)
        end
    end
end
