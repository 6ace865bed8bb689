"""States that cannot be given or taken: the old version plays on, or falls by its own fault."""
import re

import pytest
from reloading import fresh
from watched import judged, player, save_in_place

NO_HOOKS = "class MLPlay:\n    def __init__(self):\n        self.seen = 0\n\n    def update(self, scene_info):\n" \
           "        self.seen += 1\n        return {\"version\": \"VERSION\", \"seen\": self.seen}\n\n    def reset(self):\n        pass\n"
GIVES = 'return {"seen": self.seen}'
TAKES = 'self.seen = data["seen"]'


@pytest.fixture(scope="module")
def playing(watch):
    with watch({"1P.py": NO_HOOKS, "2P.py": player(".py"), "3P.lua": player(".lua")}, "--probation", "100000") as match:
        yield match  # whoever falls when it is asked is on probation, however long that takes


@pytest.fixture
def match(playing):
    """One match for all of these tests. What does not ask for a state takes over from whoever cannot give it."""
    playing.begin_anew()
    yield playing
    playing.seat, playing.suffix = "1P", ".py"
    playing.play(NO_HOOKS)
    playing.plays_on()


@pytest.mark.parametrize("gives, says", [
    ('return {"seen": "x" * 100_000_000}', "16 MiB"),
    ("data = {}\n        data[\"data\"] = data\n        return data", "holds itself"),
    ('return {"seen": float("nan")}', "nan|NaN"),
    ("return {(1, 2): 3}", "key"),
    ("return object()", "object"),
    ("return {'seen': {1, 2}}", "set"),
    ("return '\\ud800'", "surrogate|UTF-8|utf-8"),
    ("return 2 ** 70", "64 bits"),
    ("raise KeyError('no such thing')", "no such thing"),
], ids=["100 MB", "cyclic", "NaN", "keys", "object", "set", "half a pair", "large", "raises"])
def test_a_state_that_cannot_be_given_is_told_and_the_next_save_plays_without(match, gives, says):
    match.play(fresh(".py").replace(GIVES, gives))
    save_in_place(match.script, player(".py", "next"))
    failure = match.fails()
    assert failure["outcome"] == "raised" and failure["message"].startswith("the version that plays cannot give its state"), failure
    assert re.search(says, failure["message"]) and "saved once more, this one plays without it" in failure["message"], failure
    match.plays_on()
    save_in_place(match.script, player(".py", "next"))
    event = match.wait_step("swapped")
    assert re.search(f"^without the state of version .*, which cannot give it: .*({says})", event["text"]), event
    match.plays_on()


def test_a_state_that_cannot_be_given_once_is_asked_for_again_at_the_next_save(match):
    match.play(fresh(".py").replace(GIVES, 'self.asked = getattr(self, "asked", 0) + 1\n        assert self.asked > 1\n        ' + GIVES))
    save_in_place(match.script, player(".py", "next"))
    match.fails()
    assert match.play(fresh(".py"))["seen"] == 1
    match.plays_on()


@pytest.mark.parametrize("gives, says", [
    ("local data = {}; data.data = data; return data", "itself|deep|nest"),
    ("return { seen = 0 / 0 }", "nan|NaN|finite"),
    ("return print", "function"),
    ("error('no such thing')", "no such thing"),
], ids=["cyclic", "NaN", "function", "raises"])
def test_the_same_in_lua(match, gives, says):
    match.seat, match.suffix = "3P", ".lua"
    keeps = "return { seen = self.seen }"
    match.play(fresh(".lua").replace(keeps, gives))
    save_in_place(match.script, player(".lua", "next"))
    failure = match.fails()
    assert failure["outcome"] == "raised" and re.search(says, failure["message"]), failure
    match.play(fresh(".lua").replace("function MLPlay:restore_state", "function MLPlay:other"))


@pytest.mark.parametrize("takes, outcome, says, line", [
    ("raise KeyError('no such thing')", "raised", "no such thing", 16),
    ("import os\n        os._exit(3)", "exited", "code 3 before it was READY", None),
    ("import ctypes\n        ctypes.string_at(0)", "crashed", "signal 11", None),
], ids=["raises", "exits", "crashes"])
def test_what_fails_as_it_takes_the_state_does_not_play(match, takes, outcome, says, line):
    match.play(fresh(".py"))
    save_in_place(match.script, player(".py", "next").replace(TAKES, takes))
    failure = match.fails()
    assert failure["outcome"] == outcome and says in failure["message"] and failure["line"] == line, failure
    match.plays_on()


def test_saves_in_a_row_hand_the_state_on(match):
    match.play(fresh(".py"))
    for _ in range(5):
        assert match.play(fresh(".py"))["seen"] == 1


def test_who_ends_itself_when_asked_on_probation_is_followed_by_the_version_before_and_that_by_the_next(match):
    match.play(fresh(".py").replace(GIVES, "import sys\n        sys.exit(0)"))
    save_in_place(match.script, player(".py", "next"))
    match.wait_step("rolled_back")
    match.wait_step("swapped")
    match.wait_ticks(3)
    # It is asked between two ticks: where it is gone before the next, not even that one is missed.
    assert len(match.said("missed")) <= 1 and not any(e["event"] == "failure" for e in match.recent), match
    match.begin_anew()


@pytest.mark.parametrize("gives, outcome", [
    ("while True: pass", "late"),
    ("import os\n        os._exit(3)", "exited"),
    ("raise SystemExit", "exited"),
])
def test_who_falls_as_it_gives_its_state_is_followed_without(watch, gives, outcome):
    falls = player(".py").replace(GIVES, gives)
    with watch({"1P.py": falls, "2P.py": player(".py")}, tick_timeout="3s") as match:
        save_in_place(match.script, player(".py", "next"))
        # The game may have seen nobody in the seat before (begins), or the version that fell (now).
        said = judged(match.wait(lambda e: (judged(e) or {}).get("version") == "next", "the next version's first answer"))
        match.begin_anew()
        match.plays_on()
    assert said["count"] == 1, said
    (failure,) = [e for e in match.events if e["event"] == "failure"]
    assert failure["outcome"] == outcome, failure
    assert outcome == "late" or failure["message"].endswith(" while it was asked for its state"), failure
