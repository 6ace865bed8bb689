-- Hands on how many scenes it has seen: see ../README.md.
local MLPlay = {}
MLPlay.__index = MLPlay

function MLPlay.new() return setmetatable({ seen = 0, gives = "state" }, MLPlay) end

function MLPlay:update(scene)
    if scene.call then dragoman.call(scene.call) end
    self.gives = scene.give or self.gives
    self.seen = self.seen + 1
    return self.seen
end

function MLPlay:reset() self.seen = 0 end

function MLPlay:preserve_state()
    if self.gives == "raise" then error("raised in giving") end
    if self.gives == "long" then return { text = ("x"):rep(17 * 1024 * 1024) } end
    if self.gives == "nonsense" then return { seen = 0 / 0 } end
    return { seen = self.seen }
end

function MLPlay:restore_state(data)
    if data.raise then error(data.raise) end
    self.seen = data.seen
end

return MLPlay
