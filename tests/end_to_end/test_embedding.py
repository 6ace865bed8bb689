"""A C++ program that embeds the broker, built against an installed dragoman and nothing of the source tree."""
import itertools
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.timeout(600)  # it compiles a program of its own

EMBED = Path(__file__).resolve().parents[2] / "examples/embed"


def run(*arguments, **options):
    done = subprocess.run([str(argument) for argument in arguments], capture_output=True, text=True, timeout=500, **options)
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


def test_a_script_that_is_saved_takes_over_in_the_embedding_program(roshambo, installed, tmp_path):
    scripts = [Path(shutil.copy(roshambo / "ml" / name, tmp_path)) for name in ("counter.lua", "copycat.py")]
    process = subprocess.Popen([roshambo / "build/roshambo", "--watch", *scripts], stdout=subprocess.PIPE, text=True,
                               env={**os.environ, "DRAGOMAN_HOME": str(installed / "share/dragoman")})

    def tells(line):
        return any(told.startswith(line) for told in itertools.islice(process.stdout, 20))

    try:
        assert tells("watching")
        scripts[0].write_text(scripts[0].read_text() + "-- saved\n")
        assert tells("1P: version 2 swapped")
        scripts[0].write_text("this is no Lua\n")
        assert tells("1P: version 3 failed: ")
    finally:
        process.kill()
        process.wait()


def test_the_installed_command_finds_its_languages(installed):
    environment = {name: value for name, value in os.environ.items() if name != "DRAGOMAN_HOME"}
    assert "python" in run(installed / "bin/dragoman", "languages", env=environment).lower()
