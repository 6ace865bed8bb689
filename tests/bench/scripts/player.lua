local MLPlay = {}
MLPlay.__index = MLPlay

function MLPlay.new()
    return setmetatable({}, MLPlay)
end

function MLPlay:update(scene_info)
    return scene_info.ball[1] > 0 and "MOVE_LEFT" or "NONE"
end

function MLPlay:reset() end

return MLPlay
