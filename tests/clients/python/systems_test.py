#!/usr/bin/env python3
"""Declarations, the loop, and what goes wrong there."""

import unittest

from systems_support import HEAD, MOVE, Systems


class Ticks(Systems):
    def test_by_the_shared_word_and_by_lines(self):
        broker = self.started("import os\n" + MOVE + "    assert 'DRAGOMAN_PLANE' not in os.environ\n")
        broker.tick()
        self.assertEqual([row["x"] for row in broker.rows("Position")], [1, 2, 3, 4])
        broker.tick_by_line()
        self.assertEqual(broker.rows("Position")[3], {"x": 5, "y": 4})
        for _ in range(50):
            broker.tick(dt=0)
        broker.process.stdin.close()
        self.assertEqual((broker.process.wait(5), broker.errors()), (0, ""))

    def test_hello_says_what_was_declared(self):
        source = HEAD + (
            "@dragoman.component\nclass Mass:\n  kg: 'f64' = 2.5\n  size: 'f32[2]'\n"
            "@dragoman.system(read='Mass', write=[Mass], with_=['Position'], optional=['Velocity'], changed=['Mass'],\n"
            "  order='PostUpdate', before=['b'], after=['a'], every=3, mode='replace', creates=7, name='heavy')\n"
            "def f(tables, dt): pass\n"
            "@dragoman.system(exclusive=True, rate=10)\ndef g(tables, dt): pass\n"
        )
        hello = self.started(source).hello
        self.assertEqual((hello["role"], "plane" in hello["features"]), ("system", True))
        self.assertIn({"name": "Mass", "fields": ["kg: f64 = 2.5", "size: f32[2]"]}, hello["components"])
        heavy = {
            "name": "heavy", "order": "PostUpdate", "read": ["Mass"], "write": ["Mass"], "with": ["Position"], "without": [],
            "optional": ["Velocity"], "changed": ["Mass"], "before": ["b"], "after": ["a"], "every": 3, "mode": "replace",
            "creates": 7,
        }  # fmt: skip
        self.assertEqual(hello["systems"][0], heavy)
        self.assertEqual(hello["systems"][1]["exclusive"], True)
        self.assertEqual(hello["systems"][1]["rate"], 10)

    def test_a_state_is_given_between_ticks(self):
        hook = "runs = []\ndef __dragoman_preserve_state__(): return {'runs': len(runs)}\n"
        broker = self.started(hook + MOVE + "    runs.append(dt)\n")
        self.assertIn("state", broker.hello["features"])
        broker.tick()
        broker.say("__state__", {"ask": True})
        self.assertEqual(broker.expect("__state__"), {"state": {"runs": 1}})
        broker.tick()
        broker.say("__state__", {"ask": True})
        self.assertEqual(broker.expect("__state__"), {"state": {"runs": 2}})

    def test_what_a_system_has_loaded_is_named_after_its_run(self):
        broker = self.started(MOVE + "    open_data('no.txt')\n" + HEAD + (
            "def open_data(path):\n"
            "  try: dragoman.open_data(path)\n"
            "  except FileNotFoundError: pass\n"
        ))  # fmt: skip
        for _ in range(2):
            broker.tick()
        (file,) = broker.expect("__uses__")["files"]
        self.assertTrue(file.endswith("/no.txt"), file)
        broker.tick_by_line()

    def test_a_system_that_raises(self):
        error = self.fails("x = {}\nx['gone']", "KeyError: 'gone'")
        self.assertEqual((error["code"], error["source"]), ("raised", "x['gone']"))
        self.assertNotIn("dragoman/", error["trace"])

    def test_a_component_that_the_world_has_otherwise(self):
        broker = self.broker(MOVE)
        original = broker.lay_out

        def other(hello):
            original(hello)
            broker.components[0].fields[1]["type"] = "f64"

        broker.lay_out = other
        with self.assertRaises(AssertionError) as caught:
            broker.start()
        self.assertIn("Position.y is f32 here, but in the world Position.y is f64", str(caught.exception))

    def test_errors_in_declarations(self):
        for source, message in (
            ("dragoman.system(order='Late')(lambda t, dt: 0)", "order is one of"),
            ("dragoman.component('A', 3)", "declarations such as"),
            ("dragoman.component('A', 'x: f32'); dragoman.component('A', 'x: f64')", "declared twice"),
            ("dragoman.system(read=[3])(lambda t, dt: 0)", "read takes names"),
            ("dragoman.create_entity()", "only while a system runs"),
            ("dragoman.register_system(3)", "no update(delta_time)"),
            ("dragoman.spawn(lambda: 3)", "has no yield in it"),
        ):
            broker = self.broker("import dragoman\n" + source)
            with self.assertRaises(AssertionError) as caught:
                broker.start()
            self.assertIn(message, str(caught.exception))

    def test_verbs_are_served_between_runs_and_systems_are_none(self):
        broker = self.started(MOVE + "def add(a, b): return a + b\n")
        for method, expected in (("add", "__return__"), ("movement", "__error__")):
            broker.say("__call__", {"id": 1, "method": method, "params": [2, 3]})
            self.assertEqual(broker.hear()[0], expected)
            broker.tick()

    def test_a_second_attach(self):
        for kept in ("np.asarray(t.Position)['x']", "np.asarray(t.Position.x)", "memoryview(t.Position.x)"):
            source = f"import numpy as np\nkept = []\n{HEAD}\n@dragoman.system(write=['Position'])\n" + (
                f"def it(tables, dt):\n  for t in tables: kept.append((t, t.Position, {kept}))\n"
                "def look():\n"
                "  t, column, values = kept[0]\n"
                "  said = [float(sum(values))]\n"
                "  late = lambda: t.rows, lambda: column.x, lambda: len(column), lambda: column[0], lambda: t.Position\n"
                "  for use in late:\n"
                "    try: said.append(use())\n"
                "    except RuntimeError as error: said.append('earlier run' in str(error))\n"
                "  return said\n"
            )
            broker = self.started(source)
            broker.tick()
            for _ in range(3):
                broker.attach()
                broker.say("__call__", {"id": 1, "method": "look", "params": []})
                self.assertEqual(broker.expect("__return__")["value"], [6, True, True, True, True, True], kept)
                broker.tick()

    def test_attached_often_without_keeping_anything(self):
        source = f"import numpy as np\n{HEAD}\n@dragoman.system(write=['Position'])\ndef it(tables, dt):\n" + (
            "  for t in tables:\n"
            "    np.asarray(t.Position); np.asarray(t.Position.x); t.Position[0].x; memoryview(t.Position.y)\n"
            "def mapped(): return open('/proc/self/maps').read().count('memfd')\n"
        )
        broker = self.started(source)
        counts = []
        for _ in range(5):
            broker.tick()
            broker.attach()
            broker.say("__call__", {"id": 1, "method": "mapped", "params": []})
            counts.append(broker.expect("__return__")["value"])
        self.assertEqual(len(set(counts)), 1, counts)

    def test_without_a_plane_or_an_extension(self):
        broker = self.broker(MOVE, environment={"DRAGOMAN_PLANE": "1,2"})
        with self.assertRaises(AssertionError) as caught:
            broker.start()
        self.assertIn("DRAGOMAN_PLANE", str(caught.exception))
        broker = self.broker("import sys\nsys.modules['dragoman._dragoman_plane'] = None\n" + MOVE)
        with self.assertRaises(AssertionError) as caught:
            broker.start()
        self.assertIn("systems need dragoman's extension _dragoman_plane", str(caught.exception))


if __name__ == "__main__":
    unittest.main()
