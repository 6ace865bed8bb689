-- The same by a bulk kernel.
dragoman.system {
    name = "movement", read = { "Velocity" }, write = { "Position" },
    run = function(tables, dt)
        for t in tables do dragoman.kernels.axpy(t.Position, t.Velocity, dt) end
    end,
}
