"""A whole conversation with a script at a time: its lines in, its lines out. For the tests of clients."""

import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ASK = ("__state__", {"ask": True})
SCENE = ("__scene_info__", {"frame": 7, "status": "GAME_ALIVE"})
UPDATE = ("__update__", {"frame": 7, "round": 3, "seed": 1, "dt": 0.1, "start": False, "commands": {}, "absent": {}})
TAKES = {"reload": {"version": 2, "state": True}}
KEEPS = {"keep_attributes": True}
READY = ("__command__", "READY")


def give(state):
    return ("__state__", {"give": state})


class Talking(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name).resolve()

    def write(self, name, text):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return str(path)

    def talk(self, argv, *lines, role="player", script="/none", **about):
        """All (header, body) that come back, but for hello, whose features are kept."""
        about = {"protocol": 1, "name": "1P", "role": role, "script": script, "params": {}} | about
        said = [("__init__", {"args": ["1P"], "kwargs": {}, "dragoman": about}), *lines]
        environment = {name: text for name, text in os.environ.items() if not name.startswith("DRAGOMAN_")}
        done = subprocess.run(
            argv, input="".join(f"{header} {json.dumps(body)}\n" for header, body in said),
            capture_output=True, text=True, timeout=60, env=environment, cwd=self.folder,
        )  # fmt: skip
        came = [line.partition(" ")[::2] for line in done.stdout.splitlines()]
        came = [(header, body if body in ("READY", "RESET") else json.loads(body)) for header, body in came]
        self.assertEqual("__hello__", came[0][0] if came else done.stderr)
        self.features = came.pop(0)[1]["features"]
        self.code = done.returncode
        return came


def compiled(language, client, script, build):
    """How the language's compile_script says that a script is run."""
    programs = {"go": ["go"], "java": ["javac", "java"], "rust": ["rustc", "cc"]}[language]
    paths = {name: next(at for at in (f"/usr/bin/{name}", name) if os.path.exists(at) or at == name) for name in programs}
    order = {"script": script, "build": build, "client": client, "programs": paths}
    compiler = Path(__file__).resolve().parents[2] / "compilers" / language / "compile_script"
    done = subprocess.run(
        ["/usr/bin/python3", compiler], input=json.dumps(order), capture_output=True, text=True, cwd=build, timeout=300,
    )  # fmt: skip
    if done.returncode != 0:
        raise RuntimeError(done.stderr)
    return json.loads(done.stdout)


class Compiled(Talking):
    """Talks to one program, which is compiled once for all tests of a class."""

    language = file = source = ""
    client = ""  # its folder: what main() was given

    @classmethod
    def setUpClass(cls):
        build = tempfile.TemporaryDirectory()
        cls.addClassCleanup(build.cleanup)
        path = Path(build.name, cls.file)
        path.write_text(cls.source)
        cls.argv = compiled(cls.language, cls.client, str(path), build.name)


class KeepsFields:
    """What holds in each language that can tell the fields of an object. The program is a player and a game, both
    without hooks; the game's `early` is set by its constructor, its `entity` and `over` are not."""

    kept = {}  # of the player
    unfit = ""  # fields of it that are no plain data
    round = ""  # the name of the game's field, which is the client's own

    def test_without_hooks_fields_of_plain_types_are_kept_on_request(self):
        came = self.talk(self.argv, ASK, ASK, SCENE, **KEEPS)
        self.assertIn("state", self.features)
        self.assertEqual(("__log__", "debug"), (came[1][0], came[1][1]["level"]))
        self.assertIn(f"no plain data: {self.unfit}", came[1][1]["message"])
        self.assertEqual([("__state__", {"state": self.kept})] * 2, came[2:4])

    def test_without_request_a_player_without_hooks_keeps_nothing(self):
        self.assertEqual([READY], self.talk(self.argv, **TAKES))
        self.assertNotIn("state", self.features)

    def test_a_game_keeps_what_its_constructor_has_not_set(self):
        state = {"early": "old", "entity": 12, "over": True, self.round: 9}
        came = self.talk(self.argv, give(state), UPDATE, ASK, role="game", **TAKES)
        self.assertEqual({"1P": ["new", 12, True, 3]}, came[2][1]["scenes"])
        self.assertEqual({"state": {"early": "new", "entity": 12, "over": True}}, came[3][1])


def main():
    Compiled.client = sys.argv.pop(1)
    unittest.main()
