#!/usr/bin/env python3
"""Scripts with systems, run by a broker that is a fake (fake_broker.py): systems_test.py PATH/TO/dragoman-lua [NAME...]"""

import subprocess
import sys
import tempfile
import traceback
from pathlib import Path

from fake_broker import Failed, FakeBroker

WORLD = {
    "Position": ["x: f32", "y: f32 = 1"],
    "Velocity": ["x: f32", "y: f32"],
    "Health": ["points: i32 = 100", "armour: f32", "seen: bool", "by: entity"],
    "Size": ["edges: f32[3] = [1, 2, 3]", "title: text"],
    "Frozen": [],
}
MODES = ("in_place", "replace", "staged")
CASES = {}


def case(function):
    CASES[function.__name__] = function
    return function


class Place:
    def __init__(self, host, folder, mode):
        self.host, self.folder, self.mode, self.brokers = host, folder, mode, []

    def broker(self, text, world=None):
        script = self.folder / "system.lua"
        script.write_text(text, encoding="utf-8")
        self.brokers.append(FakeBroker(self.host, str(script), world or WORLD, self.mode))
        return self.brokers[-1]

    def close(self):
        for broker in self.brokers:
            broker.close()


def one_system(body, about='read = { "Velocity" }, write = { "Position" }'):
    text = f"dragoman.system {{ name = 'sys', {about}, run = function(tables, dt)\n"
    return f"local kernels = dragoman.kernels {text}{body}\nend }}"


def started(place, text, **options):
    broker = place.broker(text, **options)
    broker.ready()
    broker.add_table(3, Position=[{"x": 1}, {"x": 2, "y": 5}, {"x": 3}], Velocity={"x": 10, "y": 20})
    broker.add_table(2, Position={"x": 7}, Health=[{"points": 5}, {"points": 50}])
    broker.add_table(1, Position={"x": 9}, Velocity={"x": 1, "y": 1}, Frozen={})
    broker.attach()
    return broker


def raised(broker, *words, run="run"):
    """That a run fails, with these words in what is said of it."""
    try:
        getattr(broker, run)("sys", creates=100) if run == "run" else getattr(broker, run)()
    except Failed as failed:
        told = failed.args[0]
        for word in words:
            assert word in told["message"] or word in str(told.get("trace")), (word, told)
        assert broker.end() == 1
        return told
    raise AssertionError(f"it did not fail: {words}")


def printed(broker, *lines):
    assert broker.end() == 0
    assert broker.output == list(lines), broker.output


def xs(broker, table=0, name="Position", field="x"):
    return [row[field] for row in broker.rows(name, table)]


# --- declarations -------------------------------------------------------------------------------------------------------


@case
def a_hello_tells_what_is_declared(place):
    broker = place.broker(
        """
        dragoman.log("info", "before hello")
        dragoman.component("Position", "x: f32", "y: f32 = 1")
        dragoman.component("Tag", {})
        dragoman.system { name = "a", read = "Velocity", write = { "Position" }, order = "PreUpdate", before = "b",
            changed = { "Position" }, mode = "replace", creates = 5, every = 2, run = function() end }
        local object = { name = "b", execution_order = "PostUpdate" }
        function object:update(dt) end
        dragoman.register_system(object)
        """
    )
    hello = broker.ready()
    assert hello["role"] == "system" and "plane" in hello["features"]
    assert hello["components"] == [
        {"name": "Position", "fields": ["x: f32", "y: f32 = 1"]}, {"name": "Tag", "fields": []},
    ]  # fmt: skip
    assert hello["systems"] == [
        {"name": "a", "read": ["Velocity"], "write": ["Position"], "order": "PreUpdate", "before": ["b"],
         "changed": ["Position"], "mode": "replace", "creates": 5, "every": 2},
        {"name": "b", "order": "PostUpdate", "exclusive": True, "creates": 65536},
    ]  # fmt: skip
    printed(broker, "before hello")


WRONG_DECLARATIONS = {
    "dragoman.system { name = 'a', raed = {}, run = print }": "system a: there is no key raed",
    "dragoman.system { name = 'a', read = { 7 }, run = print }": "system a: read: a list of names was expected",
    "dragoman.system { name = 'a', read = { x = 'B' }, run = print }": "system a: read: a list of names was expected",
    "dragoman.system { name = 'a', order = 7, run = print }": "system a: order: a string was expected, not a number",
    "dragoman.system { name = 'a' }": "system a: run: a function was expected, not a nil",
    "dragoman.system 'a'": "system: a table was expected, not a string",
    "dragoman.system { run = print }": "system without a name: name: text was expected",
    "local s = { name = 'a', run = print } dragoman.system(s) dragoman.system(s)": "system a: declared twice",
    "dragoman.component('P', 'x f32')": 'component P: field 1: text such as "x: f32" was expected',
    "dragoman.component(7)": "component: a name was expected, not a number",
    "dragoman.register_system { name = 'a' }": "register_system a: a function update was expected",
    "x = 1": "the script declares no system",
}


@case
def wrong_declarations_are_named(place):
    for text, expected in WRONG_DECLARATIONS.items():
        broker = place.broker(text)
        told = raised(broker, expected, run="ready")
        assert told.get("line", 1) == 1, told


@case
def declaring_late_is_an_error(place):
    raised(started(place, one_system("dragoman.component('Late', 'x: f32')")), "component Late: too late")


@case
def another_idea_of_a_component_is_an_error_that_names_the_field(place):
    for field, expected in {
        "x: f64": "component Position: field x is f64 here, f32 in the world",
        "z: f32": "component Position: field z is declared here, but not in the world",
        "x: f32[2]": "component Position: field x is f32[2] here, f32 in the world",
    }.items():
        broker = place.broker(f"dragoman.component('Position', '{field}') {one_system('')}")
        broker.ready()
        raised(broker, expected, run="attach")


@case
def another_layout_is_an_error(place):
    def shift(components):
        components[0]["fields"][1]["offset"] = 8
        components[0]["size"] = 12

    broker = place.broker(one_system(""))
    broker.ready()
    broker.attach_wrong = lambda: broker.attach(shift)
    raised(broker, "component Position: the size of a row is 8 here, 12 in the world", run="attach_wrong")


# --- tables and columns --------------------------------------------------------------------------------------------------


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
    about = "read = { 'Velocity', 'Health', 'Frozen' }, write = { 'Position' }, optional = { 'Velocity', 'Health', 'Frozen' }"
    broker = started(place, one_system(body, about))
    broker.run("sys", dt=0.25)
    first, second, third = (str(broker.handle(table, 0)) for table in range(3))
    printed(
        broker, f"3\t0\t3\t{first}\ttrue\tnil\t3", "nested", f"2\t1\t2\t{second}\tfalse\tnil\t2", "nested",
        f"1\t2\t1\t{third}\ttrue\ttrue\t1", "nested", "6\t6\t1\t0.25\t0.25",
    )  # fmt: skip


@case
def tables_that_come_later_are_seen(place):
    broker = started(place, one_system("local n = 0 for t in tables do n = n + t.rows t.Position[0].x = 100 end print(n)"))
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
        "All": ["a: bool", "b: i8", "c: i16", "d: i32", "e: i64", "f: u8", "g: u16", "h: u32", "i: u64", "j: f32", "k: f64",
                "l: entity", "m: f32[3]", "int: i32", "o: u8[2]"]
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
    about = "read = { 'Velocity', 'Health', 'Size' }, write = { 'Position' }, optional = { 'Health', 'Size', 'Velocity' }"
    for body, expected in {
        "for t in tables do t.Velocity[0].x = 1 end": "wrote Velocity,",
        "for t in tables do local v = t.Velocity\nlocal row = v[0]\nrow.x = row.x + 1 end": "wrote Velocity,",
        "for t in tables do local v = t.Velocity.data\nv[0].x = 1 end": "wrote Velocity,",
        "for t in tables do local v = t.Velocity\n;(function() v[0].x = 1 end)() end": "wrote a component that sys declared as read",
    }.items():
        raised(started(place, one_system(body, about)), expected)


# --- kernels --------------------------------------------------------------------------------------------------------------


@case
def kernels_with_buffers(place):
    body = """
        for t in tables do
            local mask = kernels.buffer("u8", t.rows)
            kernels.compare(mask, t.Position.x, ">=", 2)
            local rows = kernels.where(mask)
            print(rows.rows, rows.rows > 0 and rows[0])
            local sum_x, sum_y = kernels.reduce(t.Position, "sum")
            print(sum_x, sum_y, kernels.reduce(t.Position.x, "max"))
            local out = kernels.buffer("f32", t.rows)
            kernels.distance_to(out, t.Position, { 1, 1 })
            print(out[0], out[t.rows - 1])
            local grid = kernels.grid_new()
            grid:build(t.Position, 1)
            print(grid:near({ 1, 1 }, 2.5).rows, kernels.grid_near(grid, { 9, 1 }, 0.5, rows).rows)
            local counts = kernels.buffer("u32", t.rows)
            grid:sum(10, 0, t.Position, nil, counts)
            print(counts[0])
            kernels.integrate(t.Position, t.Velocity, nil, 0.5)
            grid:free()
        end"""
    broker = started(place, one_system(body))
    broker.run("sys")
    assert xs(broker) == [6, 7, 8]
    printed(broker, "2\t1", "6\t5\t3", "1\t2.2360680103302", "2\t0", "2", "1\t0", "9\t0\t9",
            "8.0622577667236\t8.0622577667236", "0\t0", "0")  # fmt: skip


FAULTS = {
    "kernels.axpy(t.Velocity, t.Position, dt)": "axpy: sys did not declare that it writes Velocity",
    "kernels.axpy(t.Position, t.Velocity.x, dt)": "Position has 2 numbers in each row, Velocity.x has 1 number",
    "kernels.axpy(t.Position, t.Velocity)": "axpy: a: a number was expected, not a nil",
    "kernels.axpy(t.Position, nil, dt)": "axpy: x: a column was expected, not a nil",
    "kernels.axpy(t.Position, {}, dt)": "axpy: x: a column was expected, not a table",
    "kernels.axpy(t.Position, t.Velocity.data, dt)": "a row of Velocity is no column",
    "kernels.axpy(t.Position.x, t.Health.points, dt)": "Position.x is f32, Health.points is i32",
    "kernels.scale(t.Health, 2)": "scale: Health has fields of different types (points is i32, armour is f32",
    "kernels.axpy(t.Position.x, kernels.buffer('f32', 1), dt)": "Position.x has 2 rows, the buffer of f32 has 1",
    "kernels.scale(t.Position, 0 / 0)": "scale: an argument is missing, not finite, or not in its range",
    "kernels.reduce(t.Position, 'mean')": 'reduce: "sum", "min" or "max" was expected, not mean',
    "kernels.axpyy(t.Position)": "there is no kernel axpyy",
    "kernels.buffer('f33', 1)": "buffer: there is no type f33",
    "print(kernels.buffer('f32', 2)[2])": "buffer[2]: it has 2 numbers, from 0",
    "kernels.grid_new():near({ 1, 1 }, 1)": "grid_near: the grid has not been built",
    "kernels.distance_to(t.Position.x, t.Position, { 1 })": "distance_to: point: 2 numbers were expected, not 1",
}


@case
def faults_of_kernels_are_named(place):
    about = "read = { 'Velocity', 'Health' }, write = { 'Position' }, optional = { 'Velocity', 'Health' }"
    for body, expected in FAULTS.items():
        number = 1 if "Health" in body or "buffer" in body else 0
        text = f"local number = -1 for t in tables do number = number + 1 if number == {number} then\n{body}\nend end"
        told = raised(started(place, one_system(text, about)), expected)
        assert told["line"] == 3, told


# --- entities -------------------------------------------------------------------------------------------------------------


@case
def entities_are_created_and_seen(place):
    body = """
        local e = dragoman.create_entity { Position = { x = 4 }, Health = { points = 7, seen = true, by = 4294967297 } }
        print(e:is_valid(), e:has_component("Position"), e:has_component("Frozen"), e.handle)
        local p = e:get_component("Position")
        print(p.x, p.y)
        p.x = 5
        print(e:get_component("Position").x, e:get_component("Health").by.handle)
        e:add_component("Frozen"):add_component("Size", { edges = { 3, 4, 5 } })
        e:remove_component("Health")
        print(e:has_component("Frozen"), e:has_component("Health"))
        local f = dragoman.create_entity(function(e) e:add_component("Position", { x = 8 }) end)
        f:destroy()
        print(f:is_valid(), e == dragoman.Entity(e.handle), e == f, e ~= nil, tostring(e))
        local found = dragoman.query_entities("Position", { without = { "Frozen" } })
        print(#found, found.rows)
        for i, one in dragoman.query_entities("Position", "Frozen"):each() do io.write(i, ":", one.handle, " ") end
        print()"""
    broker = started(place, one_system(body))
    commands = broker.run("sys", creates=10)
    first = broker.handle(2, 0)
    created = 2**32 + 1000000
    kinds = [(kind, handle) for kind, _, handle, _ in commands]
    assert kinds == [("create", created), ("add", created), ("add", created), ("remove", created), ("create", created + 1),
                     ("add", created + 1), ("destroy", created + 1)], kinds  # fmt: skip
    assert commands[0][3]["Position"] == [{"x": 5, "y": 1}]
    assert commands[0][3]["Health"] == [{"points": 7, "armour": 0, "seen": True, "by": 4294967297}]
    assert commands[2][3] == {"Size": [{"edges": [3, 4, 5]}]}
    printed(
        broker, f"true\ttrue\tfalse\t{created}", "4\t1", "5\t4294967297", "true\tfalse",
        f"false\ttrue\tfalse\ttrue\tEntity({created})", "5\t5", f"0:{first} 1:{created} ",
    )  # fmt: skip


@case
def rows_of_the_world_are_read_and_written_through(place):
    body = """
        for t in tables do
            local e = t.entities[0]
            local p, v = e:get_component("Position"), e:get_component("Velocity")
            p.x = p.x + v.x
            e:set_component("Position", { y = 9 })
            e:set_component("Velocity", { x = 77 })
            print(e:get_component("Velocity").x, e:get_component("Velocity").y)
        end"""
    broker = started(place, one_system(body))
    commands = broker.run("sys")
    assert xs(broker) == [11, 2, 3] and xs(broker, field="y") == [9, 5, 0]
    assert [kind for kind, *_ in commands] == ["set", "set"]
    assert commands[0][3] == {"Velocity": [{"x": 77, "y": 20}]}
    printed(broker, "77\t20", "77\t1")


@case
def many_at_once(place):
    body = """
        local made = dragoman.create_many(3, { Position = { x = { 1, 2, 3 }, y = 7 }, Frozen = {} })
        print(made.rows, made[2].handle, made[1]:get_component("Position").x)
        local rows = dragoman.rows("Health", 2)
        rows[1].points = 5
        dragoman.create_many(2, { Health = rows, Position = { { x = 1 }, { y = 2 } } })
        dragoman.batch_update("Position", made, { x = { 10, 20, 30 } })
        dragoman.batch_update("Position", { made[0], made[2].handle }, { y = 0 })
        local all = dragoman.query_entities("Position", "Velocity")
        dragoman.batch_update("Position", all, { x = 0.5 })"""
    broker = started(place, one_system(body))
    commands = broker.run("sys", creates=10)
    created = 2**32 + 1000000
    assert [(kind, count, handle) for kind, count, handle, _ in commands] == [
        ("create_many", 3, created), ("create_many", 2, created + 3)], commands  # fmt: skip
    assert commands[0][3]["Position"] == [{"x": 10, "y": 0}, {"x": 20, "y": 7}, {"x": 30, "y": 0}]
    assert [row["points"] for row in commands[1][3]["Health"]] == [100, 5]
    assert commands[1][3]["Position"] == [{"x": 1, "y": 1}, {"x": 0, "y": 2}]
    assert xs(broker) == [0.5, 0.5, 0.5] and xs(broker, 2) == [0.5] and xs(broker, 1) == [7, 7]
    printed(broker, f"3\t{created + 2}\t2")


WRONG_ENTITIES = {
    "dragoman.create_entity { Nothing = {} }": "create_entity: there is no component Nothing",
    "dragoman.create_entity { Position = { z = 1 } }": "Position has no field z (it has x, y)",
    "dragoman.create_entity { Position = { x = 'a' } }": 'Position.x: a number was expected, not "a"',
    "dragoman.create_entity { Health = { points = 1.5 } }": "Health.points: a whole number of type i32 was expected, not 1.5",
    "dragoman.create_entity { Health = { points = 3e9 } }": "Health.points: a whole number of type i32 was expected, not 3",
    "dragoman.create_entity { Health = { seen = 1 } }": "Health.seen: true or false was expected, not 1",
    "dragoman.create_entity { Health = { by = 'me' } }": 'Health.by: an entity was expected, not "me"',
    "dragoman.create_entity { Size = { edges = { 1, 2 } } }": "Size.edges: 3 numbers was expected, not 2",
    "dragoman.create_entity { Size = { title = 'x' } }": "Size has no field title (it has edges)",
    "dragoman.create_entity(7)": "create_entity: a table of components was expected, not a number",
    "dragoman.create_many(101)": "create_many: this system may create 100 entities in one tick",
    "dragoman.create_many(3, { Position = { x = { 1, 2 } } })": "create_many: Position.x has 2 values, not 3",
    "dragoman.create_many(1.5)": "create_many: a whole number was expected, not 1.5",
    "dragoman.Entity(5):destroy()": "destroy: entity 5 does not live",
    "dragoman.Entity(5):get_component('Position')": "get_component: entity 5 does not live",
    "dragoman.Entity('x')": "Entity: an entity was expected, not a string",
    "for t in tables do print(t.entities[0]:get_component('Health')) end": "has no component Health",
    "for t in tables do t.entities[0]:get_component('Velocity').x = 1 end": "Velocity: system sys may not write Velocity",
    "for t in tables do local e = t.entities[0] e:destroy() e:destroy() end": "was destroyed in this tick",
    "print(dragoman.create_entity().nothing)": "an entity has no nothing",
    "dragoman.query_entities('Nothing')": "query_entities: there is no component Nothing",
    "dragoman.wait(1)": "wait: only in a behaviour",
}


@case
def wrong_calls_of_entities_are_named(place):
    for body, expected in WRONG_ENTITIES.items():
        told = raised(started(place, one_system("\n" + body)), expected)
        assert told["line"] == 3, told


@case
def an_error_inside_create_entity_destroys_it(place):
    body = """
        local kept
        print(pcall(dragoman.create_entity, function(e) kept = e error("no") end))
        print(kept:is_valid())
        dragoman.create_entity(function(e)
            e.x.y = 1
        end)"""
    broker = started(place, one_system(body))
    told = raised(broker, "an entity has no x")
    assert told["line"] == 7, told
    assert broker.output[1] == "false" and "no" in broker.output[0], broker.output


@case
def outside_of_a_run_there_are_no_entities(place):
    raised(place.broker("dragoman.create_entity()"), "create_entity: only while a system runs", run="ready")


@case
def a_class_as_a_system(place):
    broker = started(
        place,
        """
        local Movement = { name = "sys", execution_order = "Update" }
        function Movement:update(delta_time)
            for _, e in dragoman.query_entities("Position", "Velocity"):each() do
                local p, v = e:get_component("Position"), e:get_component("Velocity")
                p.x = p.x + v.x * delta_time
            end
        end
        dragoman.register_system(Movement)
        """,
    )
    broker.run("sys")
    assert xs(broker) == [6, 7, 8]
    printed(broker)


# --- behaviours -----------------------------------------------------------------------------------------------------------


@case
def behaviours_wait_in_simulated_time(place):
    text = """
        local ready = false
        local function say(name, ...) print(dragoman.tick_now, name, ...) end
        dragoman.spawn({ function(...) say("a", ...) dragoman.wait(1) say("a", 1) dragoman.wait_ticks(3) say("a", 2) end, name = "a" }, 7, nil, 8)
        dragoman.spawn(function()
            for i = 1, 3 do say("b", i) dragoman.yield() end
            dragoman.wait_until(function() return ready end)
            say("b", "ready")
        end)
        dragoman.system { name = "first", write = { "Position" }, run = function(tables)
            dragoman.tick_now = tables.tick
            ready = tables.tick >= 5
            if tables.tick == 2 then
                dragoman.spawn(function() say("c") dragoman.spawn(function() say("d") end) dragoman.yield() say("c", 2) end)
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


@case
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


@case
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
    raised(place.broker(text.replace('"second" })', '"third" })')), "spawn: this script has no system third", run="ready")


@case
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
    told = raised(broker, "attempt to index local 't'", "in the behaviour guard")
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


@case
def thousands_of_behaviours(place):
    body = """
        if tables.tick == 1 then
            for i = 1, 5000 do dragoman.spawn(function() dragoman.wait_ticks(i % 50 + 2) count = (count or 0) + 1 end) end
        end
        if tables.tick == 60 then print(count, dragoman.statistics().alive) end"""
    broker = started(place, one_system(body))
    for _ in range(60):
        broker.run("sys")
    printed(broker, "5000\t0")


# --- the rest -------------------------------------------------------------------------------------------------------------


@case
def verbs_are_served_between_runs(place):
    broker = started(place, one_system("for t in tables do kernels.fill(t.Position.x, 1) end") + "\nfunction twice(x) return 2 * x end")
    broker.run("sys")
    broker.say("__call__", {"id": 1, "method": "twice", "params": [4]})
    assert broker.line() == ("__return__", '{"id": 1, "value": 8}')
    broker.run("sys")
    assert xs(broker) == [1, 1, 1]
    printed(broker)


@case
def an_error_says_where_it_was(place):
    told = raised(started(place, one_system("local t = nil\nt.x = 1")), "attempt to index local 't' (a nil value)")
    assert told["code"] == "raised" and told["line"] == 3 and told["source"] == "t.x = 1", told


@case
def without_a_plane_it_says_so(place):
    script = place.folder / "system.lua"
    script.write_text(one_system(""))
    init = '__init__ {"args": [], "kwargs": {}, "dragoman": {"protocol": 1, "name": "s", "role": "system"}}\n'
    done = subprocess.run([place.host, script], input=init, capture_output=True, text=True, timeout=10)
    assert done.returncode == 1 and "DRAGOMAN_PLANE is not set" in done.stderr, done


def main(host, *names):
    failed = 0
    wanted = {name: function for name, function in CASES.items() if not names or name in names}
    for name, function in wanted.items():
        for mode in MODES:
            with tempfile.TemporaryDirectory() as folder:
                place = Place(host, Path(folder), mode)
                try:
                    function(place)
                except Exception:
                    failed += 1
                    print(f"--- {name} ({mode})")
                    traceback.print_exc(limit=-3, file=sys.stdout)
                place.close()
    count = len(MODES) * len(wanted)
    print(f"{count - failed} of {count} good")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
