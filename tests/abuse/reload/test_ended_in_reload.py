"""The broker is told to end, or killed, while a version is on its way: nothing of either version is left."""
import signal

import pytest
from reloading import leaves_nothing, raw
from watched import player, save_in_place

SLOW = """name = "slow"
title = "Slow"
extensions = [".slow"]
[compile]
commands = [["/bin/sh", "-c", "grep -q slowly '{script}' && sleep 1000; cp '{script}' '{output}'"]]
[run]
command = ["/usr/bin/python3", "-u", "-I", "{output}"]
"""
GOOD = 'hello("state"); take(); ready(); play()'
STAGES = {  # the first version, the next one, and when it is there
    "it is compiled": (raw(GOOD), raw(GOOD + "# slowly"), "begun"),
    "it starts": (raw(GOOD), raw("time.sleep(1000)"), "begun"),
    "the state is asked for": (raw('hello("state"); ready(); play(give=lambda n: None)'), raw(GOOD), "begun"),
    "it takes the state": (raw(GOOD), raw('hello("state"); take(); time.sleep(1000)'), "begun"),
    "it is on probation": (raw(GOOD), raw(GOOD, "next"), "swapped"),
}


@pytest.fixture(params=STAGES)
def in_reload(request, watch):
    """A match in the middle of a reload, and its context."""
    first, next_one, step = STAGES[request.param]
    return lambda: watch({"1P.slow": first, "2P.py": player(".py")}, "--probation", "100000",
                         extra={"languages/slow/language.toml": SLOW}), next_one, step


def test_told_to_end_it_leaves_nothing(in_reload):
    begin, text, step = in_reload
    with begin() as match:
        match.suffix = ".slow"
        save_in_place(match.script, text)
        match.wait_step(step)
        match.wait_ticks(10)
        match.process.send_signal(signal.SIGINT)
        assert match.process.wait(60) == 130, match


def test_killed_it_leaves_no_process_and_its_files_to_the_next_run(in_reload, watch):
    begin, text, step = in_reload
    with begin() as match:
        match.suffix = ".slow"
        save_in_place(match.script, text)
        match.wait_step(step)
        match.wait_ticks(10)
        match.process.kill()
        assert match.process.wait(60) == -signal.SIGKILL
    with watch({"1P.py": player(".py")}, environment={"TMPDIR": str(match.mark), "DRAGOMAN_CONTROL": str(match.mark / "c")}):
        pass
    leaves_nothing(match)
