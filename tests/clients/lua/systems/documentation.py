"""The examples of docs/ecs.md for Lua run as they stand."""

import re
from pathlib import Path

from support import case

GUIDE = Path(__file__).resolve().parents[4] / "docs" / "ecs.md"
WORLD = {
    "Position": ["x: f32", "y: f32 = 1"], "Velocity": ["x: f32", "y: f32"], "Health": ["points: i32"], "Nest": [],
    "Frozen": [], "Hungry": [], "Target": ["x: f32"],
}  # fmt: skip


def examples():
    """The scripts in the guide's section on Lua: blocks that declare a system."""
    text = GUIDE.read_text(encoding="utf-8") if GUIDE.exists() else ""
    section = re.search(r"^## Lua\n(.*?)(?=^## |\Z)", text, re.S | re.M)
    blocks = re.findall(r"(?:^    .*\n|^\n)+", section.group(1), re.M) if section else []
    return [block for block in blocks if "dragoman.system" in block or "register_system" in block]


@case
def the_guides_examples_run(place):
    for text in examples():
        broker = place.broker(text, world=WORLD)
        name = broker.ready()["systems"][0]["name"]
        everything = {"Nest": {}, "Health": {"points": 2}, "Target": {}}
        places = [{"x": 1}, {"x": 2}, {"x": 2.5, "y": 1}]
        broker.add_table(3, Position=places, Velocity={"x": 2, "y": 4}, **everything)
        broker.add_table(2, Position={"x": 99}, Velocity={"x": 2}, Health={"points": 2}, Target={})
        broker.attach()
        written = ("Position", "Velocity", "Health", "Target")
        before = [broker.rows(component, 0) for component in written]
        for _ in range(20):
            commands = broker.run(name, creates=1000)
        after = [broker.rows(component, 0) for component in written]
        assert commands or before != after or "spawn" in text, text
        assert broker.end() == 0
