-- Reads a data file: see ../README.md.
return {
    update = function(self, scene)
        local file = dragoman.open_data(scene.path)
        local line = file:read("*l")
        file:close()
        return line
    end,
}
