-- The floor's parse: luajit parse.lua SCENE. For each line "batches size" on stdin, the median time of one
-- cjson.decode in microseconds, over so many batches of that size.
local ffi = require("ffi")
local decode = require("cjson").decode
ffi.cdef [[
typedef struct { long seconds; long nanoseconds; } bench_time;
int clock_gettime(int clock, bench_time *time);
]]

local time = ffi.new("bench_time")
local function now()
    ffi.C.clock_gettime(1, time)
    return tonumber(time.seconds) * 1e6 + tonumber(time.nanoseconds) / 1e3
end

local file = assert(io.open(arg[1], "rb"))
local scene = file:read("*a")
file:close()

for line in io.lines() do
    local batches, size = line:match("(%d+) (%d+)")
    local times = {}
    for batch = 1, tonumber(batches) do
        local began = now()
        for _ = 1, tonumber(size) do
            decode(scene)
        end
        times[batch] = (now() - began) / tonumber(size)
    end
    table.sort(times)
    print(times[math.floor((#times + 1) / 2)])
    io.stdout:flush()
end
