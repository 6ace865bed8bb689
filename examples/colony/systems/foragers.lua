-- The life of each ant is a coroutine: it waits most of the time, which costs nothing, while `movement` carries it.
local SPEED, TRIPS = 20, 8

-- Numbers from 0 to 1. The coroutines are resumed in the order of their creation, so each gets the same in every run.
local state = dragoman.get_init_args().dragoman.seed % 2147483646 + 1
local function chance()
    state = state * 16807 % 2147483647
    return state / 2147483647
end

local nest, sources
local nearer = 0.5    -- how likely an ant is to choose the first source

-- Each source's place, and its share of the ants: the stronger its scent at the nest, the more.
local function look_around()
    nest = nest or dragoman.query_entities("Nest")[0]
    sources = {}
    for _, entity in dragoman.query_entities("Source"):each() do
        local source, place = entity:get_component("Source"), entity:get_component("Position")
        sources[source.number] = { x = place.x, y = place.y, distance = source.distance, scent = source.scent }
    end
    local a, b = (5 + sources[0].scent) ^ 2, (5 + sources[1].scent) ^ 2    -- Deneubourg (1990)
    nearer = a / (a + b)
end

local function walk(ant, x, y, ticks, dt)
    ant:set_component("Velocity", { x = x / (ticks * dt), y = y / (ticks * dt) })
    dragoman.wait_ticks(ticks)
end

local function life(ant, dt)
    dragoman.wait(3 * chance())
    for _ = 1, TRIPS do
        local choice = chance() < nearer and 0 or 1
        local source = sources[choice]
        local ticks = math.floor(source.distance / SPEED / dt + 0.5)
        ant:set_component("Ant", { source = choice })
        walk(ant, source.x, source.y, ticks, dt)
        ant:add_component("Laden")
        walk(ant, -source.x, -source.y, ticks, dt)
        ant:remove_component("Laden")
        local store = nest:get_component("Nest")
        store.stored, store.brought = store.stored + 1, store.brought + 1
    end
    ant:destroy()
end

dragoman.system {
    name = "foragers",
    read = { "Position", "Source" }, write = { "Velocity", "Ant", "Nest" }, optional = { "Source", "Nest" },
    run = function(tables, dt)
        look_around()
        for t in tables do
            for i = 0, t.rows - 1 do
                local ant = t.Ant[i]
                if not ant.awake then
                    ant.awake = true
                    dragoman.spawn({ life, name = "ant" }, t.entities[i], dt)
                end
            end
        end
    end,
}
