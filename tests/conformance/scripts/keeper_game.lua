-- A game that hands on its sum: see ../README.md.
Game = dragoman.Game()

function Game:setup() self.n = 0 end

function Game:update(commands)
    self.n = self.n + (commands["1P"] or 0)
    return false
end

function Game:scenes() return { ["1P"] = { frame = self.frame, status = "GAME_ALIVE", n = self.n } } end

function Game:preserve_state() return { n = self.n } end

function Game:restore_state(data) self.n = data.n end
