-- A game that counts. Each scene holds its frame; the result repeats every command.
local dragoman = require "dragoman"
local Game = dragoman.Game()

function Game:setup()
    self.commands = {}
    for _, seat in ipairs(self.players) do self.commands[seat] = {} end
end

function Game:update(commands)
    for _, seat in ipairs(self.players) do
        self.commands[seat]["f" .. self.frame - 1] = commands[seat]
    end
    return self.frame >= self.params.ticks
end

function Game:scenes()
    local scenes = {}
    local status = self.frame >= self.params.ticks and "GAME_OVER" or "GAME_ALIVE"
    for _, seat in ipairs(self.players) do scenes[seat] = { frame = self.frame, status = status } end
    return scenes
end

function Game:result()
    local result = {}
    for _, seat in ipairs(self.players) do
        result[seat] = { rank = 1, score = 0, commands = self.commands[seat] }
    end
    return result
end

return Game
