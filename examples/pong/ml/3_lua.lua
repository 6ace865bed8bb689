-- The shadow: stays under the ball while that flies away, and walks from wall to wall in its head when it comes.
local MLPlay = {}
MLPlay.__index = MLPlay

function MLPlay.new(init_args)
    local side = init_args.args[1]
    local down = side == "1P"
    return setmetatable({ platform = "platform_" .. side, down = down, line = down and 415 or 80 }, MLPlay)
end

function MLPlay:update(scene)
    local x, y = unpack(scene.ball)
    local dx, dy = unpack(scene.ball_speed)
    local me = scene[self.platform][1] + 18
    if dy == 0 then
        return scene.frame % 2 == 0 and "SERVE_TO_LEFT" or "SERVE_TO_RIGHT"
    end

    local target = x
    if (dy > 0) == self.down then
        target = x + dx * math.ceil((self.line - y) / dy)
        while target < 0 or target > 195 do
            target = target < 0 and -target or 390 - target
        end
    end
    if math.abs(target - me) < 5 then return "NONE" end
    return target < me and "MOVE_LEFT" or "MOVE_RIGHT"
end

function MLPlay:reset() end

return MLPlay
