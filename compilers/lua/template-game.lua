-- A game: everybody guesses a number, and hears whether it was too low or too high. Its dragoman.toml says at least
--     name = "guess"    script = "this_file.lua"    [players] names = ["1P", "2P"]
local dragoman = require "dragoman"
local world = dragoman.world

local Game = dragoman.Game()

-- A round begins. The world is empty: what it shall hold is declared and created here.
function Game:setup()
    self.over = false
    world.component("Secret", "number: i32")
    world.component("Guess", "seat: text", "hint: text", "tries: i32")
    world.create { Secret = { number = self.random(100) } }
    for _, seat in ipairs(self.players) do
        world.create { Guess = { seat = seat, hint = "none" } }
    end
end

-- One tick: commands[seat] is what that player returned, or nil. True ends the round.
function Game:update(commands)
    local _, secret = world.one("Secret")
    self.over = self.frame >= 100
    for entity, guess in world.each("Guess") do
        local number = commands[guess.seat]
        if type(number) == "number" then
            local hint = number < secret.number and "higher" or number > secret.number and "lower" or "right"
            world.set(entity, "Guess", { hint = hint, tries = guess.tries + 1 })
            self.over = self.over or hint == "right"
        end
    end
    return self.over
end

-- What each player sees. `status` is GAME_ALIVE as long as the round goes on.
function Game:scenes()
    local scenes = {}
    for _, guess in world.each("Guess") do
        scenes[guess.seat] = {
            frame = self.frame,
            status = self.over and "GAME_OVER" or "GAME_ALIVE",
            hint = guess.hint,
            tries = guess.tries,
        }
    end
    return scenes
end

-- Asked for when the round is over. Equal ranks are a draw.
function Game:result()
    local result = {}
    for _, guess in world.each("Guess") do
        local won = guess.hint == "right"
        result[guess.seat] = { rank = won and 1 or 2, score = won and 1 or 0 }
    end
    return result
end

-- Optional: what the broker draws.
function Game:picture()
    local shapes = {}
    for _, guess in world.each("Guess") do
        local line = { text = { 4, 4 + 12 * #shapes }, value = guess.seat .. ": " .. guess.hint, color = "#cccccc" }
        table.insert(shapes, line)
    end
    return { width = 200, height = 100, background = "#101018", shapes = shapes }
end

return Game
