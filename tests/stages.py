#!/usr/bin/env python3
"""Every check there is, one stage after the other; each is run even where an earlier one failed.

Called by `./dev test`, which has installed what the stages need. At the end: a table of the stages, then one line
that adds them up. Full output lies in build/test-logs/.
"""
import argparse
import importlib.util
import os
import platform
import shutil
import signal
import subprocess
import sys
import time
import traceback
from dataclasses import dataclass, field

import counts
import tidy
from sources import ROOT, cpp_files

PYTHON = "/usr/bin/python3"
LOGS = ROOT / "build/test-logs"
TAIL = 200  # lines of a failed stage's output that are shown
SANDBOX = "tests/abuse/sandbox"
MATCHES = ("tests", f"--ignore={SANDBOX}")
FUZZ_SECONDS = 10


@dataclass
class Stage:
    name: str
    about: str
    run: callable
    quick: bool = True  # also part of --quick


@dataclass
class Result:
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    notes: list = field(default_factory=list)

    @property
    def verdict(self):
        return "FAILED" if self.failed else "passed" if self.passed else "skipped"


def jobs():
    """How much may run at once: ./dev knows."""
    return int(os.environ.get("DRAGOMAN_JOBS", "1"))


def two_at_a_time():
    """More would starve scripts that have 400 ms to answer."""
    return ("-n", min(2, jobs()), "--dist", "loadfile") if importlib.util.find_spec("xdist") else ()


def skip(reason):
    return Result(skipped=1, notes=[reason])


class Runner:
    """Runs a stage's commands and keeps what they print."""

    def __init__(self, languages):
        self.languages = languages
        self.log = None

    def command(self, *arguments, limit=900, environment=None):
        """Runs a command to its end, in a process group of its own; returns its exit code and output."""
        arguments = [str(argument) for argument in arguments]
        start = self.log.tell()
        self.log.write(f"$ {' '.join(arguments)}\n".encode())
        self.log.flush()
        process = subprocess.Popen(arguments, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=self.log,
                                   stderr=subprocess.STDOUT, start_new_session=True,
                                   env={**os.environ, **(environment or {})})
        try:
            code = self.wait(process, limit)
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        self.log.seek(0, os.SEEK_END)
        with open(self.log.name, errors="replace") as file:
            file.seek(start)
            return code, file.read()

    def wait(self, process, limit):
        waited = 0
        while waited < limit:
            try:
                return process.wait(timeout=min(60, limit - waited))
            except subprocess.TimeoutExpired:
                waited += 60
                print(f"    ... {waited // 60} min", flush=True)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        self.log.seek(0, os.SEEK_END)
        self.log.write(f"\nstopped: not done within {limit} s\n".encode())
        self.log.flush()
        return 124

    # --- one check: it holds or it does not ---

    def check(self, *arguments, **options):
        code, _ = self.command(*arguments, **options)
        return Result(passed=1) if code == 0 else Result(failed=1)

    def build(self, *options):
        return self.check("./dev", "build", *options, limit=2400)

    def arrows(self):
        return self.check(PYTHON, "tests/arrows.py")

    def format(self):
        if not shutil.which("clang-format-14"):
            return skip("clang-format-14 is not to be had here")
        return self.check("clang-format-14", "--dry-run", "-Werror", *cpp_files())

    # --- many checks: their own summary is believed, and their exit code ---

    def unit(self, folder="build"):
        code, output = self.command("ctest", "--test-dir", folder, "-V", "-j", jobs(), "--timeout", "300", "--no-tests=error")
        return counts.believed(code, Result(*counts.of_ctest(output)))

    def conformance(self):
        if not (ROOT / "tests/conformance/run.py").exists():
            return skip("tests/conformance/run.py is not there")
        if not (ROOT / "build/dragoman").exists():
            return Result(failed=1, notes=["there is no build/dragoman"])
        chosen = [] if self.languages == "all" else [f"--language={language}" for language in ("python", "lua", "cpp")]
        code, output = self.command(PYTHON, "tests/conformance/run.py", "--dragoman", ROOT / "build/dragoman", *chosen)
        result = Result(*counts.of_summary(output), notes=counts.reasons(output))
        return counts.believed(code, result)

    def pytest(self, dragoman, *where, limit=900):
        code, output = self.command(PYTHON, "-m", "pytest", "-q", "-rs", "-p", "no:cacheprovider", "--timeout=120",
                                    "-o", "python_files=test_*.py",  # ctest runs those named *_test.py
                                    *two_at_a_time(),
                                    *where, limit=limit,
                                    environment={"DRAGOMAN": str(ROOT / dragoman), "DRAGOMAN_LANGUAGES": self.languages,
                                                 # A sanitized client needs what no script gets (address space, /proc), so the broker
                                                 # alone is.
                                                 "DRAGOMAN_HOME": str(ROOT / "build/share/dragoman")})
        if code == 5:
            return skip("no such test")
        return counts.believed(code, Result(*counts.of_summary(output), notes=counts.reasons(output)))

    def fuzz(self):
        if not (shutil.which("clang++-14") or shutil.which("clang++")):
            return skip("clang is not to be had here")
        if platform.machine() != "x86_64":
            return skip("what the filter should do is told for x86-64 only")
        return self.check("./dev", "fuzz", FUZZ_SECONDS)

    def tidy(self):
        if not shutil.which("clang-tidy-14"):
            return skip("clang-tidy-14 is not to be had here")
        if not (ROOT / "build/compile_commands.json").exists():
            return Result(failed=1, notes=["there is no build to look through"])
        result = Result()
        for _, clean, findings in tidy.verdicts(ROOT / "build", jobs()):
            result.passed += clean
            result.failed += not clean
            self.log.write(findings.encode())
        self.log.flush()
        return result


def stages(run):
    return [
        Stage("build", "the command and the tests", lambda: run.build("--tests")),
        Stage("arrows", "who includes whom", run.arrows),
        Stage("format", "clang-format", run.format),
        Stage("unit", "unit tests", run.unit),
        Stage("conformance", "the conversations, against each client", run.conformance),
        Stage("end-to-end", "whole matches, bad input, the command line", lambda: run.pytest("build/dragoman", *MATCHES)),
        Stage("abuse", "hostile scripts against the sandbox", lambda: run.pytest("build/dragoman", SANDBOX, limit=2400)),
        Stage("fuzz", f"the filter, lines and messages, {FUZZ_SECONDS} s each", run.fuzz, quick=False),
        Stage("tidy", "clang-tidy", run.tidy, quick=False),
        Stage("sanitized build", "with address and undefined-behaviour sanitizers", lambda: run.build("--sanitize"), quick=False),
        Stage("sanitized unit", "unit tests once more", lambda: run.unit("build/sanitize"), quick=False),
        Stage("sanitized end-to-end", "those marked `sanitize`", lambda: run.pytest("build/sanitize/dragoman", *MATCHES, "-m", "sanitize"), quick=False),
    ]


def perform(stage, run):
    print(f"==> {stage.name}: {stage.about}", flush=True)
    began = time.monotonic()
    with open(LOGS / f"{stage.name.replace(' ', '-')}.log", "wb+") as run.log:
        try:
            result = stage.run()
        except Exception:  # a mistake of ours must not keep the other stages from running
            run.log.write(traceback.format_exc().encode())
            run.log.flush()
            result = Result(failed=1)
    seconds = time.monotonic() - began
    if result.failed:
        lines = open(run.log.name, errors="replace").read().splitlines()
        print(*lines[-TAIL:], sep="\n")
        if len(lines) > TAIL:
            print(f"({len(lines) - TAIL} lines before these: {os.path.relpath(run.log.name, ROOT)})")
    print(f"    {result.verdict} in {seconds:.0f} s", flush=True)
    return stage, result, seconds


def report(done):
    print("\nstage                  verdict   passed  failed  skipped  seconds")
    for stage, result, seconds in done:
        print(f"{stage.name:22} {result.verdict:8} {result.passed:7} {result.failed:7} {result.skipped:8} {seconds:8.0f}")
    for stage, result, _ in done:
        for note in result.notes:
            print(f"  {stage.name}: {note}")
    total = [sum(getattr(result, what) for _, result, _ in done) for what in ("passed", "failed", "skipped")]
    print("\n{} passed, {} failed, {} skipped".format(*total), flush=True)
    return 1 if total[1] else 0


def main():
    options = argparse.ArgumentParser(prog="./dev test")
    options.add_argument("--languages", choices=("usual", "all"), default="usual", help="python, lua and cpp, or every language")
    options.add_argument("--quick", action="store_true", help="without clang-tidy and sanitizers")
    options.add_argument("--only", action="append", metavar="STAGE", help="this stage (again for more)")
    options = options.parse_args()

    run = Runner(options.languages)
    chosen = [stage for stage in stages(run) if stage.quick or not options.quick]
    if options.only:
        unknown = set(options.only) - {stage.name for stage in stages(run)}
        if unknown:
            sys.exit(f"no such stage: {', '.join(unknown)}; there are: {', '.join(stage.name for stage in stages(run))}")
        chosen = [stage for stage in stages(run) if stage.name in options.only]
    LOGS.mkdir(parents=True, exist_ok=True)
    return report([perform(stage, run) for stage in chosen])


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
