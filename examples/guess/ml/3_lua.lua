-- Takes any number of what is left.
local MLPlay = { low = 1, high = 1000, guess = 0 }

function MLPlay:update(scene)
    if scene.hint == "HIGHER" then self.low = self.guess + 1 else self.high = self.guess - 1 end
    self.guess = math.random(self.low, math.max(self.low, self.high))
    return self.guess
end

function MLPlay:reset() self.low, self.high, self.guess = 1, 1000, 0 end

return MLPlay
