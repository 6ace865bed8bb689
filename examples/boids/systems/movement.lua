-- Position += dt * Velocity.
dragoman.system {
    name = "movement", read = "Velocity", write = "Position", after = "steer",
    run = function(tables, dt)
        for t in tables do dragoman.kernels.axpy(t.Position, t.Velocity, dt) end
    end,
}
