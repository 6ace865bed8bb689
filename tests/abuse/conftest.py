"""Matches between a script that misbehaves and one that does not."""
import shutil
import os
import subprocess
from pathlib import Path

import pytest
from abusing import HERE, Bare, Unruly
from running import UNRULY, cache, command  # noqa: F401  (fixtures)

EXTENSIONS = {"python": ".py", "lua": ".lua", "cpp": ".cpp"}


@pytest.fixture(params=EXTENSIONS)
def language(request):
    return request.param


@pytest.fixture(scope="session")
def bare_program(tmp_path_factory):
    """bare.cpp, compiled."""
    program = tmp_path_factory.mktemp("bare") / "bare"
    subprocess.run(["g++", "-std=c++17", "-O1", HERE / "scripts/bare.cpp", "-o", program], check=True)
    return program


@pytest.fixture
def steady(bare_program):
    """What to give to -i for a player that answers each scene with its frame."""
    return f"cmd:'{bare_program}' steady 0"


def home_of(dragoman):
    """Where the command under test has its clients."""
    if "DRAGOMAN_HOME" in os.environ:
        return Path(os.environ["DRAGOMAN_HOME"])
    places = [dragoman.parent / "share/dragoman", dragoman.parent.parent / "share/dragoman"]
    return next(place for place in places if place.exists())


@pytest.fixture
def bare(command, language, dragoman, bare_program, steady):
    script = HERE / f"scripts/bare{EXTENSIONS[language]}"
    words = {"python": f"/usr/bin/python3 -u '{script}'", "cpp": f"'{bare_program}'",
             "lua": f"env -u DRAGOMAN_OUTPUT '{home_of(dragoman)}/clients/lua/dragoman-lua' '{script}'"}
    return Bare(command, words[language], steady)


@pytest.fixture
def unruly(command, language, steady):
    return Unruly(command, UNRULY / f"unruly{EXTENSIONS[language]}", steady)


@pytest.fixture
def folder_with(tmp_path):
    """Makes a game's folder of texts: {"game.py": ..., "ml/a.py": ...}."""

    def make(files, name="made", copy_of=None):
        folder = tmp_path / name
        if copy_of:
            shutil.copytree(copy_of, folder)
        for file, text in files.items():
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            (folder / file).write_text(text)
        return folder

    return make
