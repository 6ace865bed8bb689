"""Coroutines."""

from support import case, case_of_one_mode, one_system, printed, raised, started


@case_of_one_mode
def behaviours_wait_in_simulated_time(place):
    text = """
        local ready = false
        local function say(name, ...) print(dragoman.tick_now, name, ...) end
        local function a(...)
            say("a", ...)
            dragoman.wait(1)
            say("a", 1)
            dragoman.wait_ticks(3)
            say("a", 2)
        end
        dragoman.spawn({ a, name = "a" }, 7, nil, 8)
        dragoman.spawn(function()
            for i = 1, 3 do say("b", i) dragoman.yield() end
            dragoman.wait_until(function() return ready end)
            say("b", "ready")
        end)
        dragoman.system { name = "first", write = { "Position" }, run = function(tables)
            dragoman.tick_now = tables.tick
            ready = tables.tick >= 5
            if tables.tick == 2 then
                dragoman.spawn(function()
                    say("c")
                    dragoman.spawn(function() say("d") end)
                    dragoman.yield()
                    say("c", 2)
                end)
            end
            if tables.tick == 7 then
                local s = dragoman.statistics()
                say("end", s.alive, s.waiting, s.resumed, s.finished)
            end
        end }
        dragoman.system { name = "second", write = { "Position" }, run = function() end }
    """
    broker = started(place, text)
    for _ in range(7):
        broker.run("first", dt=0.5)
        broker.frame -= 1
        broker.run("second", dt=100)
    printed(
        broker, "1\ta\t7\tnil\t8", "1\tb\t1", "2\tb\t2", "2\tc", "2\td", "3\ta\t1", "3\tb\t3", "3\tc\t2", "5\tb\tready",
        "6\ta\t2", "7\tend\t0\t0\t11\t4",
    )  # fmt: skip


@case_of_one_mode
def behaviours_can_be_cancelled(place):
    body = """
        if tables.tick == 1 then
            local function tick(name) return function() while true do print(name) dragoman.yield() end end end
            a = dragoman.spawn(tick("a"))
            b = dragoman.spawn(function() print("b") dragoman.wait(1000) print("never") end)
            c = dragoman.spawn(function() print("c") dragoman.cancel(c) dragoman.yield() print("never") end)
        elseif tables.tick == 2 then
            print(a:cancel(), a:cancel(), dragoman.cancel(b))
        end
        local s = dragoman.statistics()
        print(s.alive, s.waiting, s.finished)"""
    broker = started(place, one_system(body))
    for _ in range(3):
        broker.run("sys")
    printed(broker, "3\t0\t0", "a", "b", "c", "true\tfalse\ttrue", "0\t0\t3", "0\t0\t3")


@case_of_one_mode
def behaviours_belong_to_a_system(place):
    text = """
        dragoman.spawn({ function() while true do print("of second") dragoman.yield() end end, system = "second" })
        dragoman.system { name = "sys", write = { "Position" }, run = function() print("first") end }
        dragoman.system { name = "second", write = { "Position" }, run = function() print("second") end }
    """
    broker = started(place, text)
    broker.run("sys")
    broker.run("second")
    broker.run("sys")
    printed(broker, "first", "second", "of second", "first")
    text = text.replace('"second" })', '"third" })')
    raised(place.broker(text), "spawn: this script has no system third", run="ready")


@case_of_one_mode
def an_error_in_a_behaviour_shows_its_stack(place):
    text = """
        local function deep() local t = nil
            return t.x + 1 end
        local function guard()
            dragoman.yield()
            local x = deep()
            return x
        end
        dragoman.spawn({ guard, name = "guard" })
    """ + one_system("")
    broker = started(place, text)
    broker.run("sys")
    told = raised(broker, "attempt to index local 't'", "in the coroutine guard")
    assert told["line"] == 3 and told["source"] == "return t.x + 1 end", told
    assert "system.lua:3: in function" in told["trace"] and "system.lua:6: in function" in told["trace"], told["trace"]
    assert "[dragoman]" not in told["trace"] and "xpcall" not in told["trace"], told["trace"]


@case
def wrong_writes_in_a_behaviour_are_named(place):
    text = one_system(
        "dragoman.spawn(function()\nfor t in tables do\nlocal v = t.Velocity[0]\nv.x = 1\nend\nend)",
        "read = { 'Velocity', 'Health' }, optional = { 'Health' }, write = { 'Position' }",
    )
    told = raised(started(place, text), "wrote Velocity, which sys declared as read")
    assert told["line"] == 5, told


@case_of_one_mode
def thousands_of_behaviours(place):
    body = """
        if tables.tick == 1 then
            local function wait(i) dragoman.wait_ticks(i % 50 + 2) count = (count or 0) + 1 end
            for i = 1, 5000 do dragoman.spawn(wait, i) end
        end
        if tables.tick == 60 then print(count, dragoman.statistics().alive) end"""
    broker = started(place, one_system(body))
    for _ in range(60):
        broker.run("sys")
    printed(broker, "5000\t0")
