-- The chaser: runs after the ball, hurries ahead of it when it comes closer, and never computes a bounce.
local MLPlay = {}
MLPlay.__index = MLPlay

function MLPlay.new(init_args)
    local side = init_args.args[1]
    return setmetatable({ platform = "platform_" .. side, down = side == "1P" }, MLPlay)
end

function MLPlay:update(scene)
    local x, dx, dy = scene.ball[1], scene.ball_speed[1], scene.ball_speed[2]
    local me = scene[self.platform][1] + 18
    if dy == 0 then
        return scene.frame % 2 == 0 and "SERVE_TO_LEFT" or "SERVE_TO_RIGHT"
    end

    local comes = (dy > 0) == self.down
    local target = comes and x + dx * 3 or (x + 100) / 2
    target = math.max(2, math.min(193, target))
    if math.abs(target - me) < 5 then return "NONE" end
    return target < me and "MOVE_LEFT" or "MOVE_RIGHT"
end

function MLPlay:reset() end

return MLPlay
