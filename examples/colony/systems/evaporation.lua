-- Marks fade, and are destroyed: about as many in each tick as `trails` makes.
dragoman.system {
    name = "evaporation", write = "Mark", order = "PreUpdate",
    run = function(tables, dt)
        for t in tables do
            local marks, entities = t.Mark, t.entities
            for i = 0, t.rows - 1 do
                local mark = marks[i]
                mark.left = mark.left - dt
                if mark.left <= 0 then entities[i]:destroy() end
            end
        end
    end,
}
