#!/usr/bin/env python3
"""Single entities, many at once, and systems as objects."""

import unittest

from systems_support import HEAD, Systems


class Entities(Systems):
    def test_reads_and_writes_go_through(self):
        body = """
e = tables_first(tables).entities[1]
p = e.get_component("Position")
assert (p.x, p.y) == (1, 1) and isinstance(e, int) and e.handle == 2**32 + 2 == dragoman.Entity(e.handle)
p.x = 8
assert e.get_component("Position").x == 8 and tables_first(tables).Position[1].x == 8
assert e.has_component("Velocity") and not e.has_component("Health")
e.set_component("Position", y=3)
e.set_component("Velocity", y=5)
assert (p.x, p.y) == (8, 3) and e.get_component("Velocity").y == 5
"""
        broker = self.entities(body)
        self.assertEqual(broker.rows("Position")[1], {"x": 8, "y": 3})
        self.assertEqual(broker.last, [("set", 2**32 + 2, {"Velocity": [{"x": 2, "y": 5}]})])

    def entities(self, body, **more):
        more.setdefault("declared", 'write=["Position"], read=["Velocity"], creates=100')
        return self.body("def tables_first(tables): return next(iter(tables))\n" + body, **more)

    def test_structure(self):
        body = """
first, second, third, _ = tables_first(tables).entities
made = dragoman.create_entity()
assert made.is_valid() and not made.has_component("Position")
health = made.add_component("Health", hp=5, color=[7, 8, 9])
assert (health.hp, health.color, health.owner) == (5, (7, 8, 9), 0)
health.owner = first
assert made.get_component("Health").owner == first
first.remove_component("Velocity")
assert not first.has_component("Velocity")
second.destroy()
assert not second.is_valid()
whole = dragoman.create_entity(Position={"x": 4}, Velocity=None)
assert whole.get_component("Position").x == 4 and whole.get_component("Velocity").x == 0
assert dragoman.query_entities("Position") == [first, third, tables_first(tables).entities[3], whole]
assert dragoman.query_entities("Position", without=["Velocity"]) == [first]
assert dragoman.query_entities(["Health"]) == [made] and made in {made: 1}
for wrong in (second.destroy, lambda: second.get_component("Position"), lambda: first.get_component("Velocity"),
              lambda: first.add_component("Nothing"), lambda: first.add_component("Position", z=1),
              lambda: dragoman.Entity(12345).destroy(), lambda: dragoman.Entity(2**60).destroy()):
    try: wrong()
    except (RuntimeError, LookupError, AttributeError, ValueError): continue
    assert False, wrong
"""
        broker = self.entities(body)
        kinds = [command[0] for command in broker.last]
        self.assertEqual(kinds, ["create", "add", "remove", "destroy", "create"])
        self.assertEqual(broker.last[1][2]["Health"], [{"hp": 5, "owner": 2**32 + 1, "color": [7, 8, 9]}])
        self.assertEqual(broker.control.handles_used, 2)

    def test_with(self):
        body = """
with dragoman.create_entity() as e:
    e.add_component("Health")
try:
    with dragoman.create_entity() as lost: 1 / 0
except ZeroDivisionError: pass
assert e.is_valid() and not lost.is_valid()
"""
        self.assertEqual([command[0] for command in self.entities(body).last], ["create", "add", "create", "destroy"])

    def test_many(self):
        body = """
import array
import numpy as np
health = {"hp": np.array([1., 2., 3.]), "color": [4, 5, 6]}
made = dragoman.create_many(3, Position={"x": [1, 2, 3], "y": 9}, Health=health, Velocity={})
assert len(made) == 3 and all(e.is_valid() for e in made) and made[2].get_component("Position").x == 3
assert np.asarray(made).dtype == np.uint64
dragoman.create_many(2, Position=np.array([(1, 2), (3, 4)], np.float32))
dragoman.create_many(2, Position={"x": array.array("d", [1, 2])})
dragoman.create_many(0)
for wrong in (lambda: dragoman.create_many(2, Position={"x": [1]}), lambda: dragoman.create_many(-1),
              lambda: dragoman.create_many(2, Health={"hp": np.array([1, 300])}),
              lambda: dragoman.create_many(1, Position=b"x"), lambda: dragoman.create_many(1, Position=3)):
    try: wrong()
    except (ValueError, OverflowError, TypeError): continue
    assert False, wrong
all_of_them = tables_first(tables).entities
dragoman.batch_update("Position", all_of_them, x=[5, 6, 7, 8], y=0)
dragoman.batch_update("Position", [made[0], made[1]], x=np.array([50, 60]))
assert [e.get_component("Position").x for e in made] == [50, 60, 3]
try: dragoman.batch_update("Position", [all_of_them[0], dragoman.Entity(99)], x=0)
except RuntimeError: pass
dragoman.destroy_many(np.asarray(all_of_them)[2:])
"""
        broker = self.entities(body)
        self.assertEqual([row["x"] for row in broker.rows("Position")], [5, 6, 7, 8])
        kind, _, given, count = broker.last[0]
        self.assertEqual((kind, count, given["Position"][1]), ("create_many", 3, {"x": 60, "y": 9}))
        self.assertEqual(given["Health"][2], {"hp": 3, "owner": 0, "color": [4, 5, 6]})
        self.assertEqual(broker.last[1][2]["Position"], [{"x": 1, "y": 2}, {"x": 3, "y": 4}])
        self.assertEqual([command[0] for command in broker.last[3:]], ["destroy", "destroy"])

    def test_more_than_may_be_created(self):
        self.fails("for i in range(9): dragoman.create_entity()", "creat", handles=4)

    def test_only_declared_access(self):
        self.fails("next(iter(tables)).entities[0].get_component('Velocity').x = 1", "Velocity")
        hidden = 'with_=["Velocity"], write=["Position"]'
        self.fails("next(iter(tables)).entities[0].get_component('Velocity')", "no access to", declared=hidden)
        broker = self.body("next(iter(tables)).entities[0].set_component('Velocity', y=4)", declared=hidden)
        self.assertEqual(broker.last, [("set", 2**32 + 1, {"Velocity": [{"x": 0, "y": 4}]})])


class Forms(Systems):
    def test_an_object(self):
        source = HEAD + (
            "class Movement:\n  name = 'mover'\n  execution_order = 'PreUpdate'\n"
            "  def update(self, delta_time):\n"
            "    for e in dragoman.query_entities('Position', 'Velocity'):\n"
            "      e.get_component('Position').x += e.get_component('Velocity').x * delta_time\n"
            "dragoman.register_system(Movement())\n"
            "@dragoman.register_system\nclass Faster:\n  write = ['Position']\n"
            "  def update(self, tables, dt):\n    for t in tables: kernels.scale(t.Position, 2)\n"
        )
        broker = self.started(source)
        mover, faster = broker.hello["systems"]
        self.assertEqual((mover["name"], mover["order"]), ("mover", "PreUpdate"))
        self.assertEqual((mover["exclusive"], mover["creates"]), (True, 65536))
        self.assertEqual((faster["name"], faster["write"], "exclusive" in faster), ("Faster", ["Position"], False))
        broker.tick(0)
        broker.tick(1)
        self.assertEqual([row["x"] for row in broker.rows("Position")], [2, 4, 6, 8])

    def test_a_system_takes_no_other_systems_tables(self):
        source = HEAD + (
            "@dragoman.system(write=['Position'])\ndef a(tables, dt):\n  global kept\n  kept = tables\n"
            "@dragoman.system(write=['Velocity'])\ndef b(tables, dt): len(kept)\n"
        )
        broker = self.started(source)
        broker.tick(0)
        with self.assertRaises(Exception) as caught:
            broker.tick(1)
        self.assertIn("another system", str(caught.exception))


if __name__ == "__main__":
    unittest.main()
