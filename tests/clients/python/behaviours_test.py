#!/usr/bin/env python3
"""Coroutines."""

import unittest

from systems_support import HEAD, Systems



class Coroutines(Systems):
    def said(self, top, system="", ticks=4, dt=0.5, more=""):
        source = f"{HEAD}{top}\n@dragoman.system()\ndef first(tables, dt):\n  print('|', end=' ')\n{system}\n{more}"
        broker = self.started(source)
        for _ in range(ticks):
            broker.tick(dt=dt)
        return broker.errors()

    def test_yield_and_waits(self):
        top = """
def each(): 
    while True:
        print("e", end=" "); yield
def slow():
    yield dragoman.wait(1.0); print("1s", end=" ")
    yield dragoman.wait_ticks(2); print("2t", end=" ")
    yield from inner()
def inner():
    yield dragoman.wait(0); print("done", end=" ")
n = 0
def until():
    yield dragoman.wait_until(lambda: n > 2); print("n>2", end=" ")
dragoman.spawn(slow); dragoman.spawn(until); dragoman.spawn(each)
"""
        said = self.said(top, "  global n; n += 1", ticks=7)
        self.assertEqual(said, "| e | e | 1s n>2 e | e | 2t e | done e | e ")

    def test_in_order_of_creation(self):
        top = """
def one(name, waits):
    print(name, end=" ")
    yield waits
    print(name, end=" ")
for name, waits in zip("abcd", (dragoman.wait_ticks(1), dragoman.wait(0.5), dragoman.wait_until(lambda: True), None)):
    dragoman.spawn(one, name, waits)
"""
        self.assertEqual(self.said(top, ticks=3), "| a b c d | a b c d | ")

    def test_spawned_in_a_run_and_by_another(self):
        top = """
def child(n):
    print(n, end=" ")
    if n < 3: dragoman.spawn(child, n + 1)
    yield
"""
        self.assertEqual(self.said(top, "  if dragoman.tick() == 0: dragoman.spawn(child, 1)"), "| 1 2 3 | | | ")

    def test_belongs_to_its_system(self):
        top = "def loop(name):\n  while True:\n    print(name, end=' ')\n    yield\n"
        top += "dragoman.spawn(loop, 'f'); dragoman.spawn(loop, 's', system='second')"
        more = "@dragoman.system()\ndef second(tables, dt): pass\n"
        self.assertEqual(self.said(top, more=more, ticks=2), "| f | f ")

    def test_cancel_and_statistics(self):
        top = """
def forever():
    try:
        while True: yield dragoman.wait_ticks(100)
    finally: print("closed", end=" ")
def itself():
    dragoman.cancel(me); yield
a, b = dragoman.spawn(forever), dragoman.spawn(forever)
me = dragoman.spawn(itself)
"""
        system = """
  if dragoman.tick() == 1: assert dragoman.cancel(a) and not dragoman.cancel(a)
  if dragoman.tick() == 2: print(dragoman.statistics(), end=" ")
"""
        expected = "| | closed | {'alive': 1, 'waiting': 1, 'resumed': 3, 'finished': 2} | closed "
        said = self.said(top, system)
        self.assertEqual(said, expected[: len(said)] if said.endswith("| ") else expected)

    def test_errors_lead_into_the_coroutine(self):
        source = HEAD + (
            "def inner():\n  yield\n  return 1 / 0\ndef patrol():\n  yield from inner()\n"
            "dragoman.spawn(patrol)\n@dragoman.system()\ndef s(tables, dt): pass\n"
        )
        broker = self.started(source)
        broker.tick()
        with self.assertRaises(Exception) as caught:
            broker.tick()
        error = caught.exception.body
        self.assertEqual(error["source"], "return 1 / 0")
        self.assertIn("in patrol", error["trace"])
        self.assertIn("in the coroutine patrol (1)", error["trace"])
        self.assertNotIn("behaviours.py", error["trace"])

    def test_what_cannot_be_yielded(self):
        source = HEAD + "def bad(): yield 3\ndragoman.spawn(bad)\n@dragoman.system()\ndef s(tables, dt): pass\n"
        with self.assertRaises(Exception) as caught:
            self.started(source).tick()
        self.assertIn("a coroutine yields nothing, wait(seconds)", str(caught.exception))


if __name__ == "__main__":
    unittest.main()
