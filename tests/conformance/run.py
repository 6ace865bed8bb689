#!/usr/bin/env python3
"""Holds every *.conversation with every language's scripts. See README.md."""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from conversation import Conversation, Mismatch
from process import Process

HERE = Path(__file__).resolve().parent
COMPILERS = HERE.parent.parent / "compilers"
SOURCES = {"broken": "this ) is ( not { a script\n", "empty": ""}  # a source text that is wrong in every language


class Skipped(Exception):
    pass


class CompileError(Exception):
    pass


class Language:
    """How this language's scripts are started: as `dragoman compile` says, or by a given command."""

    def __init__(self, name, suffix, options, folder):
        self.name, self.suffix, self.options, self.folder = name, suffix, options, folder
        self._compiled = {}
        self._compiling = threading.Lock()

    def script(self, kind):
        if kind == "unruly" and self.options.script:
            return self.options.script.resolve()
        if kind in SOURCES:
            script = self.folder / f"{self.name}_{kind}{self.suffix}"
            script.write_text(SOURCES[kind])
            return script
        script = HERE / "scripts" / f"{kind}{self.suffix}"
        if not script.exists():
            raise Skipped(f"no scripts/{script.name}")
        return script

    def how_to_run(self, script, kind):
        if not self.options.command:
            return self._compile(script)
        if kind != "unruly" and not any("{script}" in word for word in self.options.command):
            raise Skipped("--command has no {script}")
        command = [word.replace("{script}", str(script)) for word in self.options.command]
        return {"command": command, "channel": self.options.channel}

    def _compile(self, script):
        with self._compiling:  # once, however many conversations wait for it
            if script not in self._compiled:
                self._compiled[script] = self._compile_now(script)
        done = self._compiled[script]
        if isinstance(done, Exception):
            raise done
        return done

    def _compile_now(self, script):
        compiler = [str(self.options.dragoman), "compile", str(script), "--json"]
        try:
            done = subprocess.run(compiler, capture_output=True, text=True, timeout=self.options.compile_timeout)
        except (OSError, subprocess.TimeoutExpired) as error:
            return Mismatch(f"`dragoman compile` cannot be asked: {error}")
        if done.returncode != 0:
            return CompileError((done.stderr + done.stdout).strip() or f"exit {done.returncode}")
        return json.loads(done.stdout)

    def missing(self):
        """Why its scripts cannot run on this machine; empty when they can."""
        manifest = COMPILERS / self.name / "language.toml"
        if self.options.command or not manifest.exists():
            return ""
        needs = tomllib.loads(manifest.read_text()).get("needs", [])
        return ", ".join(
            f"{need['program']} is missing (package {need['package']})"
            for need in needs
            if not shutil.which(need["program"])
        )


def hold(language, conversation, options):
    """One conversation with one language: "" when it was held, else what went wrong."""
    if language.name in conversation.exceptions:
        raise Skipped(conversation.exceptions[language.name])
    script = language.script(conversation.script)
    try:
        how = language.how_to_run(script, conversation.script)
    except CompileError as error:
        if conversation.script in SOURCES:  # refused before it could speak, which is as good
            return "" if script.name in str(error) else f"its message does not name {script.name}: {error}"
        raise Mismatch(f"does not compile: {error}") from None
    if conversation.classic and how.get("channel") == "private":
        raise Skipped("its channel is private")
    process = Process(how, conversation.classic)
    try:
        conversation.hold(process, script, options.timeout)
        return ""
    except Mismatch as mismatch:
        return f"{mismatch}{_last('stderr', process.stderr)}{_last('output', process.output)}"
    finally:
        process.end()


def _last(name, stream):
    if stream is None or not stream.lines:
        return ""
    return f"\n{name} ends:\n" + "\n".join("  | " + line[:300] for line in stream.lines[-10:])


def languages(options, folder):
    if options.command:
        suffix = options.script.suffix if options.script else ".txt"
        return [Language(suffix.lstrip("."), suffix, options, folder)]
    found = []
    for manifest in sorted(COMPILERS.glob("*/language.toml")):
        about = tomllib.loads(manifest.read_text())
        suffix = next((end for end in about["extensions"] if (HERE / "scripts" / f"unruly{end}").exists()), None)
        wanted = "all" in options.language or about["name"] in options.language
        if suffix and wanted:
            found.append(Language(about["name"], suffix, options, folder))
    unknown = set(options.language) - {language.name for language in found} - {"all"}
    if unknown:
        sys.exit(f"no such language, or it has no scripts/unruly.*: {', '.join(sorted(unknown))}")
    return found


def parse(arguments):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dragoman", type=Path, help="the command that says how a script is run")
    parser.add_argument("--language", action="append", help="its name, or all (the default); may be given several times")
    parser.add_argument("--command", type=json.loads, help='instead of --dragoman: ["prog", "arg", "{script}"]')
    parser.add_argument("--channel", choices=["stdio", "private"], default="stdio", help="with --command")
    parser.add_argument("--script", type=Path, help="with --command: the unruly script")
    parser.add_argument("--timeout", type=float, default=60, help="for each wait, in seconds")
    parser.add_argument("--compile-timeout", type=float, default=300)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--verbose", action="store_true", help="name the conversations that were held too")
    parser.add_argument("files", nargs="*", type=Path, help="conversations; default: all")
    options = parser.parse_args(arguments)
    options.language = options.language or ["all"]
    if not options.command and not options.dragoman:
        parser.error("--dragoman or --command is needed")
    if options.dragoman and options.dragoman.exists():
        options.dragoman = options.dragoman.resolve()
    return options


def main(arguments):
    options = parse(arguments)
    conversations = [Conversation(path) for path in options.files or sorted(HERE.glob("*.conversation"))]
    counts = {"passed": 0, "failed": 0, "skipped": 0}

    def one(language, conversation):
        if reason := language.missing():
            return "skipped", reason
        try:
            failure = hold(language, conversation, options)
            return ("failed", failure) if failure else ("passed", "")
        except Skipped as reason:
            return "skipped", str(reason)
        except Exception as error:
            return "failed", str(error) if isinstance(error, Mismatch) else repr(error)

    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(options.jobs) as pool:
        pairs = [(spoken, said) for spoken in languages(options, Path(folder)) for said in conversations]
        told = set()
        for (language, conversation), (verdict, text) in zip(pairs, pool.map(lambda pair: one(*pair), pairs)):
            counts[verdict] += 1
            if verdict == "failed":
                again = (language, text) in told
                told.add((language, text))
                print(f"FAILED {language.name} {conversation.name}: {'as above' if again else text}\n", flush=True)
            elif verdict == "skipped" or options.verbose:
                print(f"{verdict} {language.name} {conversation.name}{': ' * bool(text)}{text}", flush=True)
    print(", ".join(f"{count} {verdict}" for verdict, count in counts.items()))
    return 1 if counts["failed"] or not counts["passed"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
