"""What tests of bad saves say."""
import itertools
import shutil
from pathlib import Path

from running import eventually, processes
from watched import WatchedRun, player, save_in_place

HERE = Path(__file__).resolve().parent
numbers = itertools.count(1)

# Scripts that hold the conversation themselves, as a language of the game's own.
RAW = {
    "languages/raw/language.toml": 'name = "raw"\ntitle = "Raw"\nextensions = [".raw"]\n[run]\n'
                                   'command = ["/usr/bin/python3", "-u", "-I", "{script}"]\n',
}


def raw(body, version="VERSION"):
    return (HERE / "raw.py").read_text().replace("VERSION", version) + body


class Match(WatchedRun):
    """Tests of one file may share a match: each begins anew, and has to leave it as one that goes on."""

    seat, suffix = "1P", ".py"

    @property
    def script(self):
        return self.folder / "ml" / (self.seat + self.suffix)

    def play(self, text, **more):
        """Saves a version and waits until it answers: as `version`, which is new each time."""
        number = next(numbers)
        version = f"version {number}"
        if number % 10 == 0:
            self.rest()
        save_in_place(self.script, text.replace("VERSION", version))
        return self.wait_said("now", self.seat, version=version, **more)

    def rest(self):
        """Whoever saves again and again as soon as a version plays has to wait."""
        self.wait_ticks(30)

    def plays_on(self, ticks=3):
        self.wait_ticks(ticks)
        assert self.missed == [], self

    def fails(self, seat=None):
        """The failure of the next reload that comes to nothing."""
        return self.wait_step("failed", seat or self.seat)["failure"]


def leaves_nothing(match, files=True):
    mark = str(match.mark)
    assert eventually(lambda: not processes(mark), 5), f"left behind: {processes(mark)}"
    if files:
        left = [str(path) for path in match.mark.rglob("*") if path.name != "c"]
        assert left == [], f"left behind: {left}"


def clear(path):
    """Whatever is there is gone."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def fresh(suffix):
    """A player whose version is given a name when it is saved: Match.play()."""
    return player(suffix, "VERSION")
