"""Random edits of three scripts, good ones, bad ones and others: the right versions play, no tick is missed, nothing leaks.

DRAGOMAN_SOAK=1 makes a thousand of them."""
import os
import random
from pathlib import Path

from reloading import clear, fresh
from running import processes
from watched import player, save_in_place

LONG = bool(os.environ.get("DRAGOMAN_SOAK"))
EDITS = 1000 if LONG else 40
WARM_UP = EDITS // 5
SUFFIXES = [".py", ".lua"]
USES = {".py": ("import _helper_NP\n", "_helper_NP.py", "# VERSION\n"), ".lua": ('require("_helper_NP")\n', "_helper_NP.lua", "-- VERSION\n")}
BROKEN = {".py": "def (:\n", ".lua": "local = =\n", ".cpp": "int x = ;\n"}
FAILS = {".py": ("self.seen += 1", "raise KeyError('at once')"), ".lua": ("self.seen = self.seen + 1", "error('at once')")}
SPOILT = {".py": ('self.seen = data["seen"]', "raise KeyError('no state')"), ".lua": ("self.seen = data.seen", "error('no state')")}


class Edits:
    def __init__(self, match, seed):
        self.match, self.random, self.number = match, random.Random(seed), 0
        self.suffix = {"1P": ".py", "2P": ".lua", "3P": ".py"}
        self.missed = 0
        self.compiles = 2 if not LONG else 20

    def one(self):
        self.number += 1
        seat = self.random.choice(["1P", "2P", "3P"])
        self.match.seat, self.match.suffix = seat, self.suffix[seat]
        edits = [self.good, self.good, self.good, self.broken, self.fails, self.spoilt, self.dependency, self.renamed, self.away, self.language, self.burst]
        edit = self.random.choice([e for e in edits if not (self.match.suffix == ".cpp" and e in (self.fails, self.spoilt, self.dependency, self.burst, self.good))])
        edit(seat)
        return f"{edit.__name__} of {seat}"

    def plays(self):
        return self.match.wait_said("now", self.match.seat, version=f"edit {self.number}")

    def text(self, suffix=None):
        return player(suffix or self.match.suffix, f"edit {self.number}")

    def good(self, seat):
        save_in_place(self.match.script, self.text())
        assert self.plays()["seen"] == 1, self.match

    def broken(self, seat):
        save_in_place(self.match.script, self.text() + BROKEN[self.match.suffix])
        assert self.match.fails()["outcome"] == "compile_error"

    def fails(self, seat):
        """In its first tick, which is the one that it costs; or sooner, where it took its time and is given the scenes since."""
        save_in_place(self.match.script, self.text().replace(*FAILS[self.match.suffix]))
        event = self.match.wait(lambda e: e["event"] == "reload" and e["player"] == seat and e["step"] in ("failed", "rolled_back"), "a failure")
        self.missed += event["step"] == "rolled_back"
        if event["step"] == "failed":  # a file that comes for another seat would have it tried once more
            self.number += 1
            self.good(seat)

    def spoilt(self, seat):
        save_in_place(self.match.script, self.text().replace(*SPOILT[self.match.suffix]))
        assert self.match.fails()["outcome"] == "raised"

    def dependency(self, seat):
        """A script that uses another file, which is then saved."""
        line, name, text = USES[self.match.suffix]
        helper = self.match.folder / "ml" / name.replace("NP", seat)
        save_in_place(helper, text)
        save_in_place(self.match.script, line.replace("NP", seat) + self.text())
        self.plays()
        save_in_place(helper, text + text)
        self.match.wait_step("swapped", seat)
        self.number += 1
        self.good(seat)

    def renamed(self, seat):
        new = self.match.folder / f"ml/.{seat}.new"
        new.write_text(self.text())
        new.rename(self.match.script)
        assert self.plays()["seen"] == 1, self.match

    def away(self, seat):
        """And come back, before it is given up."""
        aside = self.match.folder / f"ml/.{seat}.aside"
        self.match.script.rename(aside)
        aside.write_text(self.text())
        aside.rename(self.match.script)
        assert self.plays()["seen"] == 1, self.match

    def burst(self, seat):
        for n in range(10):
            save_in_place(self.match.script, player(self.match.suffix, f"burst {self.number}.{n}"))
        self.good(seat)

    def language(self, seat):
        others = [suffix for suffix in SUFFIXES if suffix != self.match.suffix]
        if self.compiles and seat == "3P" and self.match.suffix != ".cpp":
            self.compiles -= 1
            others = [".cpp"]
        clear(self.match.script)
        self.match.suffix = self.suffix[seat] = self.random.choice(others)
        version = "cpp" if self.match.suffix == ".cpp" else f"edit {self.number}"  # compiled once
        save_in_place(self.match.script, player(self.match.suffix, version))
        assert self.match.wait_said("now", seat, version=version)["seen"] == 1, self.match


class Held:
    """What a run holds."""

    def __init__(self, match):
        process = Path(f"/proc/{match.process.pid}")
        links = [os.readlink(link) for link in (process / "fd").iterdir()]
        self.kept = sum("/builds/" in link for link in links)  # compiled versions that can be brought back
        self.descriptors = len(links) - self.kept
        self.memory = int((process / "statm").read_text().split()[1]) * 4096
        self.processes = len(processes(str(match.mark)))


def at_rest(match, what=lambda held: True):
    """When probations are over, what was replaced is gone, and no compiler is at work any more."""
    for _ in range(400):
        match.wait_ticks(20)
        held = Held(match)
        if what(held):
            break
    return held


def test_random_edits_leave_the_right_versions_and_nothing_else(watch):
    seed = int(os.environ.get("DRAGOMAN_SEED", 0)) or random.randrange(10**6)
    with watch({"1P.py": player(".py"), "2P.lua": player(".lua"), "3P.py": player(".py")}, "--probation", "3") as match:
        edits = Edits(match, seed)
        before, done = None, []
        for number in range(EDITS):
            if number == WARM_UP:
                before = at_rest(match)
            if number % 10 == 0:
                match.rest()
            done.append(edits.one())
            match.wait_ticks(4)
            assert len(match.said("missed")) == edits.missed, (seed, done[-5:], str(match))
        for seat in ("1P", "2P", "3P"):
            match.seat, match.suffix = seat, edits.suffix[seat]
            if match.suffix != ".cpp":
                match.play(fresh(match.suffix), seen=1)
        after = at_rest(match, lambda held: held.processes <= before.processes and held.descriptors <= before.descriptors)
        assert after.kept <= 3 * 5, vars(after)
        told = (seed, vars(before), vars(after), done)
        assert after.processes <= before.processes and after.descriptors <= before.descriptors, told
        if LONG:
            assert after.memory <= before.memory * 1.05, told
        assert [e for e in match.events if e["event"] == "failure"] == [], told
        numbers = [event["tick"] for event in match.events if event["event"] == "tick"]
        assert numbers == list(range(numbers[0], numbers[0] + len(numbers))), told
        assert {e["outcome"] for e in match.events if e["event"] == "outcome"} <= {"raised"}, told
        print(f"seed {seed}: {vars(before)} then {vars(after)}")
