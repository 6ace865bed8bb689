-- The counter game of the conversations: see ../README.md.
local world = dragoman.world

Game = dragoman.Game()

function Game:setup()
    world.component("Count", "n: i32")
    self.n = self.params.start or 0
    self.entity = world.create { Count = { n = self.n } }
    self.over = false
end

local does = {}

function does.check(game)
    world.set(game.entity, "Count", { n = 100 })
    game.n = world.get(game.entity, "Count").n
end

function does.query(game)
    game.n = 0
    for _, count in world.each("Count") do game.n = game.n + count.n end
end

function does.one(game)
    local _, count = world.one("Count")
    game.n = count.n
end

function does.batch(game)
    local here = { entity = game.entity, component = "Count" }
    local write = { entity = game.entity, component = "Count", values = { n = 5 } }
    game.n = world.batch({ { "set", write }, { "get", here } })[2].n
end

function does.missing(game)
    if not pcall(world.get, game.entity, "Missing") then game.n = -1 end
end

function does.more() world.create { Count = { n = 1 } } end

function does.move(game)
    world.remove(game.entity, "Count")
    world.add(game.entity, "Count", { n = 9 })
    game.n = world.has(game.entity, "Count") and 1 or 0
end

function does.destroy(game)
    world.destroy(game.entity)
    game.n = world.alive(game.entity) and 1 or 0
end

function does.log() dragoman.log("info", "tick") end

function does.fail() error("raised in update") end

does["end"] = function(game) game.over = true end

function Game:update(commands)
    local command = commands["1P"]
    if command == nil then
        if self.absent["1P"] then self.n = -2 end
    elseif type(command) == "number" then
        self.n = world.get(self.entity, "Count").n + command
        world.set(self.entity, "Count", { n = self.n })
    else
        does[command](self)
    end
    return self.over
end

function Game:scenes()
    local status = self.over and "GAME_OVER" or "GAME_ALIVE"
    return { ["1P"] = { frame = self.frame, status = status, n = self.n, round = self.round } }
end

function Game:result() return { ["1P"] = { rank = 1, score = self.n } } end

function Game:picture()
    local shape = { text = { 0, 0 }, value = tostring(self.n), color = "#ffffff" }
    return { width = 100, height = 100, background = "#000000", shapes = { shape } }
end
