-- Behaviours: coroutines that live over many ticks. Each belongs to a system and is resumed right after that system's
-- function, in the order of creation. Time is the system's: its ticks and their dt, never the clock.
local kit = ...
local plane = kit.part("plane")
local declare = kit.part("declare")
local co_create, co_resume, co_running, co_status, co_yield =
    coroutine.create, coroutine.resume, coroutine.running, coroutine.status, coroutine.yield
local debug, error, getmetatable, ipairs, select, setmetatable, tostring, type, unpack, xpcall =
    debug, error, getmetatable, ipairs, select, setmetatable, tostring, type, unpack, xpcall
local sort = table.sort
local heap = kit.part("heap")

local SOONER = 1e-9  -- seconds: sums of dt are not exact

local behaviours = {}
local counts = { alive = 0, waiting = 0, resumed = 0, finished = 0 }
local last_id = 0
local current  -- that which is resumed
local waiting_for_system = {}  -- spawned at the top level

-- What a behaviour's yield says.
local SECONDS, TICKS, UNTIL = {}, {}, {}

local handle = {}
handle.__index = handle
function handle.__tostring(self) return "coroutine " .. self.name end

local function schedule_of(system)
    if not system.schedule then
        system.schedule = {
            now = 0, tick = 0,
            each = {}, each_count = 0,  -- resumed, or asked, in the next tick; in order
            spare = {},
            fresh = {}, fresh_count = 0,  -- never resumed yet
            by_time = heap.new(), by_tick = heap.new(),
        }
    end
    return system.schedule
end

local function enlist(self, system)
    local schedule = schedule_of(system)
    self.schedule = schedule
    schedule.fresh_count = schedule.fresh_count + 1
    schedule.fresh[schedule.fresh_count] = self
end

local function name_of(run)
    local info = debug.getinfo(run, "S")
    return ("%s:%d"):format(info.short_src:match("[^/]*$"), info.linedefined)
end

-- The body of every coroutine: what goes wrong is caught while its stack is there.
local function body(self, run, ...)
    local good, problem = xpcall(run, kit.capture, ...)
    if not good then self.problem = problem end
end

-- spawn(f, ...), or spawn({ f, name = "guard", system = "movement" }, ...)
function behaviours.spawn(what, ...)
    local run, name, system_name = what, nil, nil
    if type(what) == "table" then run, name, system_name = what[1] or what.run, what.name, what.system end
    if type(run) ~= "function" then error("spawn: a function was expected, not a " .. type(run), 2) end
    local system = plane.running
    if system_name then
        system = declare.find(system_name)
        if not system and kit.is_hello_said() then
            error("spawn: this script has no system " .. tostring(system_name), 2)
        end
    end
    last_id = last_id + 1
    local self = setmetatable({
        id = last_id, name = name or name_of(run), system_name = system_name,
        co = co_create(body), run = run, arguments = { ... }, count = select("#", ...),
    }, handle)
    counts.alive = counts.alive + 1
    system = system or (kit.is_hello_said() and declare.systems[1])
    if system then enlist(self, system) else waiting_for_system[#waiting_for_system + 1] = self end
    return self
end

-- When the script's systems are known: those of the top level get theirs.
function behaviours.start()
    for _, self in ipairs(waiting_for_system) do
        local system = declare.systems[1]
        if self.system_name then
            system = declare.find(self.system_name)
            if not system then error("spawn: this script has no system " .. self.system_name, 0) end
        end
        enlist(self, system)
    end
    waiting_for_system = {}
end

-- --- what a behaviour may call --------------------------------------------------------------------------------------

local function check_inside(what)
    if not current then error(what .. ": only in a coroutine that spawn made", 3) end
    if co_running() ~= current.co then error(what .. ": a spawned coroutine waits itself, not one inside of it", 3) end
end

local function check_number(what, value)
    if type(value) == "number" and value == value then return end
    error(what .. ": a number was expected, not " .. tostring(value), 3)
end

-- Goes on in the next tick.
behaviours["yield"] = function()
    check_inside("yield")
    co_yield()
end

-- Goes on in the first tick that is at least so many seconds later; the next one at the earliest.
function behaviours.wait(seconds)
    check_inside("wait")
    check_number("wait", seconds)
    co_yield(SECONDS, seconds)
end

function behaviours.wait_ticks(ticks)
    check_inside("wait_ticks")
    check_number("wait_ticks", ticks)
    co_yield(TICKS, ticks)
end

-- Goes on in the first tick, the next one at the earliest, in which predicate() is true.
function behaviours.wait_until(predicate)
    check_inside("wait_until")
    if type(predicate) ~= "function" then error("wait_until: a function was expected, not a " .. type(predicate), 2) end
    co_yield(UNTIL, predicate)
end

local function finish(self)
    self.done = true
    self.co, self.predicate = nil, nil
    counts.alive, counts.finished = counts.alive - 1, counts.finished + 1
end

-- A behaviour that is not resumed any more. One that cancels itself ends when it yields next.
function behaviours.cancel(self)
    if getmetatable(self) ~= handle then error("cancel: what spawn gave was expected, not a " .. type(self), 2) end
    if self.done then return false end
    if self.is_waiting then self.is_waiting, counts.waiting = false, counts.waiting - 1 end
    if self == current then self.cancelled = true else finish(self) end
    return true
end
handle.cancel = behaviours.cancel

function behaviours.statistics()
    return { alive = counts.alive, waiting = counts.waiting, resumed = counts.resumed, finished = counts.finished }
end

-- --- resuming -------------------------------------------------------------------------------------------------------

local function raise(problem, name)
    problem.behaviour = problem.behaviour or name
    error(problem, 0)
end

local function in_next_tick(schedule, self)
    local count = schedule.each_count + 1
    schedule.each_count, schedule.each[count] = count, self
end

local function sleep_in(queue, self, key)
    self.is_waiting, counts.waiting = true, counts.waiting + 1
    heap.push(queue, key, self)
end

local function put_away(schedule, self, kind, value)
    if kind == SECONDS then
        if value <= 0 then return in_next_tick(schedule, self) end
        return sleep_in(schedule.by_time, self, schedule.now + value - SOONER)
    end
    if kind == TICKS then
        if value <= 1 then return in_next_tick(schedule, self) end
        return sleep_in(schedule.by_tick, self, schedule.tick + value)
    end
    if kind == UNTIL then
        self.predicate = value
        self.is_waiting, counts.waiting = true, counts.waiting + 1
    end
    in_next_tick(schedule, self)
end

local function go_on(self)
    local run, arguments = self.run, self.arguments
    if not run then return co_resume(self.co) end
    self.run, self.arguments = nil, nil
    return co_resume(self.co, self, run, unpack(arguments, 1, self.count))
end

local function resume(schedule, self)
    if self.done then return end
    if self.predicate then
        if not self.predicate() then return in_next_tick(schedule, self) end
        self.predicate = nil
    end
    if self.is_waiting then self.is_waiting, counts.waiting = false, counts.waiting - 1 end
    counts.resumed = counts.resumed + 1
    current = self
    local good, kind, value = go_on(self)
    current = nil
    if not good then error(kind, 0) end
    if self.problem then raise(self.problem, self.name) end
    if self.cancelled or co_status(self.co) == "dead" then return finish(self) end
    put_away(schedule, self, kind, value)
end

local function earlier(a, b) return a.id < b.id end

-- Those whose time has come, in order; nil when there are none.
local function take_due(schedule)
    local due = heap.take(schedule.by_time, schedule.now, nil)
    due = heap.take(schedule.by_tick, schedule.tick, due)
    if due and #due > 1 then sort(due, earlier) end
    return due
end

-- After the system's function.
function behaviours.resume_all(system, dt)
    local schedule = system.schedule
    if not schedule then return end
    schedule.now, schedule.tick = schedule.now + dt, schedule.tick + 1
    local list, count = schedule.each, schedule.each_count
    schedule.each, schedule.each_count, schedule.spare = schedule.spare, 0, list
    local due = take_due(schedule)
    local next_due = due and 1
    for i = 1, count do
        local self = list[i]
        list[i] = false
        while next_due and due[next_due] and due[next_due].id < self.id do
            resume(schedule, due[next_due])
            next_due = next_due + 1
        end
        resume(schedule, self)
    end
    while next_due and due[next_due] do
        resume(schedule, due[next_due])
        next_due = next_due + 1
    end
    local i = 1
    while i <= schedule.fresh_count do  -- grows while they spawn others
        local self = schedule.fresh[i]
        schedule.fresh[i] = nil
        resume(schedule, self)
        i = i + 1
    end
    schedule.fresh_count = 0
end

return behaviours
