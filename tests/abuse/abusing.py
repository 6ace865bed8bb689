"""Matches of a script that misbehaves, in the seat 1P, against a steady one in 2P."""
import json
from pathlib import Path

HERE = Path(__file__).resolve().parent
GAME = HERE / "game"
TICKS = 60


def plays_on(ended, seat="2P", ticks=TICKS):
    """The other player was well to the end, and got its scenes in step."""
    assert ended.report["end"] == "rounds_played" and ended.report["rounds"] == 1, ended
    ended.unharmed(seat, ticks + 1)
    assert ended.report["result"][seat]["commands"] == list(range(ticks)), ended


class Bare:
    """A match of `bare.*` in one language, which has the vice at frame 50, against a steady player."""

    FRAME = 50

    def __init__(self, command, words, steady):
        self.command, self.words, self.steady = command, words, steady

    def with_vice(self, vice, *options, ticks=TICKS):
        return self.command("run", GAME, "-i", f"cmd:{self.words} {vice} {self.FRAME}", "-i", self.steady,
                            "--json", "--param", f"ticks={ticks}", *options)

    def loses(self, vice, outcome, saying, *options, code=3, **more):
        """The vice costs 1P its seat; the other one plays to the end."""
        ended = self.with_vice(vice, *options).ended_with(code)
        ended.lost("1P", outcome, saying, **more)
        plays_on(ended)
        return ended

    def plays_on_with(self, vice, *options):
        """The vice costs nothing: each command of both arrived, in step."""
        ended = self.with_vice(vice, *options).ended_with(0)
        for seat in ("1P", "2P"):
            ended.unharmed(seat, TICKS + 1)
            assert ended.report["result"][seat]["commands"] == list(range(TICKS)), ended
        return ended


class Unruly:
    """A match of the conversations' `unruly.*` in one language against a steady player."""

    FRAME = 50

    def __init__(self, command, script, steady):
        self.command, self.script, self.steady = command, script, steady

    def does(self, vice, *options, **keys):
        scenes = {str(self.FRAME): {"do": vice, **keys}}
        return self.command("run", GAME, "-i", self.script, "-i", self.steady, "--json", "--param",
                            f"vice={json.dumps(scenes)}", *options)

    def on_reset(self, vice, *options):
        scenes = {str(self.FRAME): {"on_reset": vice, "status": "GAME_OVER"}}
        return self.command("run", GAME, "-i", self.script, "-i", self.steady, "--json", "--param",
                            f"vice={json.dumps(scenes)}", *options)

    def at_start(self, vice, *options):
        return self.command("run", GAME, "-i", self.script, "-i", self.steady, "--json", "--param", f"init={vice}", *options)
