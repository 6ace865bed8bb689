"""Entities one by one and many at once."""

from support import case, case_of_one_mode, one_system, printed, raised, started, xs


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
    expected = [("create", created), ("add", created), ("add", created), ("remove", created)]
    expected += [("create", created + 1), ("add", created + 1), ("destroy", created + 1)]
    assert kinds == expected, kinds
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
    "dragoman.create_entity { Health = { points = 1.5 } }": "Health.points: a whole number of type i32 was expected",
    "dragoman.create_entity { Health = { points = 3e9 } }": "of type i32 was expected, not 3000000000",
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
    "for t in tables do t.entities[0]:get_component('Velocity').x = 1 end": "sys may not write Velocity",
    "for t in tables do local e = t.entities[0] e:destroy() e:destroy() end": "was destroyed in this tick",
    "print(dragoman.create_entity().nothing)": "an entity has no nothing",
    "dragoman.query_entities('Nothing')": "query_entities: there is no component Nothing",
    "dragoman.wait(1)": "wait: only in a coroutine",
}


@case_of_one_mode
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


@case_of_one_mode
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
