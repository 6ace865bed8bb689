"""Worlds of systems: a folder with scripts of several languages is run, and what became of the world is looked at."""
import json

import pytest
from running import Ended

TICKS = 8

# 64 ticks in a second: dt is a power of two, so that arithmetic on small numbers is exact in every language.
MANIFEST = """name = "world"
fps = 64
ticks = {ticks}
{toml}
[systems]
{systems}
"""

# What most worlds begin with: rows in three tables.
SPAWN = """import dragoman

dragoman.component("Position", "x: f32", "y: f32", "z: f32")
dragoman.component("Velocity", "x: f32", "y: f32", "z: f32 = 1")
dragoman.component("Count", "n: i32")
dragoman.component("Frozen")

@dragoman.system(order="Startup", creates=600)
def spawn(tables, dt):
    rows = list(range(200))
    dragoman.create_many(200, Position={"x": rows}, Velocity={"x": 2, "y": rows}, Count={"n": rows})
    dragoman.create_many(200, Position={"y": rows}, Velocity={"x": rows}, Count={"n": 7}, Frozen={})
    dragoman.create_many(200, Position={"z": rows}, Count={"n": rows})
"""


class WorldRun(Ended):
    """What came of it: the events, and the report that is the last of them."""

    @property
    def report(self):
        last = self.events[-1] if self.stdout else {}
        assert last.get("event") == "end", self
        return last["report"]

    @property
    def hashes(self):
        """The world's hash, tick by tick."""
        return [event["world_hash"] for event in self.events if event["event"] == "tick"]

    def script(self, name):
        found = [script for script in self.report["system_scripts"] if script["name"] == f"systems/{name}"]
        assert found, (name, self)
        return found[0]

    def system(self, name):
        return next(system for system in self.report["systems"] if system["name"] == name)

    def failure(self, name):
        failure = self.script(name)["failure"] if name != "game" else self.report["game_failure"]
        assert failure, f"{name} has not failed: {self}"
        return failure

    def player(self, name):
        return self.script(name)

    def well(self):
        """Nobody has failed, to the end."""
        assert self.code == 0 and self.report["end"] in ("ticks_played", "rounds_played"), self
        return self

    def said(self, name):
        return self.script(name)["stdout_tail"]


class World:
    """Makes folders of systems and runs them."""

    def __init__(self, command, folder):
        self.command, self.folder, self.made = command, folder, 0

    def make(self, systems, ticks=TICKS, toml="", more="", **files):
        """`systems` are the scripts by name; `more` are keys of [systems]."""
        self.made += 1
        folder = self.folder / f"world-{self.made}"
        files = {"dragoman.toml": MANIFEST.format(ticks=ticks, toml=toml, systems=more), **files,
                 **{f"systems/{name}": text for name, text in systems.items()}}
        for name, text in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text)
        return folder

    def __call__(self, systems, *options, seconds=60, **made):
        return self.run(self.make(systems, **made), *options, seconds=seconds)

    def run(self, folder, *options, seconds=60):
        timeout = () if "--tick-timeout" in options else ("--tick-timeout", "5s")
        ended = self.command("run", folder, "--jsonl", *timeout, *options, seconds=seconds)
        return WorldRun(ended.code, ended.stdout, ended.stderr, ended.seconds)


@pytest.fixture
def world(command, tmp_path):
    return World(command, tmp_path)
