"""Compiles scripts as a language's manifest says."""

import subprocess
import tomllib


class CompileError(Exception):
    """What the compiler said at the first attempt."""


class Compiler:
    def __init__(self, client, manifest):
        self.client = client
        self.commands = tomllib.loads(manifest.read_text())["compile"]["commands"]

    def compile(self, script, source):
        """Writes the script, and returns its program and which of the manifest's commands made it."""
        script.write_text(source)
        build = script.parent / "build"
        build.mkdir(exist_ok=True)
        values = {"g++": "/usr/bin/g++", "gcc": "/usr/bin/gcc", "script": script, "client": self.client, "build": build, "output": build / "script"}
        first = None
        for number, command in enumerate(self.commands):
            for key, value in values.items():
                command = [word.replace("{%s}" % key, str(value)) for word in command]
            done = subprocess.run(command, capture_output=True, text=True)
            first = first or done
            if done.returncode == 0:
                return str(build / "script"), number
        raise CompileError(first.stderr)
