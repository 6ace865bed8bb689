-- A player. The loop around it is the client's; what it gets and what it may answer is the game's business.
-- These scenes are pong's: try it with `dragoman run examples/pong -i this_file.lua`.
local MLPlay = {}
MLPlay.__index = MLPlay

-- init_args.args: what the game's dragoman.toml says for this seat; here the seat's name.
function MLPlay.new(init_args)
    local seat = init_args.args[1] or "1P"
    return setmetatable({ platform = "platform_" .. seat }, MLPlay)
end

-- Once for each tick. What is returned is the command: any value that JSON can hold.
function MLPlay:update(scene)
    if scene.ball_speed[2] == 0 then return "SERVE_TO_LEFT" end

    local distance = scene.ball[1] - (scene[self.platform][1] + 20)
    if math.abs(distance) < 5 then return "NONE" end
    return distance < 0 and "MOVE_LEFT" or "MOVE_RIGHT"
end

-- After the last scene of a round, before the next round begins.
function MLPlay:reset()
end

return MLPlay
