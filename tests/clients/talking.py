"""A whole conversation with a script at a time: its lines in, its lines out. For the tests of clients."""

import json
import os
import subprocess
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
