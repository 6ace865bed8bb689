-- Row by row, through FFI structs. embedded_lua.cpp runs the same loop inside the benchmark's process.
dragoman.system {
    name = "movement", read = { "Velocity" }, write = { "Position" },
    run = function(tables, dt)
        for t in tables do
            local position, velocity = t.Position.data, t.Velocity.data
            for i = 0, t.rows - 1 do
                local p, v = position[i], velocity[i]
                p.x = p.x + v.x * dt
                p.y = p.y + v.y * dt
                p.z = p.z + v.z * dt
            end
        end
    end,
}
