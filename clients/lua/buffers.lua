-- Memory of the script's own that goes into kernels as columns do: masks, indices, sums.
local kit = ...
local ffi = require "ffi"
local error, tostring, type = error, tostring, type
local max = math.max

local TYPES = kit.part("components").TYPES
local buffers, methods = {}, {}

-- Makes it `rows` long. What it held is lost where it grows; its memory is kept where it shrinks.
function methods.resize(self, rows)
    local span = self._span
    if rows > self._room then
        self._room = max(rows, self._room * 2)
        self._memory = ffi.new(self._type, self._room * self.lanes)
        self.data = self._memory
        span.data = self.data
    end
    self.rows = rows
    span.rows = rows
    return self
end

local metatable = {
    __index = function(self, key)
        if type(key) ~= "number" then return methods[key] end
        if key >= 0 and key < self.rows * self.lanes then return self.data[key] end
        error(("buffer[%s]: it has %d numbers, from 0"):format(tostring(key), self.rows * self.lanes), 2)
    end,
    __newindex = function(self, key, value)
        if type(key) ~= "number" then error("a buffer has no " .. tostring(key), 2) end
        if not (key >= 0 and key < self.rows * self.lanes) then
            error(("buffer[%s]: it has %d numbers, from 0"):format(tostring(key), self.rows * self.lanes), 2)
        end
        self.data[key] = value
    end,
}

-- buffer("f32", 100, 2): 100 rows of two numbers, all 0
function buffers.buffer(type_name, rows, lanes)
    local kind = TYPES[type_name]
    if not kind then error("buffer: there is no type " .. tostring(type_name), 2) end
    lanes = lanes or 1
    local span = ffi.new "dragoman_span"
    local array = ffi.typeof(kind.c .. "[?]")
    span.stride, span.lanes, span.type = ffi.sizeof(array, lanes), lanes, kind.number
    span.writable, span.component = 1, 0xffffffff
    local self = {
        _span = span, _room = 0, _type = array, _memory = false,
        rows = 0, lanes = lanes, type = type_name, data = false,
    }
    return methods.resize(setmetatable(self, metatable), max(rows or 0, 1)):resize(rows or 0)
end

return buffers
