-- Birds everywhere, each with a heading of its own.
local about = dragoman.get_init_args().dragoman
local boids, seed = about.params.boids, about.seed
local side = math.sqrt(10 * boids)    -- of the square that they live in

dragoman.component("Position", "x: f32", "y: f32")
dragoman.component("Velocity", "x: f32", "y: f32")

-- Numbers from 0 to 1, the same in every language: all that is computed here is exact in a double.
local state = seed % 2147483646 + 1
local function chance()
    state = state * 16807 % 2147483647
    return state / 2147483647
end

dragoman.system {
    name = "birds", order = "Startup", creates = boids,
    run = function(tables, dt)
        local position, velocity = dragoman.rows("Position", boids), dragoman.rows("Velocity", boids)
        for i = 0, boids - 1 do
            position[i].x = side * chance()
            position[i].y = side * chance()
            velocity[i].x = 20 * chance() - 10
            velocity[i].y = 20 * chance() - 10
        end
        dragoman.create_many(boids, { Position = position, Velocity = velocity })
    end,
}
