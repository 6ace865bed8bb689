"""Scripts as the broker starts them, for tests that say all of their lines at once and read what came."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

CLIENT = Path(sys.argv.pop(1)).absolute()
WARM_START = os.environ.get("WARM_START")  # the program of that name: then scripts are forked instead of started
SCENE = '__scene_info__ {"frame": 0, "status": "GAME_ALIVE"}'


def talk(script, *lines, init):
    """What a script says, as its client sends it; its exit code, and its plain output."""
    run = [WARM_START, str(script)] if WARM_START else ["/usr/bin/python3", "-u", str(CLIENT / "run.py"), str(script)]
    said = "".join(line + "\n" for line in ["__init__ " + json.dumps(init), *lines])
    with tempfile.NamedTemporaryFile("r") as output:
        command = ["/bin/sh", "-c", 'output=$1; shift; exec "$@" 3>"$output"', "sh", output.name, *run]
        environment = os.environ | {"DRAGOMAN_OUTPUT": "3"}
        done = subprocess.run(command, input=said, capture_output=True, text=True, timeout=60, env=environment)
        if WARM_START and done.returncode in (125, 126):
            raise AssertionError(done.stderr)
        return done.stdout.splitlines(), done.returncode, output.read()


class Folder(tempfile.TemporaryDirectory):
    """One with a script in it, and what lies beside."""

    def __init__(self, source, **neighbours):
        super().__init__()
        self.script = Path(self.name, "a script é.py")
        self.script.write_text(source)
        for name, text in neighbours.items():
            Path(self.name, f"{name}.py").write_text(text)

    def __enter__(self):
        super().__enter__()
        return self
