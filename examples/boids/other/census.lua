-- Once in a second: how much do they agree where to fly? 0% at first; 100% is one heading for all.
local kernels = dragoman.kernels
local length = kernels.buffer("f32")

dragoman.system {
    name = "census", read = "Velocity", order = "PostUpdate", rate = 1,
    run = function(tables, dt)
        local boids, x, y, speed = 0, 0, 0, 0
        for t in tables do
            kernels.distance_to(length:resize(t.rows), t.Velocity, { 0, 0 })
            speed = speed + kernels.reduce(length, "sum")
            local of_x, of_y = kernels.reduce(t.Velocity, "sum")
            x, y, boids = x + of_x, y + of_y, boids + t.rows
        end
        if boids > 0 then
            print(("tick %d: %d boids, mean speed %.2f, %.0f%% agree"):format(
                tables.tick, boids, speed / boids, 100 * math.sqrt(x * x + y * y) / speed))
        end
    end,
}
