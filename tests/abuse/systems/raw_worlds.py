"""Scripts with systems and no client (raw/), beside an honest one."""
import json
import shutil
from pathlib import Path

from worlds import TICKS, World

HERE = Path(__file__).resolve().parent

LANGUAGE = """name = "raw"
title = "a script without a client"
extensions = [".raw"]
[run]
command = ["{language}/raw", "{script}"]
"""

# The world that is to be harmed: an honest script writes Count and Trail in each tick; Own is for the others.
HONEST = """import dragoman

dragoman.component("Count", "n: f64")
dragoman.component("Trail", "a: f32", "b: f32")
dragoman.component("Own", "a: i32", "b: i32")

@dragoman.system(order="Startup", creates=2000)
def spawn(tables, dt):
    dragoman.create_many(1000, Count={}, Trail={}, Own={})
    dragoman.create_many(1000, Count={"n": 5}, Own={"a": 1, "b": 1})

@dragoman.system(write=["Count", "Trail"], optional=["Trail"], order="PostUpdate")
def honest(tables, dt):
    for t in tables:
        dragoman.kernels.affine(t.Count, 1, 1)
        if t.Trail is not None:
            dragoman.kernels.affine(t.Trail, 1, 2)
"""


def raw(vice, tick=2, number=0, components=(), **system):
    """A raw script's text: what it does in which tick, and the system that it declares (Own is written, if nothing is said)."""
    system = {"name": "bad", "write": ["Own"], **system}
    hello = {"protocol": 1, "client": "raw", "role": "system", "features": ["plane"], "components": list(components), "systems": [system]}
    return f"{vice} {tick} {number}\n{json.dumps(hello)}\n"


class RawWorld(World):
    """An honest script, and others that are not."""

    def __init__(self, command, folder, program):
        super().__init__(command, folder)
        self.program = program

    def make(self, systems, **options):
        folder = super().make({"honest.py": HONEST, **systems}, **{"languages/raw/language.toml": LANGUAGE, **options})
        shutil.copy(self.program, folder / "languages/raw/raw")
        return folder

    def with_vice(self, vice, *options, tick=2, number=0, system=None, **made):
        """One script misbehaves in this tick; the honest one is well in each."""
        ended = self({"bad.raw": raw(vice, tick, number, **(system or {}))}, *options, **made)
        return self.honest_was_well(ended, made.get("ticks", TICKS))

    def honest_was_well(self, ended, ticks=TICKS):
        assert ended.report["end"] == "ticks_played", ended
        assert len(ended.hashes) == ticks and len(set(ended.hashes)) == ticks, ended
        assert ended.system("honest")["runs"] == ticks, ended
        assert ended.script("honest.py")["failure"] is None, ended
        return ended

    def loses(self, vice, outcome, saying, *options, tick=2, **more):
        ended = self.with_vice(vice, *options, tick=tick, **more)
        ended.lost("bad.raw", outcome, saying, tick=tick)
        assert ended.code == 3, ended
        return ended
