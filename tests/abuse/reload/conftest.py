"""Matches that are watched and go on, whatever is saved."""
import os
import subprocess
from contextlib import contextmanager

import pytest
from reloading import RAW, Match, leaves_nothing
from running import cache, end, processes  # noqa: F401  (fixtures)
from watched import judged_game

@pytest.fixture(scope="session")
def scratch(tmp_path_factory):
    """Makes folders whose paths are short: sockets lie below them."""
    return lambda: tmp_path_factory.mktemp("r")


@pytest.fixture(scope="session")
def watch(dragoman, cache, scratch):
    """Begins a match: `with watch({"1P.py": text}, "--option") as match`. Afterwards nothing of it may be left."""

    @contextmanager
    def begin(files, *options, seats=None, more="", extra=None, fps=100, tick_timeout="10s", before=(), environment=None, folder=None, edit=None):
        own = scratch()
        game = judged_game(folder or own / "game", files, seats, more)
        for name, text in {**RAW, **(extra or {})}.items():
            (game / name).parent.mkdir(parents=True, exist_ok=True)
            (game / name).write_text(text)
        if edit:
            (game / "judge.py").write_text(edit((game / "judge.py").read_text()))
        mark = own / "tmp"
        mark.mkdir()
        variables = {"TMPDIR": str(mark), "TZ": str(mark).lstrip("/"), "XDG_CACHE_HOME": str(cache),
                     "DRAGOMAN_CONTROL": str(mark / "c"), "XDG_CONFIG_HOME": str(own / "config"), **(environment or {})}
        match = Match(dragoman, game, "--tick-timeout", tick_timeout, *options, fps=fps, env=variables, before=before)
        match.mark = mark
        try:
            with match:
                yield match
            leaves_nothing(match, files=match.process.returncode >= 0)  # who was killed leaves them to the next run
        finally:
            end(processes(str(mark)))

    return begin


@pytest.fixture
def small_disk(tmp_path):
    """Makes file systems of so many kilobytes."""
    if os.geteuid() != 0:
        pytest.skip("only root can mount a small disk")
    disks = []

    def mount(kilobytes):
        disk = tmp_path / f"disk{len(disks)}"
        disk.mkdir()
        if subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "none", disk], capture_output=True).returncode:
            pytest.skip("mounting is not allowed here")
        disks.append(disk)
        return disk

    yield mount
    for disk in disks:
        subprocess.run(["umount", "-l", disk], check=True)
