#!/usr/bin/env python3
"""The examples of docs/ecs.md for Python run as they stand."""

import re
import unittest
from pathlib import Path

from systems_support import Systems

GUIDE = Path(__file__).resolve().parents[3] / "docs" / "ecs.md"
WORLD = {"Position": ["x: f32", "y: f32"], "Velocity": ["x: f32", "y: f32"], "Target": ["x: f32"], "Health": ["points: i32"]}


def examples():
    """The scripts in the guide's section on Python: blocks that import the client."""
    text = GUIDE.read_text(encoding="utf-8") if GUIDE.exists() else ""
    section = re.search(r"^## Python\n(.*?)(?=^## |\Z)", text, re.S | re.M)
    blocks = re.findall(r"(?:^    .*\n|^\n)+", section.group(1), re.M) if section else []
    return [re.sub("^    ", "", block, flags=re.M) for block in blocks if "import dragoman" in block]


class Guide(Systems):
    def test_examples(self):
        rows = [{"x": 3 * i, "y": 2} for i in range(6)]
        table = {"Position": rows, "Velocity": rows, "Target": [{}] * 6, "Health": [{"points": 1}] * 6}
        for text in examples():
            with self.subTest(text[:200]):
                broker = self.started(text, [table], more=WORLD)
                told = [broker.tick() for _ in range(20)]
                now = [broker.rows(name) for name in ("Position", "Velocity", "Target") if (name, "arena") in broker.arenas]
                self.assertTrue(any(told) or any(column not in (rows, [{"x": 0}] * 6) for column in now))


if __name__ == "__main__":
    unittest.main()
