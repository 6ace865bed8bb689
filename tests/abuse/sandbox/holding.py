"""Matches of a hostile script in the seat 1P against an honest one in 2P, in one tier of the sandbox, as one user."""
import ctypes
import hashlib
import json
import os
import secrets
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest
from players import player
from running import PATIENCE, Command, Ended, Running, end, eventually, processes

HERE = Path(__file__).resolve().parent
TIERS = ["bubblewrap", "cage", "landlock"]
TICKS = 12
NOBODY = 65534
AS_NOBODY = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
PR_SET_CHILD_SUBREAPER = 36


def adopt_orphans():
    """From now on a process that outlives its parents becomes a child of ours: none can hide, whatever its name."""
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def adopted(ours):
    """{pid: command} of living processes that nobody here has started."""
    found = {}
    for pid in map(int, Path("/proc/thread-self/children").read_text().split()):
        if pid in ours:
            continue
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
            if state == "Z":
                os.waitpid(pid, os.WNOHANG)
            else:
                found[pid] = Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
        except OSError:
            pass  # gone meanwhile
    return found


def traces():
    """What a run could leave on the machine besides processes and files."""
    shared = [name for name in os.listdir("/dev/shm")] if os.path.isdir("/dev/shm") else []
    tables = [line for kind in ("shm", "sem", "msg") for line in Path(f"/proc/sysvipc/{kind}").read_text().splitlines()[1:]]
    mounts = [line.split(" - ")[0].split()[4] for line in Path("/proc/self/mountinfo").read_text().splitlines()]
    mounts = [place for place in mounts if "/pytest-of-" not in place]  # other tests' full disks
    groups = [folder for folder, _, _ in os.walk("/sys/fs/cgroup") if "dragoman" in os.path.basename(folder)]
    return {"shared memory": sorted(shared), "System V": tables, "mounts": sorted(mounts), "cgroups": groups}


class Ground:
    """A folder that every user may read, with all that the tests of one session make. It is the mark of their processes."""

    def __init__(self, dragoman):
        self.dragoman = Path(dragoman)
        self.folder = Path(tempfile.mkdtemp(prefix="dragoman-abuse-", dir="/var/tmp"))
        self.folder.chmod(0o755)
        self.token = "secret-" + secrets.token_hex(12)
        self.secret = self.write("secret/secret.txt", self.token + "\n")
        self.honest = {"lua": self.write("honest/honest.lua", player("lua", "function vice() end")[1]),
                       "python": self.write("honest/honest.py", player("python", "def vice(): pass")[1])}

    def write(self, name, text):
        path = self.folder / name
        for folder in reversed(path.parents):
            if not folder.exists():
                folder.mkdir(mode=0o755)
                folder.chmod(0o755)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        path.chmod(0o644)
        return path

    def script(self, language, code, name="evil"):
        """The same code always lies in the same place, so that it is compiled once."""
        extension, text = player(language, code)
        return self.source(name + extension, text)

    def source(self, name, text, **beside):
        every = repr((name, text, sorted(beside.items())))
        folder = "scripts/" + hashlib.sha256(every.encode()).hexdigest()[:12]
        for other, content in beside.items():
            self.write(f"{folder}/{other}", content)
        return self.write(f"{folder}/{name}", text)

    def game(self, limits, copy_of=HERE / "game"):
        text = (copy_of / "dragoman.toml").read_text()
        for seat in ("1P", "2P"):
            mine = limits if seat == "1P" else {}
            text += "".join([f'\n[limits.{seat}]\n'] + [f"{name} = {json.dumps(value)}\n" for name, value in mine.items()]) if mine else ""
        folder = "games/" + hashlib.sha256(text.encode()).hexdigest()[:12]
        self.write(f"{folder}/game.lua", (copy_of / "game.lua").read_text())
        return self.write(f"{folder}/dragoman.toml", text).parent

    def files(self):
        """All that lies here but for the users' own folders."""
        return {str(path.relative_to(self.folder)) for path in self.folder.rglob("*") if "homes" not in path.parts}

    def remove(self):
        end(processes(str(self.folder)))
        shutil.rmtree(self.folder, ignore_errors=True)


class Pit(Command):
    """`dragoman` in one tier, as one user."""

    def __init__(self, ground, tier, user):
        self.ground, self.tier, self.user = ground, tier, user
        self.home = ground.folder / "homes" / user
        if not self.home.exists():
            ground.write(f"homes/{user}/.profile", "")
            (self.home / "cache").mkdir()
            if self.is_nobody:
                for path in (self.home, self.home / "cache"):
                    os.chown(path, NOBODY, NOBODY)
        super().__init__(ground.dragoman, self.home, self.home / "cache")

    @property
    def is_nobody(self):
        return self.user == "nobody" and os.geteuid() == 0

    def environment(self, more=None):
        mark, variables = super().environment(more)
        if self.is_nobody:
            os.chown(mark, NOBODY, NOBODY)
        return mark, {**variables, "HOME": str(self.home), "ABUSE_SECRET": self.ground.token}

    def begin(self, *arguments, before=(), **options):
        prefix = [*AS_NOBODY, *before] if self.is_nobody else list(before)
        return super().begin(*arguments, before=prefix, **options)

    def __call__(self, *arguments, seconds=PATIENCE, **options):
        before = self.ground.files(), traces()
        running = self.begin(*arguments, **options)
        ended = running.ends(seconds)
        self.leaves_nothing(ended, *before)
        return ended

    def leaves_nothing(self, ended, files, marks):
        assert self.ground.token not in ended.stdout + ended.stderr, f"the secret is out: {ended}"
        assert self.ground.files() == files, ended
        if not eventually(lambda: not adopted(ours=()), 5):
            left = adopted(ours=())
            end(left)
            raise AssertionError(f"left behind: {left}\n{ended}")
        if not eventually(lambda: traces() == marks, 5):
            raise AssertionError(f"left behind: {traces()}, there was {marks}\n{ended}")

    def in_tier(self, *options):
        return [*options] if self.tier == "default" else [*options, f"--sandbox={self.tier}"]

    def match(self, script, *options, limits=None, honest=None, seconds=PATIENCE, **more):
        """Plays the script against an honest one, which must not notice."""
        honest = honest or self.ground.honest["python" if str(script).endswith(".lua") else "lua"]
        game = self.ground.game(limits or {})
        ended = self("run", game, "-i", script, "-i", honest, "--json", *self.in_tier(*options), seconds=seconds, **more)
        return Match(ended)

    def plays(self, language, code, *options, **more):
        return self.match(self.ground.script(language, code), *options, **more)


class Match(Ended):
    """How it went for both."""

    def __init__(self, ended):
        super().__init__(ended.code, ended.stdout, ended.stderr, ended.seconds)

    def honest_plays_on(self, ticks=TICKS):
        assert self.report["end"] == "rounds_played", self
        self.unharmed("2P", ticks + 1)
        assert self.report["result"]["2P"]["commands"] == {f"f{n}": n for n in range(ticks)}, self

    def loses(self, outcomes, saying="", **more):
        """1P has lost its seat, in one of these ways; `saying` is a pattern of the reason."""
        failure = self.failure("1P")
        outcomes = [outcomes] if isinstance(outcomes, str) else outcomes
        assert failure["outcome"] in outcomes, f"{failure['outcome']} is none of {outcomes}: {failure['message']}\n{self}"
        self.lost("1P", failure["outcome"], saying, **more)
        assert self.code == (4 if failure["outcome"] == "compile_error" else 3), self
        self.honest_plays_on()
        return failure

    def loses_early(self, outcome):
        """As loses(), in a match of another length."""
        self.lost("1P", outcome)
        self.unharmed("2P")
        return self

    def goes_on(self):
        """The vice cost 1P nothing. What it returned."""
        self.unharmed("1P")
        self.honest_plays_on()
        assert self.code == 0, self
        return self.report["result"]["1P"]["commands"]["f4"]
