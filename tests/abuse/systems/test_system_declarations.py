"""What a script declares that cannot be: it is refused at load with a sentence that names it, and the others go on."""
import json

import pytest
from raw_worlds import raw

OWN = {"name": "bad", "write": ["Own"]}


def hello(systems, components=(), **more):
    """A raw script that is good but for what it declares."""
    if systems and isinstance(systems, list) and isinstance(systems[0], dict):
        systems = [{**OWN, **system} for system in systems]
    declared = [{"name": name, "fields": list(fields)} if isinstance(fields, (list, tuple)) else {"name": name} for name, *fields in components]
    said = {"protocol": 1, "client": "raw", "role": "system", "features": ["plane"], "components": declared, "systems": systems, **more}
    return "steady 0 0\n" + json.dumps(said) + "\n"


# It is called late.raw: of two scripts that differ, the later one in name order is refused.
REFUSED = {
    "an unknown component": ([{"write": ["Nowhere"]}], (), 'system bad: no component is called "Nowhere"; there are Count, Trail, Own'),
    "an unknown component to read": ([{"read": ["Nowhere"]}], (), 'system bad: no component is called "Nowhere"'),
    "with": ([{"with": ["Nowhere"]}], (), 'no component is called "Nowhere"'),
    "changed": ([{"changed": ["Nowhere"]}], (), 'no component is called "Nowhere"'),
    "another type": ([{}], [("Own", "a: f32", "b: i32")], "component Own is declared already, and differently: field a is .*f32.*i32|i32.*f32"),
    "another field": ([{}], [("Own", "a: i32", "c: i32")], "Own .*differently: field 2 is called"),
    "another default": ([{}], [("Own", "a: i32 = 3", "b: i32")], "Own .*differently: the default of field a"),
    "a field more": ([{}], [("Own", "a: i32", "b: i32", "c: i32")], "Own .*differently: field c"),
    "a field less": ([{}], [("Own", "a: i32")], "Own .*differently: field b"),
    "a name twice": ([{}, {}], (), "two of its systems are called bad"),
    "another script's name": ([{"name": "honest"}], (), "two systems are called honest: the other one is in systems/honest.py"),
    "a circle": ([{"after": ["other"]}, {"name": "other", "after": ["bad"]}], (), "wait for each other in a circle: bad, other"),
    "itself": ([{"before": ["bad"]}], (), "in a circle: bad"),
    "after nobody": ([{"after": ["nobody"]}], (), "system bad runs after nobody, but there is no such system"),
    "after another order": ([{"after": ["honest"]}], (), "bad runs after honest, but that one runs in PostUpdate, not in Update"),
    "no system": ([], (), "it declares no system"),
    "systems of text": (["movement"], (), 'a system needs a "name"'),
    "no list": ({"a": 1}, (), "no lists"),
    "no name": ([{"name": ""}], (), "a system's name has 1 to 64 bytes; this one has 0"),
    "a long name": ([{"name": "n" * 65}], (), "1 to 64 bytes; this one has 65"),
    "a number for a name": ([{"name": 3}], (), "a system's name must be a text, not 3"),
    "an order": ([{"order": "Late"}], (), '"order" of system bad must be one of Startup, PreUpdate, Update, PostUpdate, not Late'),
    "a mode": ([{"mode": "fast"}], (), '"mode" of system bad must be one of replace, in_place, not fast'),
    "a text for a list": ([{"write": "Own"}], (), '"write" of system bad must be a list of names, not "Own"'),
    "a list of numbers": ([{"read": [1]}], (), "must be a text, not 1"),
    "every 0": ([{"every": 0}], (), '"every" of system bad must be a whole number from 1'),
    "every 1.5": ([{"every": 1.5}], (), '"every" of system bad must be a whole number from 1 to [0-9]+, not 1.5'),
    "a negative rate": ([{"rate": -2}], (), '"rate" of system bad must be a number above 0, not -2'),
    "too many creates": ([{"creates": 2**40}], (), '"creates" of system bad must be a whole number from 0 to 4194304'),
    "exclusive as text": ([{"exclusive": "yes"}], (), '"exclusive" of system bad'),
    "optional alone": ([{"optional": ["Count"]}], (), 'Count is "optional" of system bad, which neither reads nor writes it'),
    "17 changed": ([{"changed": ["Own"] * 17}], (), '"changed" of system bad names more than 16 components'),
    "257 systems": ([{"name": f"s{n}"} for n in range(257)], (), "it declares 257 systems; a script may have 256"),
    "257 components": ([{}], [(f"C{n}", "x: i8") for n in range(257)], "the world may hold 256 components"),
    "all components at once": ([{"exclusive": True}], [(f"C{n}", "x: i8") for n in range(253)], "a script may map 248 components; its systems name 256"),
    "no fields": ([{}], [("A", "x = 3")], """component A: field "x = 3": expected ':' after the name"""),
    "an unknown type": ([{}], [("A", "x: f16")], r"expected a type \(bool, i8, .*found \"f16\""),
    "a field twice": ([{}], [("A", "x: u8", "x: u8")], "component A: field x is there twice"),
    "a default that does not fit": ([{}], [("A", "x: u8 = 300")], "A.x: expected u8 .*got 300"),
    "a row that is too large": ([{}], [("A", "x: f64[100000000]")], "component A: its fields take more than 65536 bytes"),
    "an odd component's name": ([{}], [("a b",)], "expected a component's name .*a b"),
    "a long component's name": ([{}], [("A" * 65,)], "expected a component's name .*at most 64"),
}


@pytest.mark.sanitize
@pytest.mark.parametrize("what", REFUSED)
def test_what_cannot_be_is_refused_with_a_sentence(bad, what):
    systems, components, saying = REFUSED[what]
    ended = bad({"late.raw": hello(systems, components)}, ticks=2)
    ended.lost("late.raw", "compile_error", saying)
    assert ended.code == 4, ended
    bad.honest_was_well(ended, 2)


@pytest.mark.parametrize("what, systems, components", [
    ("64 bytes", [{"name": "n" * 64}], ()), ("256 systems", [{"name": f"s{n}"} for n in range(256)], ()), ("250 components", [{}], [(f"C{n}", "x: i8") for n in range(250)]),
    ("16 changed", [{"changed": ["Own"] * 16}], ()), ("the same declaration", [{}], [("Own", "a: i32", "b: i32")]), ("read and written", [{"read": ["Own"]}], ()), ("nothing can match", [{"without": ["Own"]}], ()),
    ("a tag is written", [{"write": ["Tag"]}], [("Tag",)]), ("a text is written", [{"write": ["Text"]}], [("Text", "t: text")]), ("nothing", [{"write": []}], ()), ("an enormous rate", [{"rate": 1e308}], ()),
    ("the largest every", [{"every": 2**32}], ()), ("a key that is not there yet", [{"colour": "red"}], ())], ids=lambda value: value if isinstance(value, str) else "")
def test_what_is_at_its_limit_runs(bad, what, systems, components):
    ended = bad({"late.raw": hello(systems, components)}, ticks=2)
    assert ended.script("late.raw")["failure"] is None and ended.code == 0, ended
    bad.honest_was_well(ended, 2)


def test_a_client_without_a_plane_cannot_run_systems(bad):
    bad({"late.raw": hello([{}], features=[])}, ticks=2).lost("late.raw", "compile_error", 'cannot map columns .no "plane" among its features')


def test_a_player_is_no_system(bad):
    bad({"late.raw": hello([{}], role="player")}, ticks=2).lost("late.raw", "compile_error", "is a player, a system was expected")


def test_a_script_that_declares_nothing_is_no_system(bad):
    ended = bad({"late.lua": "return {}\n", "later.py": "x = 1\n"}, ticks=2)
    for name in ("late.lua", "later.py"):
        assert ended.failure(name)["outcome"] in ("compile_error", "raised"), ended
    bad.honest_was_well(ended, 2)


def test_a_name_cannot_drive_the_terminal(bad, command):
    folder = bad.make({"late.raw": hello([{"name": "a\x1b[31mb\n\x07"}])}, ticks=2)
    ended = command("run", folder)
    assert "\x1b" not in ended.stdout + ended.stderr and "\x07" not in ended.stdout + ended.stderr, ended


@pytest.mark.parametrize("systems, saying", [
    ('folder = "nowhere"', "nowhere"), ('scripts = ["systems/none.py"]', "systems/none.py"), ('mode = "fast"', '"replace", "in_place"'), ('signal = "smoke"', '"shared", "lines"'),
    ('torn = "mend"', '"keep", "restore"'), ('after_failure = "panic"', '"go_on", "stop"'), ('data = "open"', '"isolated"'), ('commands = "1KiB"', "4KiB"), ('commands = "much"', "4KiB"), ("colour = 3", "colour")])
def test_a_manifest_that_says_what_cannot_be_is_usage(bad, systems, saying):
    ended = bad({}, more=systems)
    assert ended.code == 2 and saying in ended.stderr, ended


def test_a_run_without_the_walls_that_were_asked_for_is_refused(bad):
    ended = bad({}, "--sandbox=off", more='data = "isolated"', ticks=2)
    ended.lost("honest.py", "not_ready", "isolated was asked for, this machine gives shared")
    assert ended.report["end"] == "systems_failed", ended


def test_after_failure_stop_ends_the_run(bad):
    ended = bad({"late.raw": raw("leaves", 3)}, more='after_failure = "stop"')
    ended.lost("late.raw", "exited", "code 0", tick=3)
    assert ended.report["end"] == "systems_failed" and ended.report["ticks"] in (3, 4), ended
