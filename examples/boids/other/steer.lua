-- Each bird looks at a dozen of those around it: it flies where they fly, towards their middle, and not into them.
local grid = dragoman.kernels.grid_new()    -- kept: so is its memory

dragoman.system {
    name = "steer", read = "Position", write = "Velocity",
    run = function(tables, dt)
        for t in tables do
            grid:build(t.Position, 8)
            grid:flock(t.Velocity, t.Velocity, {
                radius = 8, near = 2, alignment = 2, cohesion = 0.5, separation = 2, dt = dt, most = 12,
            })
            dragoman.kernels.limit_length(t.Velocity, 12)
        end
    end,
}
