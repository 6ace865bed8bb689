-- The loop of a script with systems: lines from the broker, and runs over the world's columns.
local kit = ...
local ffi = require "ffi"
local dragoman, declare = kit.dragoman, kit.part("declare")
local plane, components = kit.part("plane"), kit.part("components")
local C = ffi.C
local error, ipairs = error, ipairs

local LINE, RUN = plane.LINE, plane.RUN
local attached = {}  -- by the broker's number, from 0

local function attach(body)
    if C.dragoman_plane_attach(plane.handle) ~= 0 then error("attach: " .. plane.problem(), 0) end
    plane.view = C.dragoman_plane_view(plane.handle)
    components.attach(body.components, declare.components)
    attached = {}
    for i, system in ipairs(declare.systems) do
        system.position = i - 1
        system.refresh, system.tables = kit.part("tables").make(system)
        attached[i - 1] = system
    end
end

-- The behaviours' part is there only when the script has asked for it.
local function run_system(handle)
    local number = C.dragoman_plane_system(handle)
    local system = attached[number]
    if not system then error("the broker asked for a system that this script has not: " .. number, 0) end
    local tables, dt = system.tables, C.dragoman_plane_dt(handle)
    tables.dt, tables.tick = dt, plane.tick()
    system.refresh()
    plane.running = system
    system.run(tables, dt)
    if system.schedule then kit.parts.behaviours.resume_all(system, dt) end
    plane.running = nil
    C.dragoman_plane_done(handle)
end

local function take_line(handle)
    local body = kit.take("__update__")
    if not body then return end
    if body.attach then
        attach(body.attach)
    elseif body.system then
        local found = C.dragoman_plane_poll(handle)
        if found == RUN then
            run_system(handle)
        elseif found ~= LINE then  -- LINE: that run was seen and done before its line came
            error("the announced run: " .. plane.problem(), 0)
        end
    end
    dragoman.done { frame = body.frame }
end

local systems = {}

function systems.run()
    local handle = plane.open()
    dragoman.hello("system")
    if kit.parts.behaviours then kit.parts.behaviours.start() end
    dragoman.client_ready("system")
    local channel = ffi.cast("void *", kit.wire.channel)
    while true do
        local next_thing = C.dragoman_lua_wait(channel, handle)
        if next_thing == RUN then
            run_system(handle)
        elseif next_thing == LINE then
            take_line(handle)
        else
            error("waiting for the broker: " .. plane.problem(), 0)
        end
    end
end

return systems
