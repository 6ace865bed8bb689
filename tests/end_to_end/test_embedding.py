"""A C++ program that embeds the broker, built against an installed dragoman and nothing of the source tree."""
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

EMBED = Path(__file__).resolve().parents[2] / "examples/embed"


def run(*arguments, **options):
    done = subprocess.run([str(argument) for argument in arguments], capture_output=True, text=True, timeout=110, **options)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def installed(dragoman, tmp_path_factory):
    prefix = tmp_path_factory.mktemp("installed")
    run("cmake", "--install", dragoman.parent, "--prefix", prefix)
    return prefix


@pytest.fixture(scope="module")
def roshambo(installed, tmp_path_factory):
    folder = tmp_path_factory.mktemp("a copy") / "embed"
    shutil.copytree(EMBED, folder)
    run("cmake", "-S", folder, "-B", folder / "build", "-G", "Ninja", f"-DCMAKE_PREFIX_PATH={installed}")
    run("cmake", "--build", folder / "build")
    return folder


@pytest.mark.parametrize("first, second", [("copycat.py", "gambler.cpp"), ("counter.lua", "copycat.py")])
def test_the_embedding_program_plays_to_the_end(roshambo, installed, first, second):
    told = run(roshambo / "build/roshambo", roshambo / "ml" / first, roshambo / "ml" / second,
               env={**os.environ, "DRAGOMAN_HOME": str(installed / "share/dragoman")})
    scores = [int(score) for score in re.findall(r"^[12]P \S+ +(\d+)$", told, re.M)]
    assert len(scores) == 2, told
    assert sum(scores) > 0


def test_the_installed_command_finds_its_languages(installed):
    environment = {name: value for name, value in os.environ.items() if name != "DRAGOMAN_HOME"}
    assert "python" in run(installed / "bin/dragoman", "languages", env=environment).lower()
