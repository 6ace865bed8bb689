-- The base of a game's script and the loop around it. dragoman.Game() makes a class to fill in.
local dragoman, receive, give_up_unfit = ...

local world = dragoman.world
local null = dragoman.null

local base = {}

function base:setup() end

function base:result() return nil end

local Game = {}

-- null becomes nil, so that `commands[seat] or "NONE"` works.
local function without_nulls(commands)
    for seat, command in pairs(commands) do
        if command == null then commands[seat] = nil end
    end
    return commands
end

local function start_round(game)
    game:setup()
    return false
end

local function go_on(game, tick) return game:update(without_nulls(tick.commands or {})) and true or false end

-- Taken from every tick, not counted here: a script that is started anew in mid-match must see the same.
local function take_over(game, tick)
    local is_fresh = game.round == 0
    game.frame, game.round = tick.frame or game.frame, tick.round or 1
    if type(tick.seed) == "number" then game.seed = tick.seed end
    game.dt, game.absent = tick.dt, without_nulls(tick.absent or {})
    game.lost = tick.lost or dragoman.array()
    if tick.start or is_fresh then math.randomseed(game.seed) end
end

local function table_from(game, method)
    local value = game[method](game)
    if type(value) ~= "table" then error("Game:" .. method .. "() gave a " .. type(value) .. ", not a table", 0) end
    return value
end

local function answer(game, tick)
    world._take_changes()
    take_over(game, tick)
    local over
    if tick.start then over = start_round(game) else over = go_on(game, tick) end
    local done = { frame = tick.frame, over = over, scenes = table_from(game, "scenes") }
    if over then done.result = table_from(game, "result") end
    if tick.draw == true and game.picture then done.picture = game:picture() end
    done.changes = world._take_changes()
    return done
end

local function construct(class)
    local about = dragoman.get_init_args().dragoman or {}
    local game = setmetatable({}, { __index = class })
    game.world, game.random = world, math.random
    game.players = about.players or dragoman.array()
    game.params = about.params or {}
    game.seed = type(about.seed) == "number" and about.seed or 0
    game.round, game.frame, game.absent, game.lost = 0, 0, {}, dragoman.array()
    math.randomseed(game.seed)
    if type(class.init) == "function" then game:init() end
    return game
end

local OWN = {
    world = true, random = true, players = true, params = true, seed = true,
    round = true, frame = true, dt = true, absent = true, lost = true,
}

function Game.run(class)
    if not getmetatable(class) then setmetatable(class, { __index = base }) end
    if type(class.update) ~= "function" then give_up_unfit("Game: a function update was expected") end
    local kept = dragoman.kept
    kept.object, kept.own, kept.only_missing = class, OWN, true
    dragoman.hello("game")
    local game = construct(class)
    kept.object, kept.only_missing = game, not (dragoman.get_init_args().dragoman or {}).keep_attributes
    dragoman.client_ready("game")
    while true do dragoman.done(answer(game, receive("__update__"))) end
end

return setmetatable(Game, { __call = function() return setmetatable({}, { __index = base }) end })
