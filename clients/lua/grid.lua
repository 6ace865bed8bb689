-- Neighbours on a uniform grid (kernels.h): kernels.grid_new(), then grid:build(points, cell), grid:near(...), ...
-- Every method is a function too: kernels.grid_build(grid, points, cell).
local kit = ...
local kernels = kit.kernels
local ffi = require "ffi"
local error, tonumber, type = error, tonumber, type
local span_of, fail, unfit = kernels._span_of, kernels._fail, kernels._unfit

ffi.cdef [[
typedef struct dragoman_grid dragoman_grid;
dragoman_grid *dragoman_grid_new(void);
void dragoman_grid_free(dragoman_grid *);
int dragoman_grid_build(dragoman_grid *, const dragoman_span *points, double cell);
uint64_t dragoman_grid_near(const dragoman_grid *, const double *point, double radius, uint32_t *rows, uint64_t most);
int dragoman_grid_sum(const dragoman_grid *, double radius, uint32_t most, const dragoman_span *values,
                      const dragoman_span *sums, const dragoman_span *counts);
typedef struct dragoman_flock_rules {
    double radius, near, alignment, cohesion, separation, dt; uint32_t most;
} dragoman_flock_rules;
int dragoman_grid_flock(const dragoman_grid *, const dragoman_span *velocity, const dragoman_span *old,
                        const dragoman_flock_rules *);
]]
local C = ffi.C

local grid, metatable = {}, {}
metatable.__index = grid

function kernels.grid_new()
    local memory = C.dragoman_grid_new()
    if memory == nil then error("grid_new: no memory", 2) end
    return setmetatable({ _grid = ffi.gc(memory, C.dragoman_grid_free), lanes = 0 }, metatable)
end

function kernels.grid_free(self)
    C.dragoman_grid_free(ffi.gc(self._grid, nil))
    self._grid = nil
end

local function number(kernel, name, value)
    if type(value) ~= "number" then unfit(kernel, name, value, "a number") end
    return value
end

function kernels.grid_build(self, points, cell)
    local span = span_of(points, "grid_build", "points")
    local fault = C.dragoman_grid_build(self._grid, span, number("grid_build", "cell", cell))
    if fault ~= 0 then fail("grid_build", fault, span) end
    self.lanes = span.lanes
    return self
end

-- The rows of the points nearer than `radius`, in a buffer of u32: a new one, or the one that is given.
function kernels.grid_near(self, point, radius, rows)
    number("grid_near", "radius", radius)
    if self.lanes == 0 then error("grid_near: the grid has not been built", 2) end
    rows = rows or kernels.buffer("u32", 64)
    local place = kernels._point("grid_near", point, self.lanes)
    local count = tonumber(C.dragoman_grid_near(self._grid, place, radius, rows.data, rows._room))
    if count > rows._room then
        rows:resize(count)
        C.dragoman_grid_near(self._grid, place, radius, rows.data, rows._room)
    end
    return rows:resize(count)
end

local function optional(operand, kernel, name) return operand ~= nil and span_of(operand, kernel, name) or nil end

-- sums or counts may be nil. most: 0 for all neighbours.
function kernels.grid_sum(self, radius, most, values, sums, counts)
    local values_span = optional(values, "grid_sum", "values")
    local sums_span, counts_span = optional(sums, "grid_sum", "sums"), optional(counts, "grid_sum", "counts")
    number("grid_sum", "radius", radius)
    number("grid_sum", "most", most)
    local fault = C.dragoman_grid_sum(self._grid, radius, most, values_span, sums_span, counts_span)
    if fault ~= 0 then fail("grid_sum", fault, values_span, sums_span, counts_span) end
end

local RULES = { "radius", "near", "alignment", "cohesion", "separation", "dt", "most" }
local rules_c = ffi.new "dragoman_flock_rules"

-- rules: a table with radius, near, alignment, cohesion, separation, dt, and most (0: all)
function kernels.grid_flock(self, velocity, old, rules)
    if type(rules) ~= "table" then unfit("grid_flock", "rules", rules, "a table") end
    for i = 1, #RULES do
        local name = RULES[i]
        rules_c[name] = number("grid_flock", name, rules[name] or name == "most" and 0 or rules[name])
    end
    local velocity_span, old_span = span_of(velocity, "grid_flock", "velocity"), span_of(old, "grid_flock", "old")
    local fault = C.dragoman_grid_flock(self._grid, velocity_span, old_span, rules_c)
    if fault ~= 0 then fail("grid_flock", fault, velocity_span, old_span) end
end

grid.build, grid.near, grid.sum = kernels.grid_build, kernels.grid_near, kernels.grid_sum
grid.flock, grid.free = kernels.grid_flock, kernels.grid_free

return grid
