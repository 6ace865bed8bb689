"""Tables, columns and rows."""

from support import Failed, case, one_system, printed, raised, started, xs


@case
def kernels_and_rows_give_the_same(place):
    for body in (
        "for t in tables do kernels.axpy(t.Position, t.Velocity, dt) end",
        "for t in tables:each() do kernels.axpy(t.Position, t.Velocity, dt) end",
        "for t in tables do local p, v = t.Position, t.Velocity for i = 0, t.rows - 1 do"
        " p[i].x, p[i].y = p[i].x + v[i].x * dt, p[i].y + v[i].y * dt end end",
        "for t in tables do local p, v = t.Position.data, t.Velocity.data for i = 0, t.rows - 1 do"
        " p[i].x, p[i].y = p[i].x + v[i].x * dt, p[i].y + v[i].y * dt end end",
        "for t in tables do kernels.axpy(t.Position.x, t.Velocity.x, dt)"
        " kernels.axpy(t.Position:field('y'), t.Velocity.y, dt) end",
    ):
        broker = started(place, one_system(body))
        for _ in range(150):
            broker.run("sys")
        assert xs(broker) == [751, 752, 753] and xs(broker, field="y") == [1500, 1505, 1500], broker.rows("Position", 0)
        assert xs(broker, 1) == [7, 7] and xs(broker, 2) == [84]
        broker.run_by_line("sys")
        assert xs(broker, 2) == [84.5]
        printed(broker)


@case
def what_is_known_of_tables(place):
    body = """
        local t1
        for t in tables do
            print(t.rows, t.table, t.entities.rows, t.entities[0].handle, t.Health == nil, t.Frozen, #t.entities)
            t1 = t1 or t
            for u in tables do if u == t1 then print("nested") end end
        end
        print(tables.rows, tables:count(), tables.tick, tables.dt, dt)"""
    names = "{ 'Velocity', 'Health', 'Frozen' }"
    about = f"read = {names}, optional = {names}, write = {{ 'Position' }}"
    broker = started(place, one_system(body, about))
    broker.run("sys", dt=0.25)
    first, second, third = (str(broker.handle(table, 0)) for table in range(3))
    printed(
        broker, f"3\t0\t3\t{first}\ttrue\tnil\t3", "nested", f"2\t1\t2\t{second}\tfalse\tnil\t2", "nested",
        f"1\t2\t1\t{third}\ttrue\ttrue\t1", "nested", "6\t6\t1\t0.25\t0.25",
    )  # fmt: skip


@case
def tables_that_come_later_are_seen(place):
    body = "local n = 0 for t in tables do n = n + t.rows t.Position[0].x = 100 end print(n)"
    broker = started(place, one_system(body))
    broker.run("sys")
    number = broker.add_table(4, Position={"x": 0}, Velocity={}, Size={})
    broker.write_view()
    broker.run("sys")
    assert xs(broker, number) == [100, 0, 0, 0]
    printed(broker, "4", "8")


@case
def a_second_attach_replaces_the_first(place):
    broker = started(place, one_system("for t in tables do kernels.fill(t.Position.x, 3) end"))
    broker.run("sys")
    broker.attach()
    broker.run("sys")
    assert xs(broker) == [3, 3, 3]
    printed(broker)


@case
def whole_rows_can_be_assigned(place):
    body = "for t in tables do t.Position[0] = { x = 5, y = 6 } t.Position[t.rows - 1] = t.Position[0] end"
    broker = started(place, one_system(body))
    broker.run("sys")
    assert broker.rows("Position", 0)[2] == {"x": 5, "y": 6}
    printed(broker)


@case
def all_types_of_fields(place):
    world = {
        "All": ["a: bool", "b: i8", "c: i16", "d: i32", "e: i64", "f: u8", "g: u16", "h: u32", "i: u64", "j: f32",
                "k: f64", "l: entity", "m: f32[3]", "int: i32", "o: u8[2]"]
    }  # fmt: skip
    body = """
        for t in tables do
            local a = t.All[0]
            assert(a.a == false and a.b == -1 and a.c == -2 and a.e == -4 and a.i == 9 and a.m[2] == 3 and a.int_ == 5)
            assert(a.l.handle == 4294967301)
            a.a, a.b, a.c, a.d, a.e, a.f, a.g, a.h, a.i = true, 1, 2, 3, 4, 5, 6, 7, 8
            a.j, a.k, a.l, a.m[1], a.int_, a.o[1] = 0.5, 0.25, dragoman.Entity(8589934593), 7, 6, 255
        end"""
    broker = place.broker(one_system(body, "write = { 'All' }"), world=world)
    broker.ready()
    row = {"b": -1, "c": -2, "e": -4, "i": 9, "m": [1, 2, 3], "l": 4294967301, "int": 5}
    broker.add_table(1, All=row)
    broker.attach()
    broker.run("sys")
    assert broker.rows("All", 0)[0] == {
        "a": True, "b": 1, "c": 2, "d": 3, "e": 4, "f": 5, "g": 6, "h": 7, "i": 8, "j": 0.5, "k": 0.25, "l": 8589934593,
        "m": [1, 7, 3], "int": 6, "o": [0, 255],
    }  # fmt: skip
    printed(broker)


WRONG_USE = {
    "for t in tables do t.Velocity[0].x = 1 end": "wrote Velocity, which sys declared as read",
    "for t in tables do local v = t.Velocity.data v[0].x = 1 end": "wrote Velocity, which sys declared as read",
    "for t in tables do t.Velocity[0] = { x = 1 } end": "Velocity is declared as read, not as written",
    "for t in tables do t.Position[t.rows].x = 1 end": "Position[3]: there are 3 rows, from 0",
    "for t in tables do t.Position[-1].x = 1 end": "Position[-1]: there are 3 rows, from 0",
    "for t in tables do t.Position[0].z = 1 end": "Position has no field z (it has x, y)",
    "for t in tables do print(t.Position[0].z) end": "Position has no field z (it has x, y)",
    "for t in tables do print(t.Position.z) end": "Position has no field z (it has x, y)",
    "for t in tables do t.Position.x = 1 end": "Position.x is a column",
    "for t in tables do print(t.Health) end": "sys has not declared Health: it declared Position, Velocity",
    "for t in tables do print(t.Position.x[0]) end": "one field of a column goes into kernels",
    "for t in tables do print(t.entities[3]) end": "entities[3]: there are 3, from 0",
    "for t in tables do t.Position[0].x = 'a' end": "cannot convert 'string' to 'float'",
}


@case
def wrong_use_is_named(place):
    for body, expected in WRONG_USE.items():
        told = raised(started(place, one_system("\n  " + body)), expected)
        assert told["line"] == 3 and told["source"] == body, told
        assert "[dragoman]" not in told["message"], told


@case
def which_component_was_written_is_found(place):
    names = "{ 'Velocity', 'Health', 'Size' }"
    about = f"read = {names}, optional = {names}, write = {{ 'Position' }}"
    for body, expected in {
        "for t in tables do t.Velocity[0].x = 1 end": "wrote Velocity,",
        "for t in tables do local v = t.Velocity\nlocal row = v[0]\nrow.x = row.x + 1 end": "wrote Velocity,",
        "for t in tables do local v = t.Velocity.data\nv[0].x = 1 end": "wrote Velocity,",
        "for t in tables do local v = t.Velocity\n;(function() v[0].x = 1 end)() end": "wrote a component that sys",
    }.items():
        raised(started(place, one_system(body, about)), expected)


@case
def who_writes_around_the_declaration_is_ended_and_told(place):
    body = """
        io.write("last words")
        for t in tables do require("ffi").cast("float *", t.Velocity.data)[0] = 1 end"""
    broker = started(place, one_system(body))
    try:
        broker.run("sys")
    except Failed:
        assert broker.end() == -11 and broker.output == ["last words"], broker.output
        assert broker.fault() == "Velocity"
    else:
        raise AssertionError("it goes on")
