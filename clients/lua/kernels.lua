-- The bulk kernels of clients/plane/kernels.h: kernels.axpy(t.Position, t.Velocity, dt). Operands are columns, fields
-- of columns, and buffers of the script's own (buffers.lua).
local kit = ...
kit.part("plane")
local ffi = require "ffi"
local error, tonumber, type = error, tonumber, type

ffi.cdef [[
const char *dragoman_kernel_fault_text(int fault);
int dragoman_compare(const dragoman_span *, const dragoman_span *, int comparison, double value);
int dragoman_where(const dragoman_span *, uint32_t *rows, uint64_t *count);
int dragoman_reduce(const dragoman_span *, int reduction, double *results);
int dragoman_distance_to(const dragoman_span *, const dragoman_span *, const double *point);
]]
local C = ffi.C

local kernels = {}
local buffers = kit.part("buffers")
kernels.buffer = buffers.buffer

-- Small letters are operands, capital ones numbers; a question mark: may be nil.
local SHAPES = {
    axpy = "y x A", scale = "y A", affine = "y A B", add = "y x", subtract = "y x", multiply = "y x", minimum = "y x",
    maximum = "y x", clamp = "y LOW HIGH", wrap = "y LOW HIGH", integrate = "position velocity acceleration? DT",
    bounce = "position velocity LOW HIGH", limit_length = "y LONGEST", copy = "y x", fill = "y VALUE",
    gather = "y x index", scatter = "y x index", select = "y x mask", distance = "out a b",
}

local function unfit(kernel, name, value, expected)
    error(("%s: %s: %s was expected, not a %s"):format(kernel, name, expected, type(value)), 3)
end

local function fail(kernel, fault, ...) error(kit.part("faults").describe(kernel, fault, ...), 3) end

local function span_of(operand, kernel, name)
    local kind = type(operand)
    local span = (kind == "cdata" or kind == "table") and operand._span
    if not span then error(("%s: %s: a column was expected, not a %s"):format(kernel, name, kind), 3) end
    if span.lanes == 0 then error(kit.part("faults").mixed(kernel, span), 3) end
    return span
end
kernels._span_of, kernels._fail, kernels._unfit = span_of, fail, unfit

-- A function of its own for each kernel, so that LuaJIT compiles a call of it to a call of the C function.
local function make(name, shape)
    local parameters, lines, values, types, spans = {}, {}, {}, {}, {}
    for word in shape:gmatch("%S+") do
        local parameter = word:gsub("?", ""):lower()
        parameters[#parameters + 1] = parameter
        if word:find("^%u") then
            lines[#lines + 1] = ("if type(%s) ~= 'number' then unfit('%s', '%s', %s, 'a number') end")
                :format(parameter, name, parameter, parameter)
            values[#values + 1], types[#types + 1] = parameter, "double"
        else
            local line = ("span_of(%s, '%s', '%s')"):format(parameter, name, parameter)
            if word:find("?", 1, true) then line = parameter .. " ~= nil and " .. line .. " or nil" end
            lines[#lines + 1] = ("local %s_span = %s"):format(parameter, line)
            values[#values + 1], types[#types + 1] = parameter .. "_span", "const dragoman_span *"
            spans[#spans + 1] = parameter .. "_span"
        end
    end
    ffi.cdef(("int dragoman_%s(%s);"):format(name, table.concat(types, ", ")))
    local text = ([[
        local C, type, span_of, unfit, fail = ...
        return function(%s)
            %s
            local fault = C.dragoman_%s(%s)
            if fault ~= 0 then fail('%s', fault, %s) end
        end]]):format(table.concat(parameters, ", "), table.concat(lines, "\n            "), name,
            table.concat(values, ", "), name, table.concat(spans, ", "))
    return loadstring(text, "=[dragoman]")(C, type, span_of, unfit, fail)
end

jit.off(make, true)  -- not worth compiling
for name, shape in pairs(SHAPES) do kernels[name] = make(name, shape) end

local COMPARISONS = { ["<"] = 0, ["<="] = 1, [">"] = 2, [">="] = 3, ["=="] = 4, ["~="] = 5 }

-- mask = x ? value, for example compare(mask, t.Health.points, "<", 10)
function kernels.compare(mask, x, comparison, value)
    local number = COMPARISONS[comparison]
    if not number then error("compare: one of < <= > >= == ~= was expected, not " .. tostring(comparison), 2) end
    if type(value) ~= "number" then unfit("compare", "value", value, "a number") end
    local mask_span, x_span = span_of(mask, "compare", "mask"), span_of(x, "compare", "x")
    local fault = C.dragoman_compare(mask_span, x_span, number, value)
    if fault ~= 0 then fail("compare", fault, mask_span, x_span) end
end

local count = ffi.new "uint64_t[1]"

-- The rows whose mask is not 0, in a buffer of u32: a new one, or the one that is given.
function kernels.where(mask, rows)
    local span = span_of(mask, "where", "mask")
    rows = rows or buffers.buffer("u32")
    rows:resize(span.rows)
    local fault = C.dragoman_where(span, rows.data, count)
    if fault ~= 0 then fail("where", fault, span) end
    return rows:resize(tonumber(count[0]))
end

local REDUCTIONS = { sum = 0, min = 1, max = 2 }
local results = ffi.new "double[64]"

-- One number for each lane: local x, y = reduce(t.Position, "sum")
function kernels.reduce(x, reduction)
    local number = REDUCTIONS[reduction]
    if not number then error('reduce: "sum", "min" or "max" was expected, not ' .. tostring(reduction), 2) end
    local span = span_of(x, "reduce", "x")
    if span.lanes > ffi.sizeof(results) / 8 then results = ffi.new("double[?]", span.lanes) end
    local fault = C.dragoman_reduce(span, number, results)
    if fault ~= 0 then fail("reduce", fault, span) end
    if span.lanes == 1 then return results[0] end
    if span.lanes == 2 then return results[0], results[1] end
    if span.lanes == 3 then return results[0], results[1], results[2] end
    local list = {}
    for i = 1, span.lanes do list[i] = results[i - 1] end
    return unpack(list)
end

local place = ffi.new "double[64]"

-- A list of numbers, one for each lane, as C has it.
function kernels._point(kernel, point, lanes)
    if type(point) == "cdata" then return point end
    if type(point) ~= "table" then unfit(kernel, "point", point, "a list of numbers") end
    if #point ~= lanes or lanes > 64 then
        error(("%s: point: %d numbers were expected, not %d"):format(kernel, lanes, #point), 3)
    end
    for i = 1, lanes do place[i - 1] = point[i] end
    return place
end

-- out = |a - point|
function kernels.distance_to(out, a, point)
    local out_span, a_span = span_of(out, "distance_to", "out"), span_of(a, "distance_to", "a")
    local fault = C.dragoman_distance_to(out_span, a_span, kernels._point("distance_to", point, a_span.lanes))
    if fault ~= 0 then fail("distance_to", fault, out_span, a_span) end
end

kit.kernels = kernels
kit.part("grid")

return setmetatable(kernels, {
    __index = function(_, name) error("there is no kernel " .. tostring(name), 2) end,
})
