"""Runs the `dragoman` command for tests, looks at what it reports, and finds the processes that it left behind."""
import json
import os
import re
import signal
import socket
import subprocess
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
UNRULY = ROOT / "tests/conformance/scripts"
PATIENCE = 100  # seconds for a whole run: a test that hangs says so itself


def eventually(true, seconds):
    """Whether it becomes true within the time."""
    until = time.monotonic() + seconds
    while not true():
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True


def control(path, command, **members):
    """The result of one request to a run's control socket, which may not be there yet."""
    assert eventually(Path(path).exists, 60), path
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(60)
        client.connect(str(path))
        client.sendall(json.dumps({"command": command, **members}).encode() + b"\n")
        answer = json.loads(client.makefile("rb").readline())
    assert answer["ok"], answer
    return answer["result"]


def processes(mark):
    """{pid: command line} of the living processes that have `mark` in their environment or command line."""
    found = {}
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit() or int(folder.name) == os.getpid():
            continue
        try:
            command = (folder / "cmdline").read_bytes()
            if mark.lstrip("/").encode() in (folder / "environ").read_bytes() + command:
                found[int(folder.name)] = command.replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            pass  # gone meanwhile, or another user's
    return found


def end(pids):
    for pid in pids:
        try:
            os.kill(pid, signal.SIGKILL)
        except OSError:
            pass  # it was quicker


class Ended:
    """What a run said, and how it ended."""

    def __init__(self, code, stdout, stderr, seconds):
        self.code, self.stdout, self.stderr, self.seconds = code, stdout, stderr, seconds

    def __str__(self):
        return f"code {self.code} after {self.seconds:.1f} s\n--- stdout\n{self.stdout[-6000:]}\n--- stderr\n{self.stderr[-3000:]}"

    __repr__ = __str__

    @property
    def report(self):
        try:
            return json.loads(self.stdout)
        except ValueError:
            raise AssertionError(f"no JSON document on stdout: {self}") from None

    @property
    def events(self):
        return [json.loads(line) for line in self.stdout.splitlines()]

    def player(self, name):
        return next(player for player in self.report["players"] if player["name"] == name)

    def failure(self, name):
        failure = self.report["game_failure"] if name == "game" else self.player(name)["failure"]
        assert failure, f"{name} has not failed: {self}"
        return failure

    def ended_with(self, code):
        assert self.code == code, self
        return self

    def lost(self, name, outcome, saying="", **more):
        """The script has failed in this way; `saying` is a pattern found in the message, `more` are members of the failure."""
        failure = self.failure(name)
        assert failure["outcome"] == outcome, failure
        assert re.search(saying, failure["message"], re.I | re.S), failure
        for key, value in more.items():
            assert failure[key] == value, (key, failure)
        if failure["used_ms"] is not None and failure["allowed_ms"] is not None:
            assert failure["used_ms"] <= failure["allowed_ms"] + 2000, failure
        return failure

    def unharmed(self, name, ticks=None):
        """All its ticks were well, to the end of the match."""
        player = self.player(name)
        assert player["failure"] is None, player
        assert set(player["outcomes"]) == {"ok"}, player
        assert ticks is None or player["outcomes"]["ok"] == ticks, player
        return player


class Running:
    """A run that has not ended yet."""

    def __init__(self, process, mark):
        self.process, self.mark, self.began = process, mark, time.monotonic()

    def ends(self, seconds=PATIENCE):
        try:
            stdout, stderr = self.process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            stdout, stderr = self.process.communicate()
            raise AssertionError(f"still running after {seconds} s: {stdout[-3000:]!r} {stderr[-3000:]!r}") from None
        ended = Ended(self.process.returncode, stdout.decode(errors="replace"), stderr.decode(errors="replace"),
                      time.monotonic() - self.began)
        self.leaves_nothing(ended)
        return ended

    def leaves_nothing(self, ended=""):
        if not eventually(lambda: not processes(self.mark), 10):
            left = processes(self.mark)
            end(left)
            raise AssertionError(f"left behind: {left}\n{ended}")

    def has_processes(self, pattern):
        return self.pid_of(pattern) is not None

    def pid_of(self, pattern):
        """The broker's arguments name its scripts too, so it is left out."""
        return next((pid for pid, command in processes(self.mark).items()
                     if pid != self.process.pid and re.search(pattern, command)), None)


class Command:
    """`dragoman` with a cache and a mark of its own: the user's variables have it, and TZ, the only one that scripts inherit
    (a zone that there is not is UTC)."""

    def __init__(self, path, folder, cache):
        self.path, self.folder, self.cache, self.runs = Path(path), Path(folder), Path(cache), 0

    def environment(self, more=None):
        self.runs += 1
        mark = self.folder / f"run-{self.runs}-of-{os.getpid()}"
        mark.mkdir(parents=True, exist_ok=True)
        kept = {name: value for name, value in os.environ.items() if name == "DRAGOMAN_HOME" or not name.startswith("DRAGOMAN")}
        return str(mark), {**kept, "TMPDIR": str(mark), "TZ": str(mark).lstrip("/"), "XDG_CACHE_HOME": str(self.cache), "NO_COLOR": "1",
                           "XDG_CONFIG_HOME": str(self.folder / "config"), **(more or {})}

    def begin(self, *arguments, before=(), environment=None, **options):
        mark, variables = self.environment(environment)
        words = [*before, self.path, *arguments]
        process = subprocess.Popen([str(word) for word in words], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, env=variables, start_new_session=True, **options)
        return Running(process, mark)

    def __call__(self, *arguments, seconds=PATIENCE, **options):
        return self.begin(*arguments, **options).ends(seconds)


@pytest.fixture(scope="session")
def cache(tmp_path_factory):
    """One build cache for all tests: what several of them use is compiled once."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def command(dragoman, cache, tmp_path):
    yield Command(dragoman, tmp_path / "runs", cache)
    end(processes(str(tmp_path / "runs")))  # of a test that failed in the middle of a run
