-- Bricks: one platform, one ball, five walls to break, as in MLGame's arkanoid.
local dragoman = require("dragoman")

local WIDTH, HEIGHT = 200, 500
local BALL = 5
local PLATFORM = { width = 40, height = 5, y = 400 }
local CENTRED = math.floor((PLATFORM.width - BALL) / 2)
local BRICK = { width = 25, height = 10, top = 50 }
local STEP = 5                      -- what the platform moves in one frame
local SPEED, SLICED = 7, 10         -- sideways speed of the ball: as it bounces, and driven by the platform
local SERVE_WITHIN = 150            -- frames; then the ball is served for the sleeper
local TIME = 2000                   -- frames for one ball

-- o is a brick, # a hard one, which takes two hits. A row has eight places.
local LEVELS = {
    { "........",
      "..oooo..",
      ".oooooo." },
    { "oo.oo.oo",
      "o.o..o.o",
      "oo.oo.oo",
      "o.o..o.o" },
    { "...##...",
      "..oooo..",
      ".oooooo.",
      "..#oo#..",
      "...oo..." },
    { "o......o",
      "#o....o#",
      "oo#..#oo",
      "#o....o#",
      "o......o" },
    { "########",
      "oooooooo",
      "#o#oo#o#",
      "oooooooo",
      "o#....#o",
      "oooooooo" },
}

local function meets(brick, x, y)
    return x + BALL > brick.x and x < brick.x + BRICK.width and y + BALL > brick.y and y < brick.y + BRICK.height
end

local Game = dragoman.Game()

function Game:setup()
    local world = self.world
    world:component("Match", "level: i32", "lives: i32", "frame: i32", "score: i32", "status: text")
    world:component("Ball", "x: i32", "y: i32", "dx: i32", "dy: i32")
    world:component("Platform", "x: i32", "dx: i32")
    world:component("Brick", "x: i32", "y: i32", "hits: i32")

    local match = { level = self.params.level, lives = self.params.lives, frame = 0, score = 0, status = "GAME_ALIVE" }
    local ball, platform = self:start(match)
    world:create({ Match = match })
    world:create({ Ball = ball })
    world:create({ Platform = platform })
    self:build(match.level)
end

--- Where ball and platform begin: it follows from the seed, the level and the ball's number alone.
function Game:start(match)
    local place = (self.seed * 37 + self.round * 17 + match.level * 11 + match.lives * 7) % 33 * STEP
    return { x = place + CENTRED, y = PLATFORM.y - BALL, dx = 0, dy = 0 }, { x = place, dx = 0 }
end

function Game:build(level)
    for row, places in ipairs(LEVELS[level]) do
        for column = 1, #places do
            local sign = places:sub(column, column)
            if sign ~= "." then
                local brick = { x = (column - 1) * BRICK.width, y = BRICK.top + (row - 1) * BRICK.height }
                brick.hits = sign == "#" and 2 or 1
                self.world:create({ Brick = brick })
            end
        end
    end
end

--- Everything there is, in one round trip: each is {entity, values}, bricks a list of such.
function Game:look()
    local found = self.world:batch({
        { "query", { components = { "Match" } } },
        { "query", { components = { "Ball" } } },
        { "query", { components = { "Platform" } } },
        { "query", { components = { "Brick" } } },
    })
    return found[1][1], found[2][1], found[3][1], found[4]
end

-- one tick

function Game:update(commands)
    local match_row, ball_row, platform_row, bricks = self:look()
    local match, ball, platform = match_row[2], ball_row[2], platform_row[2]

    if match.status ~= "GAME_ALIVE" then
        self:begin(match)
        ball, platform = self:start(match)
    else
        match.frame = match.frame + 1
        self:move_platform(platform, commands["1P"])
        self:move_ball(ball, platform, bricks, match, commands["1P"])
        self:judge(match, ball, bricks)
    end

    self.world:set(match_row[1], "Match", match)
    self.world:set(ball_row[1], "Ball", ball)
    self.world:set(platform_row[1], "Platform", platform)
    return self:over(match)
end

--- The next ball, or the next level.
function Game:begin(match)
    if match.status == "GAME_PASS" then
        match.level = match.level + 1
        self:build(match.level)
    end
    match.frame, match.status = 0, "GAME_ALIVE"
end

function Game:move_platform(platform, command)
    local step = command == "MOVE_LEFT" and -STEP or command == "MOVE_RIGHT" and STEP or 0
    local before = platform.x
    platform.x = math.max(0, math.min(WIDTH - PLATFORM.width, before + step))
    platform.dx = platform.x - before
end

function Game:move_ball(ball, platform, bricks, match, command)
    if ball.dy == 0 then
        ball.x = platform.x + CENTRED
        local late = match.frame >= SERVE_WITHIN and SPEED or 0
        ball.dx = command == "SERVE_TO_LEFT" and -SPEED or command == "SERVE_TO_RIGHT" and SPEED or late
        ball.dy = -math.abs(ball.dx)
        return
    end

    local x, y = ball.x + ball.dx, ball.y + ball.dy
    if x < 0 or x > WIDTH - BALL then
        x = x < 0 and -x or 2 * (WIDTH - BALL) - x
        ball.dx = -ball.dx
    end
    if y < 0 then
        y = -y
        ball.dy = -ball.dy
    end

    x, y = self:hit_bricks(ball, x, y, bricks, match)
    local onto = ball.y + BALL <= PLATFORM.y and y + BALL > PLATFORM.y
    if onto and x + BALL > platform.x and x < platform.x + PLATFORM.width then
        y = PLATFORM.y - BALL
        ball.dy = -ball.dy
        self:slice(ball, platform)
    end
    ball.x, ball.y = x, y
end

--- On its way to (x, y) the ball stops at a brick's side and turns. A sliced one hits twice as hard.
function Game:hit_bricks(ball, x, y, bricks, match)
    local stop_x, stop_y
    for _, row in ipairs(bricks) do
        local entity, brick = row[1], row[2]
        if meets(brick, x, y) then
            local along_x, along_y = meets(brick, x, ball.y), meets(brick, ball.x, y)
            if along_x or not along_y then stop_x = ball.dx > 0 and brick.x - BALL or brick.x + BRICK.width end
            if along_y or not along_x then stop_y = ball.dy > 0 and brick.y - BALL or brick.y + BRICK.height end
            local hits = math.min(brick.hits, math.abs(ball.dx) == SLICED and 2 or 1)
            brick.hits = brick.hits - hits
            match.score = match.score + hits
            if brick.hits > 0 then
                self.world:set(entity, "Brick", brick)
            else
                self.world:destroy(entity)
            end
        end
    end
    if stop_x then ball.dx = -ball.dx end
    if stop_y then ball.dy = -ball.dy end
    return stop_x or x, stop_y or y
end

--- A platform that moves with the ball drives it sideways; one that moves against it sends it back.
function Game:slice(ball, platform)
    local direction = ball.dx < 0 and -1 or 1
    if self.params.difficulty == "EASY" then return end
    if platform.dx == 0 then
        ball.dx = direction * SPEED
    elseif platform.dx * direction > 0 then
        ball.dx = direction * SLICED
    else
        ball.dx = -ball.dx
    end
end

function Game:judge(match, ball, bricks)
    local left = 0
    for _, row in ipairs(bricks) do
        if row[2].hits > 0 then left = left + 1 end
    end
    if left == 0 then
        match.status = "GAME_PASS"
    elseif ball.y > PLATFORM.y + PLATFORM.height or match.frame >= TIME or #self.lost > 0 then
        match.status = "GAME_OVER"
        match.lives = match.lives - 1
    end
end

function Game:last_level()
    return math.min(self.params.level + self.params.levels - 1, #LEVELS)
end

function Game:over(match)
    return match.lives <= 0 or #self.lost > 0 or match.status == "GAME_PASS" and match.level == self:last_level()
end

-- what the player, the referee and the spectators see

function Game:scenes()
    local match_row, ball, platform, bricks = self:look()
    local scene = {
        frame = match_row[2].frame,
        status = match_row[2].status,
        ball = { ball[2].x, ball[2].y },
        platform = { platform[2].x, PLATFORM.y },
        bricks = dragoman.array(),
        hard_bricks = dragoman.array(),
    }
    for _, row in ipairs(bricks) do
        table.insert(row[2].hits == 1 and scene.bricks or scene.hard_bricks, { row[2].x, row[2].y })
    end
    return { ["1P"] = scene }
end

function Game:result()
    local match = self:look()[2]
    return { ["1P"] = { rank = 1, score = match.score, level = match.level, passed = match.status == "GAME_PASS" } }
end

function Game:picture()
    local match, ball, platform, bricks = self:look()
    local shapes = {}
    local colors = { "#ff6b5e", "#ffb454", "#ffe08a", "#9fd66b", "#5ec8e5", "#a58bff" }
    for _, row in ipairs(bricks) do
        local brick = row[2]
        local stripe = brick.x / BRICK.width + (brick.y - BRICK.top) / BRICK.height
        local color = brick.hits == 1 and colors[stripe % #colors + 1] or stripe % 2 == 0 and "#d5dae3" or "#a9b0bd"
        table.insert(shapes, { rect = { brick.x, brick.y, BRICK.width, BRICK.height }, color = color })
    end
    table.insert(shapes, { rect = { platform[2].x, PLATFORM.y, PLATFORM.width, 12 }, color = "#4f9dff" })
    table.insert(shapes, { circle = { ball[2].x + 2, ball[2].y + 2, 7 }, color = "#ffffff" })
    local words = ("level %d   balls %d   score %d"):format(match[2].level, match[2].lives, match[2].score)
    table.insert(shapes, { text = { 4, 12 }, value = words, color = "#8a8f98" })
    return { width = WIDTH, height = HEIGHT, background = "#10131a", shapes = shapes }
end

return Game
