-- Loads files beside it: see ../README.md.
local first = require "loaded.first"

return {
    update = function(self, scene)
        if scene["do"] == "load" then return dofile "loaded/second.lua" end
        return first
    end,
}
