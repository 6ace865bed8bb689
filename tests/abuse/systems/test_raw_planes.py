"""Scripts that break the data plane's protocol: raw/vices.c. Each harms itself only, and is told what it did."""
import json
import re

import pytest
from raw_worlds import raw
from worlds import TICKS

MODES = ["replace", "in_place"]
GARBLED = "it says in its control page that it has done a tick which it was not told to do"
CANNOT = "the changes of system bad cannot be made: "


# --- what it says of its tick ---


@pytest.mark.parametrize("vice, saying", [("never_done", "no answer after .*sleeping"), ("busy_for_ever", "no answer after .*CPU time used")])
def test_who_is_never_done_is_late(bad, vice, saying):
    bad.loses(vice, "late", saying, "--tick-timeout", "2s")


@pytest.mark.sanitize
@pytest.mark.parametrize("vice", ["done_otherwise", "garble_page", "garble_file"])
def test_who_garbles_its_control_page_has_broken_the_protocol(bad, vice):
    bad.loses(vice, "protocol_error", GARBLED)


def test_done_twice_is_done_once(bad, stopped_at):
    ended = bad.with_vice("done_twice")
    assert ended.code == 0 and ended.script("bad.raw")["outcomes"] == {"ok": TICKS} and ended.system("bad")["runs"] == TICKS, ended
    assert ended.hashes[-1] != stopped_at(2)[-1]


def test_done_before_it_began_is_a_tick_without_work(bad):
    """It says of the next tick that it is done: nothing waits for it, and nothing of it is taken."""
    ended = bad.with_vice("done_ahead")
    assert ended.script("bad.raw")["failure"] is None or ended.failure("bad.raw")["outcome"] == "protocol_error", ended


def test_what_the_broker_wrote_is_the_brokers(bad):
    """Its half of the control page is scribbled over while the broker works: whatever comes of it is the script's own."""
    ended = bad.with_vice("garble_the_brokers_half")
    failure = ended.script("bad.raw")["failure"]
    assert failure is None or failure["outcome"] in ("crashed", "protocol_error"), ended


@pytest.mark.parametrize("number", [1, 2, 3, 77, 256, 257, 0x7FFFFFFF, -1])
def test_a_lie_about_its_fault_names_what_there_is_or_nothing(bad, number):
    ended = bad.with_vice("wrong_fault", number=number)
    failure = ended.failure("bad.raw")
    named = {1: "Count", 2: "Trail", 3: "Own"}.get(number)
    if failure["outcome"] == "denied":
        assert named and re.search(f"denied: wrote {named}", failure["message"]), failure
    else:
        assert failure["outcome"] == "crashed", failure


# --- its commands ---


@pytest.mark.sanitize
@pytest.mark.parametrize("vice, number, saying", [
    ("too_many_bytes", 1, "its commands have 67108865 bytes; there is room for 67108864"), ("all_the_bytes", 0, "its commands have 18446744073709551615 bytes"),
    ("room_of_zeros", 0, "command 1 .at byte 0.: there is no kind 0"), ("more_handles", 0, "it creates 1, and 0 of 3 reserved handles are left"),
    ("create_too_many", 0, "it creates 4294967295, and 3 of 3 reserved handles are left")])
def test_commands_that_cannot_be_are_told_and_nothing_of_them_is_made(bad, stopped_at, vice, number, saying):
    system = {"creates": 3}
    ended = bad.loses(vice, "protocol_error", CANNOT + ".*" + saying, number=number, system=system)
    assert ended.hashes == stopped_at(2, **system), ended


def test_little_room_for_commands_is_said_with_its_number(bad):
    bad.loses("too_many_bytes", "protocol_error", "its commands have 1048577 bytes; there is room for 1048576", number=1, more='commands = "1MiB"')


def test_used_handles_that_it_lies_about_are_counted_by_the_broker(bad):
    ended = bad.with_vice("handles_lie", system={"creates": 3})
    assert ended.code == 0 and ended.system("bad")["created"] == 3 * TICKS, ended


def test_commands_that_change_while_they_are_read(bad):
    ended = bad.with_vice("commands_after_done", system={"creates": 3})
    failure = ended.script("bad.raw")["failure"]
    assert failure is None or (failure["outcome"] == "protocol_error" and failure["message"].startswith(CANNOT)), ended


@pytest.mark.sanitize
@pytest.mark.parametrize("vice", ["random_bytes", "changed_bytes"])
def test_two_hundred_damaged_command_buffers(bad, vice):
    """Fifty scripts in a world, each with damage of its own; both kinds, twice."""
    for first in (0, 50):
        scripts = {f"bad_{seed}.raw": raw(vice, 1, first + seed, write=[], creates=4, name=f"bad_{seed}", **{"with": ["Own"]}) for seed in range(50)}
        ended = bad.honest_was_well(bad(scripts, "--tick-timeout", "20s", ticks=4), 4)
        lost = [ended.script(name)["failure"] for name in scripts]
        for failure in filter(None, lost):
            assert failure["outcome"] == "protocol_error" and re.match("the changes of system bad_.* cannot be made: command ", failure["message"]), failure
        assert len([failure for failure in lost if failure]) > 20, ended


# --- its memory and its descriptors ---


@pytest.mark.parametrize("mode", MODES)
def test_marks_for_tables_that_it_was_not_shown_touch_nothing(bad, mode):
    """Own of the other tables, and Count and Trail of all, are what they were."""
    system = {"mode": mode, "with": ["Trail"]}
    ended = bad.with_vice("all_marks", system=system)
    assert ended.code == 0, ended
    honest = bad({"bad.raw": raw("steady", **system)}).hashes
    assert mode == "replace" or honest[-1] != ended.hashes[-1]


def test_who_unmaps_its_pages_has_crashed(bad):
    bad.loses("unmap", "crashed", "signal 11")


@pytest.mark.parametrize("vice", ["close_all", "shut", "fill_control"])
def test_what_it_closes_or_fills_is_its_own(bad, vice):
    ended = bad.with_vice(vice)
    assert ended.code == 0 and ended.script("bad.raw")["outcomes"] == {"ok": TICKS}, ended


@pytest.mark.sanitize
@pytest.mark.parametrize("vice", ["full_bell", "emptied_bell"])
def test_a_bell_that_would_block_does_not_block_the_broker(bad, vice):
    ended = bad.with_vice(vice, "--tick-timeout", "2s", seconds=60)
    failure = ended.script("bad.raw")["failure"]
    assert failure is None or failure["outcome"] == "late", ended


GAME = """import dragoman

class Game(dragoman.Game):
    def setup(self):
        self.world.component("Count", "n: f64")
        self.world.create({"Count": {"n": 100 * self.round}})

    def update(self, commands):
        return self.frame >= 4

    def scenes(self):
        return {"1P": {"frame": self.frame, "status": "GAME_OVER" if self.frame >= 4 else "GAME_ALIVE"}}

    def result(self):
        return {"1P": {"rank": 1, "score": 0}}
"""


@pytest.mark.parametrize("mode", MODES)
def test_who_keeps_its_mappings_over_a_round_writes_in_nothing(bad, mode):
    """The arenas are the same files in each round: what it writes there it may write. The pages that are its own are new ones."""
    toml = 'script = "game.py"\n[players]\nnames = ["1P"]'
    player = "MLPlay = { update = function(scene) return scene.frame end }\n"
    ended = bad({"bad.raw": raw("old_mappings", 0, mode=mode)}, "--rounds", "3", toml=toml, ticks=100, **{"game.py": GAME, "ml/a.lua": player})
    assert ended.report["end"] == "rounds_played" and ended.script("honest.py")["failure"] is None, ended
    failure = ended.script("bad.raw")["failure"]
    assert failure is None or failure["outcome"] == "protocol_error", ended


# --- its end ---


@pytest.mark.sanitize
@pytest.mark.parametrize("vice, outcome, saying", [
    ("half_then_late", "late", "no answer"), ("half_then_dead", "crashed", "signal 9"), ("half_then_bad_commands", "protocol_error", CANNOT), ("leaves", "exited", "code 0")])
def test_what_is_replaced_is_whole_or_as_it_was(bad, stopped_at, vice, outcome, saying):
    ended = bad.loses(vice, outcome, saying, "--tick-timeout", "2s")
    assert ended.hashes == stopped_at(2), ended
    assert ended.system("bad")["torn"] == [], ended


@pytest.mark.parametrize("vice", ["half_then_late", "half_then_dead"])
def test_what_is_torn_in_place_is_told(bad, stopped_at, vice):
    ended = bad.with_vice(vice, "--tick-timeout", "2s", system={"mode": "in_place"})
    assert ended.hashes[:2] == stopped_at(2)[:2] and ended.hashes[2] != stopped_at(2)[2], ended
    assert ended.system("bad")["torn"] == ["Own (2 tables, 2000 rows)"], ended
    assert "system bad failed while it wrote in place: Own (2 tables, 2000 rows) may be torn" in ended.stderr, ended


@pytest.mark.parametrize("vice", ["half_then_late", "half_then_dead", "half_then_bad_commands", "leaves"])
def test_what_is_torn_in_place_is_put_back_where_that_is_the_policy(bad, stopped_at, vice):
    ended = bad.with_vice(vice, "--tick-timeout", "2s", system={"mode": "in_place"}, more='torn = "restore"')
    assert ended.hashes == stopped_at(2), ended
    assert ended.system("bad")["torn"] == [], ended


# The columns of those who are to die, each its own, and one who looks at all of them: all rows are alike, or the column is torn.
WATCHED = "".join(f'dragoman.component("Own{n}", "a: i32", "b: i32")\n' for n in range(25))
WATCH = f"""import dragoman
NAMES = [f"Own{{n}}" for n in range(25)]
{WATCHED}
@dragoman.system(order="Startup", creates=3000)
def fill(tables, dt):
    dragoman.create_many(3000, **{{name: {{}} for name in NAMES}})

@dragoman.system(read=NAMES, order="PostUpdate")
def watch(tables, dt):
    for t in tables:
        print([sorted(set(memoryview(t[name].a).tolist() + memoryview(t[name].b).tolist())) for name in NAMES], flush=True)
"""


def test_fifty_kills_at_any_moment_of_a_tick(bad):
    """Nobody else notices, and what the dead ones wrote last is whole: as many ones as they had ticks."""
    for first in (0, 25):
        scripts = {f"bad_{n}.raw": raw("killed", 1, first + n, name=f"bad_{n}", write=[f"Own{n}"], mode="replace") for n in range(25)}
        ended = bad.honest_was_well(bad({"watch.py": WATCH, **scripts}, "--tick-timeout", "20s", ticks=30), 30)
        seen = json.loads([event["text"] for event in ended.events if event["event"] == "output" and event["player"] == "systems/watch.py"][-1])
        lost = [ended.script(name)["failure"] for name in scripts]
        assert all(failure["outcome"] == "crashed" and failure["signal"] == 9 for failure in lost if failure), ended
        assert len([failure for failure in lost if failure]) > 12, ended
        for n in range(25):
            assert seen[n] == [ended.system(f"bad_{n}")["runs"]], (n, seen[n], ended.system(f"bad_{n}"))
