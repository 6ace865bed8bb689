-- The guard: patrols where the view is wide, and shoots at whatever comes into its line.
local MLPlay = {}
MLPlay.__index = MLPlay

local DX, DY = { [0] = 0, 1, 0, -1 }, { [0] = -1, 0, 1, 0 }

function MLPlay.new()
    return setmetatable({ walls = {}, visits = {} }, MLPlay)
end

function MLPlay:open(x, y)
    return x >= 0 and y >= 0 and x < self.width and y < self.height and not self.walls[y * 100 + x]
end

--- How far one sees from here.
function MLPlay:view(x, y, facing)
    local cells = 0
    while self:open(x + DX[facing], y + DY[facing]) do
        x, y, cells = x + DX[facing], y + DY[facing], cells + 1
    end
    return cells
end

--- Where to face to hit what is at (tx, ty), or nil.
function MLPlay:line(x, y, tx, ty)
    for facing = 0, 3 do
        for distance = 1, self:view(x, y, facing) do
            if x + DX[facing] * distance == tx and y + DY[facing] * distance == ty then return facing end
        end
    end
end

function MLPlay:turn(facing, wanted)
    return (wanted - facing) % 4 == 3 and "TURN_LEFT" or "TURN_RIGHT"
end

function MLPlay:update(scene)
    local x, y, facing = scene.x, scene.y, scene.facing
    self.width, self.height = scene.size[1], scene.size[2]
    for _, wall in ipairs(scene.walls) do self.walls[wall[2] * 100 + wall[1]] = true end

    for _, shell in ipairs(scene.shells) do
        local aimed = self:line(shell[1], shell[2], x, y) == shell[3]
        if aimed and (facing - shell[3]) % 2 == 1 and self:view(x, y, facing) > 0 then return "FORWARD" end
    end
    for _, tank in ipairs(scene.tanks) do
        local wanted = self:line(x, y, tank[1], tank[2])
        if wanted and scene.ammo > 0 then
            if wanted ~= facing then return self:turn(facing, wanted) end
            return scene.reload <= 1 and "SHOOT" or "NONE"
        end
    end

    -- Somebody near but not in line, or a crate: get into line with it. Otherwise go where the view is wide and new.
    local goal = scene.ammo > 2 and scene.tanks[1] or scene.crates[1] or scene.tanks[1]
    self.visits[y * 100 + x] = (self.visits[y * 100 + x] or 0) + 1
    local best, most = facing, -1000
    for wanted = 0, 3 do
        local view = self:view(x, y, wanted)
        local nx, ny = x + DX[wanted], y + DY[wanted]
        local worth = math.min(view, 6) - 4 * (self.visits[ny * 100 + nx] or 0) + (wanted == facing and 3 or 0)
        if goal and (goal[1] - x) * DX[wanted] + (goal[2] - y) * DY[wanted] > 0 then worth = worth + 20 end
        if view > 0 and worth > most then best, most = wanted, worth end
    end
    return best == facing and "FORWARD" or self:turn(facing, best)
end

function MLPlay:reset()
    self.walls, self.visits = {}, {}
end

return MLPlay
