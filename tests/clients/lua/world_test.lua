-- The write buffer of dragoman.world. Run by the client itself: dragoman-lua world_test.lua
local world = dragoman.world

local said, answer = {}, nil
function dragoman.call(method, params)
    said[#said + 1] = method .. " " .. dragoman.encode(params)
    if type(answer) == "table" and answer.raise then error(answer.raise, 0) end
    return answer
end

local failures = 0
local function check(name, got, expected)
    if type(got) == "table" then got = dragoman.encode(got) end
    if got == expected then return end
    failures = failures + 1
    print(("%s:\n  expected %s\n  got      %s"):format(name, tostring(expected), tostring(got)))
end

local function expect(name, ...)
    check(name, table.concat(said, "\n"), table.concat({ ... }, "\n"))
    said = {}
end

world.component("Tag")
world.component("Ball", "x: f32", "y: f32 = 1")
world:component("Ball", { "x: f32" })
expect("declarations", 'world.component {"fields": [], "name": "Tag"}',
    'world.component {"fields": ["x: f32", "y: f32 = 1"], "name": "Ball"}',
    'world.component {"fields": ["x: f32"], "name": "Ball"}')

world.set(7, "Ball", { x = 1 })
world:destroy(8)
expect("writes wait")
answer = dragoman.decode '[null, null, {"x": 1}]'
check("a read sees them", world.get(7, "Ball"), '{"x": 1}')
expect("a read takes them along", 'world.batch {"calls": [["set", {"component": "Ball", "entity": 7, "values": {"x": 1}}], '
    .. '["destroy", {"entity": 8}], '
    .. '["get", {"component": "Ball", "entity": 7}]]}')

answer = true
check("and only once", world.alive(7), true)
expect("a read alone", 'world.alive {"entity": 7}')

answer = dragoman.decode '[[7, {"x": 1}], [9, {"x": 2}]]'
local sum = 0
for entity, ball in world.each("Ball", { with = { "Tag" }, without = { "Gone" } }) do sum = sum + entity * ball.x end
check("rows", sum, 25)
expect("a query", 'world.query {"components": ["Ball"], "with": ["Tag"], "without": ["Gone"]}')
check("two are not one", select(2, pcall(world.one, "Ball")):match("one%(.*$"), "one(Ball): there are 2")
said = {}
answer = dragoman.decode '[[7, {"x": 1}]]'
check("one", select(2, world.one "Ball"), '{"x": 1}')
said = {}

world.add(7, "Tag")
world.remove(7, "Ball")
answer = dragoman.decode '[null, null, 5, true]'
local values = world.batch { { "create", { components = {} } }, { "has", { entity = 7, component = "Tag" } } }
check("a batch's own values", values, "[5, true]")
expect("a batch", 'world.batch {"calls": [["add", {"component": "Tag", "entity": 7, "values": {}}], '
    .. '["remove", {"component": "Ball", "entity": 7}], '
    .. '["create", {"components": {}}], ["has", {"component": "Tag", "entity": 7}]]}')

world.set(1, "Ball", { x = 3 })
check("what is left travels with done", world._take_changes(),
    '[["set", {"component": "Ball", "entity": 1, "values": {"x": 3}}]]')
check("once", world._take_changes(), "[]")

if failures == 0 then print "world: all good" end
os.exit(failures == 0 and 0 or 1)
