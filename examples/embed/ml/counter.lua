-- Counts the other's throws, and plays what beats the most frequent one.
local MLPlay = {}
MLPlay.__index = MLPlay

local beaten_by = { ROCK = "PAPER", PAPER = "SCISSORS", SCISSORS = "ROCK" }

function MLPlay.new()
    return setmetatable({ seen = { ROCK = 0, PAPER = 0, SCISSORS = 0 } }, MLPlay)
end

function MLPlay:update(scene)
    local seen = self.seen
    if seen[scene.theirs] then seen[scene.theirs] = seen[scene.theirs] + 1 end
    local most = "ROCK"
    for _, move in ipairs { "PAPER", "SCISSORS" } do
        if seen[move] > seen[most] then most = move end
    end
    return beaten_by[most]
end

function MLPlay:reset() end

return MLPlay
