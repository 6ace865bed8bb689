-- Without hooks: see ../README.md.
local MLPlay = {}
MLPlay.__index = MLPlay

function MLPlay.new()
    local tags = dragoman.array { "a", { b = dragoman.null } }
    return setmetatable({ seen = 0, tags = tags, unfit = function() end }, MLPlay)
end

function MLPlay:update()
    self.seen = self.seen + 1
    return self.seen
end

return MLPlay
