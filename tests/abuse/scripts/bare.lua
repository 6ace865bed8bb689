-- Speaks the classic level on bare stdio and answers each scene with its frame. Misbehaves on request: ../README.md.
local ffi = require "ffi"
ffi.cdef [[
    long read(int, char *, size_t); long write(int, const char *, size_t);
    int close(int), dup2(int, int), usleep(unsigned), fork(void), setsid(void), wait(int *), getpid(void), kill(int, int);
    void _exit(int); void *signal(int, void *);
]]
local C = ffi.C
local VICE, WHEN = arg[1], tonumber(arg[2])
local SIGKILL, SIGTERM, SIGSTOP = 9, 15, 19

local function write(text)
    while #text > 0 do text = text:sub(tonumber(C.write(1, text, #text)) + 1) end
end

local function say(command) write("__command__ " .. command .. "\n") end

local function sleep(seconds) C.usleep(seconds * 1e6) end

local function hang() while true do sleep(0.9) end end

local function drip()
    while true do
        write "drip\n"
        sleep(0.02)
    end
end

local function ignore_end() C.signal(SIGTERM, ffi.cast("void *", 1)) end

-- Forks twice; the grandchild has a session of its own, ignores SIGTERM and holds every descriptor.
local function leave_a_daemon()
    if C.fork() == 0 then
        C.setsid()
        if C.fork() > 0 then C._exit(0) end
        ignore_end()
        hang()
    end
    C.wait(nil)
end

local function flood(unit, times) for _ = 1, times do write(unit) end end

local function for_ever(unit) while true do write(unit) end end

local function hello(protocol, role)
    return ('__hello__ {"protocol": %s, "client": "bare", "role": "%s", "features": []}\n'):format(protocol, role)
end

local opening = {
    never_ready = hang,
    drip_before_ready = drip,
    exit_before_ready = function() os.exit(5) end,
    command_before_ready = function() say "1" end,
    hello_999 = function() write(hello(999, "player")) end,
    hello_of_a_game = function() write(hello(1, "game")) end,
    hello_twice = function() write(hello(1, "player"):rep(2)) end,
    hello_malformed = function() write '__hello__ {"protocol": "one"}\n' end,
    unknown_header = function() write(hello(1, "player")) end,
    byte_order_mark = function() write "\239\187\191" end,
    ignore_sigterm = ignore_end,
    daemon_at_start = leave_a_daemon,
}

local at_frame = {
    malformed = function() say '{"a": [1, 2' end,
    bare_word = function() say "MOVE_LEFT" end,
    nan = function() say "NaN" end,
    infinite = function() say "1e999" end,
    half_a_letter = function() say '"\\ud800"' end,
    two_spaces = function(n) say(" " .. n) end,
    trailing_text = function(n) say(n .. " " .. n) end,
    nul = function() write '__command__ "a\0b"\n' end,
    text_in_front = function(n) write("hello __command__ " .. n .. "\n") hang() end,
    header_in_text = function(n) write 'debug: __command__ "X"\n__commander__ 1\n__scene_info__ {}\n' say(n) end,
    bad_utf8 = function() write '__command__ "\255\254"\n' end,
    bad_utf8_in_text = function(n) write "caf\233 \27[2J \0\n" say(n) end,
    long_command = function() write '__command__ "' flood(("x"):rep(1e6), 100) write '"\n' end,
    long_text = function(n) flood(("x"):rep(1e6), 100) write "\n" say(n) end,
    deep = function() say(("["):rep(1e5) .. ("]"):rep(1e5)) end,
    twice_at_once = function(n) write("__command__ " .. n .. '\n__command__ "again"\n') end,
    twice = function(n) say(n) say '"again"' end,
    late = function(n) sleep(0.5) say(n) end,
    close_stdin = function(n) C.close(0) say(n) hang() end,
    close_stdout = function() C.close(1) hang() end,
    drip = drip,
    hang = hang,
    daemon = function(n) leave_a_daemon() say(n) end,
    daemon_then_exit = function() leave_a_daemon() C._exit(0) end,
    stop_itself = function() C.kill(C.getpid(), SIGSTOP) end,
    half_a_line = function() write '__command__ "hal' C._exit(0) end,
    crlf = function(n) write("__command__ " .. n .. "\r\n") end,
    reset = function() say "RESET" say "READY" end,
    reset_only = function() say "RESET" hang() end,
    ready_again = function(n) say "READY" say(n) end,
    unknown_header = function() write "__teapot__ {}\n" end,
    commands_for_ever = function(n) for_ever("__command__ " .. n .. "\n") end,
    empty_lines_for_ever = function() for_ever(("\n"):rep(4096)) end,
    kill_itself = function() C.kill(C.getpid(), SIGKILL) end,
}

-- The client's host has moved the conversation to 10 and 11: back with it, and no second copy is left.
if C.dup2(10, 0) == 0 then C.close(10) C.close(11) end

local buffer, rest = ffi.new("char[65536]"), ""
local function read_line()
    while true do
        local line, behind = rest:match "^([^\n]*)\n(.*)$"
        if line then
            rest = behind
            return line
        end
        local size = tonumber(C.read(0, buffer, 65536))
        if size <= 0 then return nil end
        rest = rest .. ffi.string(buffer, size)
    end
end

for line in read_line do
    if line:find "^__init__" then
        if opening[VICE] then opening[VICE]() end
        say "READY"
    else
        local frame = line:match '"frame": (%d+)'
        if at_frame[VICE] and (tonumber(frame) == WHEN or VICE == "crlf") then
            at_frame[VICE](frame)
        else
            say(frame)
        end
    end
end
os.exit(0)
