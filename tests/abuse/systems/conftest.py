"""Worlds with an honest script and others that are not: see raw_worlds.py."""
import subprocess

import pytest
from raw_worlds import HERE, RawWorld
from running import ROOT, Command, cache, command  # noqa: F401  (fixtures)
from worlds import TICKS


@pytest.fixture(scope="session")
def raw_program(tmp_path_factory):
    program = tmp_path_factory.mktemp("raw") / "raw"
    sources = sorted((HERE / "raw").glob("*.c"))
    subprocess.run(["gcc", "-std=gnu17", "-O1", "-static", f"-I{ROOT}", *sources, "-o", program], check=True)
    return program


@pytest.fixture
def bad(command, raw_program, tmp_path):
    return RawWorld(command, tmp_path, raw_program)


@pytest.fixture(scope="session")
def stopped_at(cache, raw_program, dragoman, tmp_path_factory):  # noqa: F811
    """The hashes of a world in which the bad script is good, until it is taken out in that tick."""
    kept = {}
    folder = tmp_path_factory.mktemp("references")
    world = RawWorld(Command(dragoman, folder / "runs", cache), folder, raw_program)

    def ask(tick, ticks=TICKS, **system):
        key = (tick, ticks, repr(system))
        if key not in kept:
            kept[key] = world.with_vice("leaves", tick=tick, system=system, ticks=ticks).hashes
        return kept[key]

    return ask
