"""Scripts of our own clients that do wrong, in each language: tests/conformance/scripts/unruly.*."""
import signal

import pytest
from abusing import TICKS, plays_on


@pytest.fixture
def loses(unruly):
    """The vice at frame 50 costs 1P its seat; the other one plays to the end."""

    def check(vice, outcome, saying, *options, keys={}, **more):
        ended = unruly.does(vice, *options, **keys).ended_with(3)
        ended.lost("1P", outcome, saying, tick=50, round=1, **more)
        assert ended.report["result"]["1P"]["missing"]["50"] == outcome, ended
        plays_on(ended)
        return ended

    return check


@pytest.fixture
def unharmed(unruly):
    def check(vice, *options, **keys):
        ended = unruly.does(vice, *options, **keys).ended_with(0)
        for seat in ("1P", "2P"):
            ended.unharmed(seat, TICKS + 1)
        plays_on(ended)
        return ended

    return check


# --- exceptions ---


@pytest.mark.sanitize
def test_an_exception_in_update_is_raised_with_its_message(loses, language):
    ended = loses("raise", "raised", "this is the reason", keys={"text": "this is the reason"})
    failure = ended.failure("1P")
    assert "this is the reason" in failure["trace"] + ended.player("1P")["stderr_tail"], ended
    if language != "cpp":  # which knows no line of an exception
        assert failure["file"].endswith(f"unruly.{'py' if language == 'python' else language}") and failure["line"] > 0, failure


def test_an_exception_in_the_constructor_is_raised(unruly):
    ended = unruly.at_start("raise").ended_with(3)
    ended.lost("1P", "raised", "raised in the constructor")
    plays_on(ended)


def test_an_exception_in_reset_is_raised(unruly):
    ended = unruly.on_reset("raise").ended_with(3)
    ended.lost("1P", "raised", "raised in reset")
    plays_on(ended)


# --- ends ---


@pytest.mark.parametrize("code", [0, 3])
def test_an_exit_in_update_is_told_with_its_code(loses, code):
    loses("exit", "exited", f"code {code}", keys={"code": code}, exit_code=code, signal=None)


def test_an_exit_in_the_constructor_is_told_with_its_code(unruly):
    ended = unruly.at_start("exit").ended_with(3)
    ended.lost("1P", "exited", "code 7.*READY", exit_code=7)
    plays_on(ended)


def test_an_exit_in_reset_is_told_with_its_code(unruly):
    ended = unruly.on_reset("exit").ended_with(3)
    ended.lost("1P", "exited", "code 7", exit_code=7)
    plays_on(ended)


@pytest.mark.sanitize
@pytest.mark.parametrize("vice, number", [("segfault", signal.SIGSEGV), ("abort", signal.SIGABRT)])
def test_a_crash_is_told_with_its_signal(loses, vice, number):
    loses(vice, "crashed", f"signal {number:d}", signal=number, signal_name=number.name, exit_code=None)


# --- no answer ---


def test_a_hang_in_update_is_late(loses):
    loses("hang", "late", "no answer after .*sleeping", allowed_ms=400)


def test_a_busy_loop_is_late_and_its_computing_is_said(loses):
    loses("busy", "late", "no answer after .*CPU time used", allowed_ms=400)


def test_a_line_every_20_ms_is_late(loses):
    ended = loses("drip", "late", "no answer after", allowed_ms=400)
    assert "drip" in ended.player("1P")["stdout_tail"]


def test_a_hang_in_the_constructor_is_not_ready(unruly):
    ended = unruly.at_start("hang", "--start-timeout", "3s").ended_with(3)
    ended.lost("1P", "not_ready", "not READY within 3000 ms of its start")
    plays_on(ended)


def test_a_hang_in_reset_is_not_ready(unruly):
    ended = unruly.on_reset("hang", "--start-timeout", "3s").ended_with(3)
    ended.lost("1P", "not_ready", "not READY within 3000 ms of its RESET")
    plays_on(ended)


def test_a_script_that_is_late_once_is_in_step_again(unruly):
    ended = unruly.does("sleep", "--tick-timeout", "300ms", seconds=0.5).ended_with(0)
    assert ended.player("1P")["outcomes"] == {"ok": TICKS, "late": 1}, ended
    assert ended.report["result"]["1P"]["commands"] == [*range(50), None, *range(51, 60)], ended
    plays_on(ended)


# --- much output ---


@pytest.mark.parametrize("stream, size", [("stderr", 1_000_000), ("stdout", 100_000), ("stdout", 1_000_000)])
def test_much_output_between_two_commands_blocks_nobody(unharmed, stream, size):
    ended = unharmed("flood", "--tick-timeout", "20s", stream=stream, bytes=size, value=50)
    assert ended.report["result"]["1P"]["commands"] == list(range(TICKS)), ended
    assert "x" * 79 in ended.player("1P")[f"{stream}_tail"]


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_100_mb_of_output_are_too_much(unruly, stream):
    ended = unruly.does("flood", "--tick-timeout", "60s", stream=stream, bytes=100_000_000).ended_with(3)
    ended.lost("1P", "output_limit", "16MiB", tick=50)
    plays_on(ended)
    assert len(ended.stdout) + len(ended.stderr) < 10_000_000, len(ended.stderr)


def test_what_looks_like_a_command_in_printed_text_is_text(unharmed):
    ended = unharmed("print", text='__command__ "X"\n__hello__ {}', value=50)
    assert ended.report["result"]["1P"]["commands"] == list(range(TICKS)), ended
    assert '__command__ "X"' in ended.player("1P")["stdout_tail"]


# --- commands ---


def test_a_second_command_for_one_scene_is_dropped(unharmed):
    # Nearly always before the next scene is out: see test_bare_scripts.py. Three times in a row it is not: a fault.
    for _ in range(3):
        ended = unharmed("twice", value=50)
        if ended.report["result"]["1P"]["commands"] == list(range(TICKS)):
            break
    assert ended.report["result"]["1P"]["commands"] == list(range(TICKS)), ended
    assert ended.player("1P")["unasked_commands"] == 1, ended


@pytest.mark.parametrize("method", ["world.create", "world.query", "no.such"])
def test_a_player_may_not_touch_the_world(unharmed, method):
    ended = unharmed("call", method=method, params={})
    assert ended.report["result"]["1P"]["commands"][50] == {"error": "denied"}, ended


@pytest.mark.parametrize("value", [[], {"a": {"b": [1, None]}}, "ünï ☃ \U0001f600", 2**53, -0.5, "x" * 100_000], ids=["list", "object", "text", "large", "negative", "long"])
def test_any_json_value_is_a_command(unruly, value):
    ended = unruly.does("return", value=value).ended_with(0)
    assert ended.report["result"]["1P"]["commands"][50] == value
    plays_on(ended)
