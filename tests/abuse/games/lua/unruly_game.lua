-- A game of ten frames that has the vice of the parameter `vice` at `place`.
local ffi = require "ffi"
ffi.cdef "int usleep(unsigned); void abort(void);"
local world = dragoman.world

local vices = {
    ["raise"] = function() error "the game's own fault" end,
    exit = function() os.exit(3) end,
    hang = function() while true do ffi.C.usleep(900000) end end,
    busy = function() while true do end end,
    abort = function() ffi.C.abort() end,
    flood = function() for _ = 1, 100 do io.write((("x"):rep(79) .. "\n"):rep(12500)) end end,
    print = function() print '__done__ {"frame": 0}' end,
}

Game = dragoman.Game()

function Game:indulge(place)
    if self.params.place == place and vices[self.params.vice] then vices[self.params.vice]() end
end

function Game:setup()
    self:indulge "setup"
    world.component("Counter", "n: i8")
    self.counter = world.create { Counter = { n = 1 } }
end

function Game:update()
    if self.frame == 5 then
        self:indulge "update"
        self:misuse_the_world()
    end
    return self.frame == 10
end

function Game:misuse_the_world()
    local vice = self.params.vice
    if vice == "unknown_component" then
        world.create { Unknown = {} }
    elseif vice == "unknown_field" then
        world.set(self.counter, "Counter", { m = 1 })
    elseif vice == "bad_value" then
        world.set(self.counter, "Counter", { n = 1000 })
    elseif vice == "no_entity" then
        world.destroy(self.counter)
        world.get(self.counter, "Counter")
    end
end

function Game:scenes()
    if self.frame == 5 then self:indulge "scenes" end
    local vice = self.frame == 5 and self.params.vice or ""
    local scene = { frame = self.frame, status = "GAME_ALIVE" }
    if vice == "nan" then scene.x = 0 / 0 end
    if vice == "infinite" then scene.x = math.huge end
    if vice == "no_json" then scene.x = print end
    if vice == "no_scenes" then return 7 end
    return { ["1P"] = vice == "no_object" and 7 or scene, [vice == "unknown_seat" and "3P" or "2P"] = scene }
end

function Game:result()
    self:indulge "result"
    if self.params.vice == "no_result" then return nil end
    return { ["1P"] = { rank = 1, score = 0 }, ["2P"] = { rank = 1, score = 0 } }
end

return Game
