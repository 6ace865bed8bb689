-- Does what the scene says: tests/conformance/README.md.
local ffi = require "ffi"
ffi.cdef "int usleep(unsigned); int raise(int); void abort(void);"

local function sleep(seconds)
    while seconds > 0 do
        ffi.C.usleep(math.min(seconds, 1) * 1e6)
        seconds = seconds - 1
    end
end

local function hang() sleep(math.huge) end

local function print_to(stream, text)
    stream:write(text, "\n")
    stream:flush()
end

local does = {}

function does.print(scene)
    print_to(io.stdout, scene.text)
    return scene.value
end

function does.stderr(scene)
    print_to(io.stderr, scene.text)
    return scene.value
end

function does.flood(scene)
    local stream = scene.stream == "stderr" and io.stderr or io.stdout
    local line = ("x"):rep(79) .. "\n"
    for _ = 1, scene.bytes / 80 do stream:write(line) end
    local rest = scene.bytes % 80
    if rest > 0 then stream:write(("x"):rep(rest), "\n") end
    stream:flush()
    return scene.value
end

function does.raise(scene) error(scene.text) end

function does.exit(scene) os.exit(scene.code) end

function does.segfault() ffi.cast("int *", 8)[0] = 1 end

function does.abort() ffi.C.abort() end

does.hang = hang

function does.busy() while true do end end

function does.sleep(scene)
    sleep(scene.seconds)
    return scene.value
end

function does.drip()
    while true do
        print_to(io.stdout, "drip")
        sleep(0.02)
    end
end

function does.log(scene)
    dragoman.log(scene.level, scene.text)
    return scene.value
end

function does.call(scene)
    local good, value = pcall(dragoman.call, scene.method, scene.params)
    if good then return value end
    return { error = value.code }
end

function does.twice(scene)
    send_command(scene.value)
    return scene.value
end

function does.scene(scene) return scene end

MLPlay = {}
MLPlay.__index = MLPlay

function MLPlay.new(init_args)
    local what = ((init_args.dragoman or {}).params or {}).init
    if what == "raise" then error("raised in the constructor") end
    if what == "hang" then hang() end
    if what == "exit" then os.exit(7) end
    if what == "print" then print("constructed") end
    return setmetatable({ init_args = init_args }, MLPlay)
end

function MLPlay:update(scene)
    self.on_reset = scene.on_reset or self.on_reset
    local what = scene["do"]
    if what == "init" then return self.init_args end
    if what == nil or what == "return" then return scene.value end
    return does[what](scene)
end

function MLPlay:reset()
    local what = self.on_reset
    self.on_reset = nil
    if what == "raise" then error("raised in reset") end
    if what == "exit" then os.exit(7) end
    if what == "hang" then hang() end
end

function add(a, b) return a + b end

function again(method, params) return dragoman.call(method, params) end
