#!/usr/bin/env python3
"""Tables and columns: rows, fields, numpy, memoryview, and what was kept too long."""

import unittest

from fake_broker import REPLACE, STAGED
from systems_support import HEAD, Systems, moving


class TablesAndColumns(Systems):
    def test_iteration(self):
        body = """
seen = [(t.rows, len(t), list(t.entities)) for t in tables]
assert seen == [(1, 1, [2**32 + 1]), (3, 3, [2**32 + 3, 2**32 + 4, 2**32 + 5])], seen
assert len(tables) == tables.rows == 4 and bool(tables) and tables.dt == dt and tables.tick == dragoman.tick()
assert [(a.rows, b.rows) for a in tables for b in tables] == [(1, 1), (1, 3), (3, 1), (3, 3)]
t = next(iter(tables))
assert t.Position is t["Position"] and t.entities[0].is_valid()
"""
        self.body(body, [*moving(1), {"Velocity": [{}]}, *moving(3)], ticks=3)

    def test_rows_fields_and_numbers(self):
        body = """
for t in tables:
    p = t.Position
    assert len(p) == 4 and p[1].x == 1 and p[-1].x == 3 and p.x[2] == 2 and p["y"][0] == 1
    p[0].x = 9
    p.x[1] = 8.5
    assert p[0]._asdict() == {"x": 9, "y": 1} and [row.x for row in p] == [9, 8.5, 2, 3]
    assert list(p.x) == [9, 8.5, 2, 3] and p.numbers[1] == (8.5, 1) and p.numbers.lanes == 2 and p.x.type == "f32"
    p.numbers[2] = 5, 6
    for wrong, kind in ((lambda: p[4], IndexError), (lambda: p[-5], IndexError), (lambda: p.x[99], IndexError),
                        (lambda: p.z, AttributeError), (lambda: p[0].z, AttributeError), (lambda: p["z"], AttributeError),
                        (lambda: p.x[1:2], TypeError), (lambda: setattr(p, "x", 3), AttributeError),
                        (lambda: setattr(p[0], "x", "a"), TypeError), (lambda: setattr(p[0], "z", 1), AttributeError)):
        try: wrong()
        except kind: continue
        assert False, wrong
"""
        broker = self.body(body)
        self.assertEqual(broker.rows("Position")[:3], [{"x": 9, "y": 1}, {"x": 8.5, "y": 1}, {"x": 5, "y": 6}])

    def test_other_types(self):
        body = """
for t in tables:
    h = t.Health[0]
    assert (h.hp, h.owner, h.color) == (100, 0, (1, 2, 3)), h
    h.hp, h.owner, h.color = 255, t.entities[1], [4, 5, 6]
    assert h.owner == t.entities[1] and h.owner.is_valid() and t.Health.color[0] == (4, 5, 6)
    for field, value in (("hp", 256), ("hp", -1), ("hp", 1.5), ("owner", -1), ("color", [1]), ("color", 3), ("name", "x")):
        try: setattr(h, field, value)
        except (ValueError, OverflowError, TypeError, AttributeError) as error: assert "Health." + field in str(error), error
        else: assert False, field
    h.hp = 7.0
"""
        broker = self.body(body, [{"Health": [{}, {}]}], 'write=["Health"]')
        self.assertEqual(broker.rows("Health")[0], {"hp": 7, "owner": 2**32 + 2, "color": [4, 5, 6]})

    def test_what_was_declared_as_read_is_not_written(self):
        self.fails("for t in tables: t.Velocity[0].x = 1", "Velocity: this system declared that it reads it")
        self.fails("for t in tables: t.Velocity.x[0] = 1", "Velocity.x: this system declared that it reads it")
        self.fails("for t in tables: kernels.scale(t.Velocity, 2)", "scale: Velocity is declared as read; list it in write")
        self.fails("import numpy as n\nfor t in tables: n.asarray(t.Velocity)['x'] += 1", "read-only")
        self.fails("for t in tables: memoryview(t.Velocity.x)[0] = 1.0", "read-only")
        self.fails("for t in tables: t.entities[0] = 1", "entities cannot be written")

    def test_what_was_not_declared(self):
        message = "system it declared no 'Health'; it reads and writes: Position, Velocity"
        self.fails("for t in tables: t.Health", message)
        self.fails("for t in tables: t.Helth", "declared no 'Helth'")

    def test_optional_columns(self):
        body = "print([(t.rows, t.Velocity and t.Velocity.x[0]) for t in tables])"
        declared = 'write=["Position"], read=["Velocity"], optional=["Velocity"]'
        broker = self.body(body, [{"Position": [{}]}, *moving(2)], declared, ticks=2)
        self.assertEqual(broker.errors().split("\n")[:2], ["[(1, None), (2, 2.0)]"] * 2)

    def test_changed(self):
        source = "n = 0\nfor t in tables: n += 1\nprint(n)"
        broker = self.body(source, declared='read=["Position"], changed=["Position"]')
        broker.tick(since=1)
        self.assertEqual(broker.errors(), "1\n0\n")

    def test_kept_from_an_earlier_run(self):
        body = """
global k
if "k" not in globals():
    t = next(iter(tables))
    k = [t, t.Position, t.Position[0], t.Position.x, iter(tables)]
else: """
        for use in ("k[0].rows", "k[1].x", "k[1][0]", "k[2].x", "k[3][0]", "memoryview(k[3])", "next(k[4])"):
            self.fails(body + use, "run", ticks=2)
        self.fails(body + "kernels.scale(k[1], 2)", "run", ticks=2)

    def test_numpy(self):
        body = """
import numpy as np
for t in tables:
    a, x, n = np.asarray(t.Position), np.asarray(t.Position.x), np.asarray(t.Position.numbers)
    assert a.dtype.names == ("x", "y") and x.dtype == np.float32 and n.shape == (4, 2)
    a["x"] += 1; x += 1; n[:, 0] += 1
    assert np.array(t.Position).base is None and not np.asarray(t.Velocity).flags.writeable
    assert np.asarray(t.entities).tolist() == list(t.entities)
    assert np.asarray(t.Position.x, dtype=np.float64).tolist() == [3, 4, 5, 6]
    kernels.add(t.Position.x, np.ones(4, np.float32))
    index = kernels.where(np.asarray(t.Position.x) > 5)
    assert list(index) == [2, 3], list(index)
"""
        broker = self.body(body, ticks=1)
        self.assertEqual([row["x"] for row in broker.rows("Position")], [4, 5, 6, 7])

    def test_memoryview(self):
        body = """
for t in tables:
    m = memoryview(t.Position.y)
    assert m.format == "f" and m.strides == (8,) and m.tolist() == [1, 1, 1, 1] and not m.readonly
    m[3] = 4.5
    assert memoryview(t.Velocity.x).readonly and len(t.Position.raw) == 32
    assert memoryview(t.Position.numbers).tolist()[3] == [3, 4.5]
"""
        self.assertEqual(self.body(body).rows("Position")[3], {"x": 3, "y": 4.5})

    def test_growth_while_a_buffer_is_held(self):
        for kept in ("np.asarray(t.Position)['x']", "np.asarray(t.Position.x)", "memoryview(t.Position.x)"):
            source = f"import numpy as np\nkept = []\n{HEAD}@dragoman.system(write=['Position'])\ndef it(tables, dt):\n" + (
                f"  t = next(iter(tables))\n  kept.append({kept})\n"
                "  assert all(values.tolist() == [0, 1, 2, 3] for values in kept)\n"
            )
            broker = self.started(source, room=200 << 20)
            broker.tick()
            for size in (100 << 20, 200 << 20):
                broker.directory.arena_bytes[0] = size
                broker.tick()

    def test_replace_and_staged(self):
        for mode, buffer in ((REPLACE, "back"), (STAGED, "staging")):
            for body, expected in (
                ("for t in tables: kernels.axpy(t.Position, t.Velocity, dt)", [1, 2, 3, 4]),
                ("for t in tables: t.Position[0].x = 7", [7, 1, 2, 3]),
                ("for t in tables: kernels.fill(t.Position.x, 3)", [3, 3, 3, 3]),
                ("for t in tables: memoryview(t.Position.x)[1] = 9.0", [0, 9, 2, 3]),
                ("for t in tables: t.entities[2].get_component('Position').x = 5", [0, 1, 5, 3]),
            ):
                broker = self.body(body, access_of={"Position": mode})
                self.assertTrue(broker.marked("Position", 0), body)
                self.assertEqual([row["x"] for row in broker.rows("Position", buffer=buffer)], expected, body)
                self.assertEqual([row["x"] for row in broker.rows("Position")], [0, 1, 2, 3])

    def test_faults_of_kernels_name_the_operands(self):
        for x, message in (
            ("t.Velocity.x", "axpy: Position has 2 numbers in each row, Velocity.x has 1 number"),
            ("kernels.buffer('f32', 3, 2)", "axpy: Position has 4 rows, a buffer of f32 has 3 rows"),
        ):
            self.fails(f"for t in tables: kernels.axpy(t.Position, {x}, 1)", message)
        mixed = {"tables": [{"Health": [{}]}], "declared": 'write=["Health"]'}
        self.fails("for t in tables: kernels.scale(t.Health, 2)", "several types", **mixed)

    def test_mixed_rows_can_be_moved(self):
        body = """
t = next(iter(tables))
spare, index = kernels.buffer("u8", 2, 32), kernels.buffer("u32", 2)
index[0] = 1
kernels.gather(spare, t.Health, index)
kernels.copy(t.Health, spare)
"""
        broker = self.body(body, [{"Health": [{"hp": 1}, {"hp": 2}]}], 'write=["Health"]')
        self.assertEqual([row["hp"] for row in broker.rows("Health")], [2, 1])


if __name__ == "__main__":
    unittest.main()
