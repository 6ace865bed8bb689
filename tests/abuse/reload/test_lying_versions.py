"""Scripts that hold the conversation themselves, and not as they should."""
import os
import re
from pathlib import Path

import pytest
from reloading import raw
from running import control
from watched import player, save_in_place

GOOD = 'hello("state"); take(); ready(); play()'


@pytest.fixture(scope="module")
def playing(watch):
    with watch({"1P.raw": raw(GOOD, "one"), "2P.py": player(".py")}, "--start-timeout", "5s", "--probation", "100000") as match:
        match.suffix = ".raw"
        yield match


@pytest.fixture
def match(playing):
    playing.begin_anew()
    yield playing
    playing.play(raw(GOOD))
    playing.begin_anew()
    playing.plays_on()


@pytest.mark.parametrize("body, outcome, says", [
    ('hello(role="game"); ready(); play()', "compile_error", "game"),
    ('hello("state"); say("__what__", {}); ready(); play()', "protocol_error", "__what__"),
    ('hello("state"); write(b"__state__ \\xff\\xfe{\\n"); ready(); play()', "protocol_error", "__state__"),
    ('hello("state"); write(b"__uses__ {\\"files\\": [7]}\\n"); ready(); play()', "protocol_error", "full path"),
    ('hello("state"); write(b"__state__ {\\"state\\": \\"" + b"x" * (20 << 20) + b"\\"}\\n"); ready(); play()', "protocol_error", "long|bytes|MiB"),
    ("while True: write(b'x' * 10**5)", "output_limit|protocol_error", "printed|long"),
    ('hello("state"); say("__state__", {"ask": True})', "exited", "before it was READY"),
    ('hello("state"); take(); sys.exit(0)', "exited", "before it was READY"),
    ('say("__command__", {"version": "early"}); hello(); ready(); play()', "protocol_error|not_ready", "."),
], ids=["another role", "unknown header", "garbage", "uses", "20 MiB", "flood", "asks and goes", "takes and goes", "early"])
def test_what_lies_before_it_is_ready_does_not_play(match, body, outcome, says):
    save_in_place(match.script, raw(body, "lies"))
    failure = match.fails()
    assert re.fullmatch(outcome, failure["outcome"]) and re.search(says, failure["message"]), failure
    match.plays_on()


@pytest.mark.parametrize("body", [
    'write(b"\\xff\\0 garbage\\n" * 100); hello("state"); ready(); play()',
    'hello("state"); say("__state__", {"state": 1}); ready(); play()',
    'hello("state"); say("__state__", {"error": {}}); ready(); play()',
    'hello("state"); ready(); play(on_scene=lambda n: say("__state__", {"state": n}))',
    'hello("state"); ready(); play(on_scene=lambda n: say("__state__", {"ask": True}))',
    'hello("state"); ready(); play(on_scene=lambda n: say("__uses__", {"files": ["/etc/shadow", "/dev/zero", "/proc/kmsg", "/"]}))',
    'hello("state"); say("__uses__", {"files": [f"/nowhere/{n}" for n in range(10_000)]}); ready(); play()',
    'hello("state"); say("__uses__", {"files": ["/" + "x/" * 2000 + str(n) for n in range(100)]}); ready(); play()',
], ids=["garbage", "state", "error", "states", "asks", "secrets", "10,000 files", "long paths"])
def test_what_says_too_much_plays_and_harms_nobody(match, body):
    match.play(raw(body))
    match.plays_on(10)


def test_a_script_that_names_10_000_files_is_told_so_and_watched_for_some(match):
    save_in_place(match.script, raw('hello(); say("__uses__", {"files": [f"/tmp/{n}" for n in range(10_000)]}); ready(); play()', "names"))
    match.wait(lambda e: e["event"] == "note" and "4096" in e["text"], "a note")


def test_what_a_script_may_not_read_is_not_copied_for_it(match):
    """All that is kept of a version is on the disk when it has come back."""
    secrets = [path for path in (Path("/etc/shadow"), Path("/etc/hostname"), match.folder / "ml/2P.py") if os.access(path, os.R_OK)]
    names = [str(secret) for secret in secrets]
    lying = match.play(raw(f'hello("state"); say("__uses__", {{"files": {names}}}); ready(); play()'))
    match.play(raw('hello("state"); ready(); play()'))
    control(match.mark / f"c/{match.process.pid}.sock", "rollback", seat="1P")
    match.wait_said("now", version=lying["version"])
    of_1p = [path for path in match.mark.rglob("*") if path.is_file() and not path.is_symlink() and "/1P/" in str(path)]
    assert any(lying["version"].encode() in path.read_bytes() for path in of_1p), of_1p
    assert not {path.read_bytes() for path in of_1p} & {secret.read_bytes() for secret in secrets}, of_1p


def test_who_asks_twice_is_given_a_state_and_plays(match):
    save_in_place(match.script, raw('''hello("state")
say("__state__", {"ask": True})
say("__state__", {"ask": True})
hear()
ready()
play()''', "twice"))
    match.wait_said("now", version="twice")
    match.plays_on()


def test_a_state_that_comes_late_is_given_with_the_scenes_since(match):
    match.play(raw('''hello("state"); take(); ready()
due = []
def late(seen): due.append((seen, 10))
def on_scene(n):
    global due
    still, due = [(s, left - 1) for s, left in due], []
    for s, left in still:
        due.append((s, left)) if left else say("__state__", {"state": {"seen": s}})
play(give=late, on_scene=on_scene)'''))
    match.play(raw('hello("state"); seen = take()["seen"]; ready(); play(seen)'), seen=1)
    match.plays_on()


def test_a_state_that_never_comes_is_a_failed_reload(match):
    match.play(raw('hello("state"); take(); ready(); play(give=lambda n: None)'))
    save_in_place(match.script, raw(GOOD, "next"))
    failure = match.fails()
    assert failure["outcome"] == "not_ready" and "state" in failure["message"], failure
    match.plays_on()
    match.play(raw("hello(); ready(); play()"))


def test_a_state_of_20_mib_costs_who_sends_it_its_seat(match):
    match.play(raw('hello("state"); take(); ready(); play(give=lambda n: write(b"__state__ {\\"state\\": \\"" + b"x" * (20 << 20) + b"\\"}\\n"))'))
    save_in_place(match.script, raw(GOOD, "next"))
    event = match.wait_step("rolled_back")
    match.wait_said("now", version="next")
    assert event["failure"]["outcome"] == "protocol_error" and len(match.said("missed")) == 1, match
