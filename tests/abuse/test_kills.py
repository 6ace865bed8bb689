"""Ctrl-C, and SIGKILL for the broker, its launcher and its scripts: whatever happens, no process is left."""
import os
import random
import signal
import time
from pathlib import Path

import pytest
from abusing import GAME, plays_on
from running import UNRULY, control, eventually, processes

LONG = ["--param", "ticks=1000000000"]  # hours, if nobody ends it


@pytest.fixture
def match(command, bare_program):
    """Begins a long match between scripts of all kinds, one of which has left a daemon."""

    def begin(*options):
        return command.begin("run", GAME, "-i", f"cmd:'{bare_program}' daemon_at_start 0", "-i", UNRULY / "unruly.py", *LONG,
                             "--fps", "200", *options)

    return begin


def plays(running):
    """Both scripts and the game are there."""
    return eventually(lambda: running.has_processes("daemon_at_start") and running.has_processes("unruly.py"), 20)


def ends_by(running, number, code, seconds=30):
    began = time.monotonic()
    os.kill(running.process.pid, number)
    ended = running.ends()
    assert ended.code == code, ended
    assert time.monotonic() - began < seconds, ended
    return ended


# --- ctrl-C ---


@pytest.mark.sanitize
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_in_the_middle_of_a_match_ends_it_with_a_report(match, number, short_folder):
    running = match("--json", "--control", short_folder / "c")
    assert eventually(lambda: control(short_folder / "c", "status")["tick"] > 0, 60)
    ended = ends_by(running, number, 130)
    assert ended.report["end"] == "stopped" and ended.report["ticks"] > 0, ended
    assert [player["failure"] for player in ended.report["players"]] == [None, None], ended


def test_ctrl_c_while_a_script_is_slow_does_not_wait_for_it(command, steady):
    running = command.begin("run", GAME, "-i", UNRULY / "unruly.py", "-i", steady, "--json", "--tick-timeout", "60s", "--param",
                            'vice={"5": {"do": "print", "text": "now", "value": 5}, "6": {"do": "hang"}}')
    assert eventually(lambda: running.has_processes("unruly.py"), 20)
    time.sleep(1)
    ends_by(running, signal.SIGINT, 130)


def test_ctrl_c_while_scripts_start(command, steady, bare_program):
    running = command.begin("run", GAME, "-i", f"cmd:'{bare_program}' never_ready 0", "-i", steady, "--json")
    assert eventually(lambda: running.has_processes("never_ready"), 20)
    time.sleep(0.2)
    ends_by(running, signal.SIGINT, 130)


@pytest.fixture
def slow_to_compile(folder_with):
    """A copy of the game, with a language whose compiler takes a minute and a script of that language."""
    return folder_with({"languages/slow/language.toml": 'name = "slow"\nextensions = [".slow"]\nneeds = [{ program = "sleep" }, { program = "sh" }]\n'
                        '[compile]\ncommands = [["{sh}", "-c", "{sleep} 61 & {sleep} 62"]]\n[run]\ncommand = ["{output}"]\n',
                        "ml/a.slow": "x"}, copy_of=GAME)


def test_ctrl_c_while_scripts_are_compiled(command, slow_to_compile):
    running = command.begin("run", slow_to_compile, "--json")
    assert eventually(lambda: running.has_processes("sleep 62"), 20)
    ends_by(running, signal.SIGINT, 130)


def test_ctrl_c_ends_check_too(command, slow_to_compile):
    running = command.begin("check", slow_to_compile / "ml/a.slow")
    assert eventually(lambda: running.has_processes("sleep 62"), 20)
    ends_by(running, signal.SIGINT, 130)


def test_a_reader_that_goes_away_ends_the_match(match):
    """dragoman run ... --jsonl | head -1"""
    running = match("--jsonl")
    running.process.stdout.readline()
    running.process.stdout.close()
    ended = eventually(lambda: running.process.poll() is not None, 60)
    running.process.kill()
    running.process.wait()
    running.leaves_nothing()
    assert ended, "still plays, for nobody"


# --- SIGKILL ---


@pytest.mark.parametrize("seed", range(6))
def test_no_process_survives_a_kill_9_of_the_broker_at_any_moment(match, seed):
    running = match()
    time.sleep(random.Random(seed).uniform(0, 0.4))
    running.process.kill()
    assert running.ends().code == -signal.SIGKILL


def test_no_process_survives_a_kill_9_of_the_broker_in_mid_match(match):
    running = match()
    assert plays(running)
    running.process.kill()
    assert running.ends().code == -signal.SIGKILL


def test_no_compiler_survives_a_kill_9_of_the_broker(command, slow_to_compile):
    running = command.begin("run", slow_to_compile, "--json")
    assert eventually(lambda: running.has_processes("sleep 62"), 20)
    running.process.kill()
    assert running.ends().code == -signal.SIGKILL


def launcher_of(running):
    return next(pid for pid in processes(running.mark) if Path(f"/proc/{pid}/comm").read_text() == "dragoman-launch\n")


def test_a_launcher_that_is_killed_takes_all_scripts_along_and_this_is_told(match):
    running = match("--json")
    assert plays(running)
    os.kill(launcher_of(running), signal.SIGKILL)
    began = time.monotonic()
    ended = running.ends().ended_with(3)
    assert time.monotonic() - began < 30, ended
    # Whose end is seen first is chance: the game's own, or both players', after which a game may still have answered.
    lost = [player["failure"] for player in ended.report["players"]]
    told = [failure for failure in [ended.report["game_failure"], *lost] if failure]
    assert told and all(failure["outcome"] == "crashed" and failure["message"] for failure in told), ended


def test_a_script_that_is_killed_has_crashed_and_the_other_plays_on(command, steady, short_folder):
    socket = short_folder / "c"
    running = command.begin("run", GAME, "-i", UNRULY / "unruly.lua", "-i", steady, "--json", "--paused", "--control", socket)
    control(socket, "step", ticks=20)
    os.kill(running.pid_of("unruly.lua"), signal.SIGKILL)
    control(socket, "resume")
    ended = running.ends().ended_with(3)
    ended.lost("1P", "crashed", "signal 9", signal=9)
    plays_on(ended)
