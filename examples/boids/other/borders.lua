-- Who leaves the square comes in again on the other side.
local side = math.sqrt(10 * dragoman.get_init_args().dragoman.params.boids)

dragoman.system {
    name = "borders", write = "Position", order = "PostUpdate",
    run = function(tables, dt)
        for t in tables do dragoman.kernels.wrap(t.Position, 0, side) end
    end,
}
