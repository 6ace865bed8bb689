-- The showman: follows the ball as close as it can, and slices whenever it can, so that no ball flies like the last.
local MLPlay = {}
MLPlay.__index = MLPlay

function MLPlay.new()
    return setmetatable({ last = { 0, 395 }, hits = 0 }, MLPlay)
end

function MLPlay:update(scene)
    local x, y = scene.ball[1], scene.ball[2]
    local dx, dy = x - self.last[1], y - self.last[2]
    self.last = { x, y }
    local me = scene.platform[1] + 18

    if scene.frame == 30 then return "SERVE_TO_RIGHT" end
    if scene.frame < 30 then return me < 150 and "MOVE_RIGHT" or "NONE" end

    if dy > 0 and y + dy >= 395 then
        self.hits = self.hits + 1
        if self.hits % 3 == 0 then return "NONE" end
        return (self.hits % 3 == 1) == (dx > 0) and "MOVE_RIGHT" or "MOVE_LEFT"
    end

    local target = x
    if dy > 0 then
        target = x + dx * math.ceil((395 - y) / dy)
        if target < 0 then target = -target end
        if target > 195 then target = 390 - target end
    end
    if math.abs(target - me) < 5 then return "NONE" end
    return target < me and "MOVE_LEFT" or "MOVE_RIGHT"
end

function MLPlay:reset()
    self.last, self.hits = { 0, 395 }, 0
end

return MLPlay
