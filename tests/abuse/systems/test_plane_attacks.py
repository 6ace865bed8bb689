"""The attack matrix: what a script can try against files that it may read only, in each tier of the sandbox, as root and as nobody.

raw/attacks.c tries some three hundred ways. What counts is whether the file has changed, not what a call returned."""
import os
import re
import subprocess
import sys

import pytest
from raw_worlds import HERE, RawWorld, raw

sys.path.insert(0, str(HERE.parent / "sandbox"))
from holding import AS_NOBODY, Ground, Pit  # noqa: E402

TIERS = {"isolated": [("bubblewrap", "root"), ("bubblewrap", "nobody"), ("cage", "root"), ("cage", "nobody"), ("landlock", "root")], "sealed": [("landlock", "nobody")]}
HOLDS = [(*hold, data) for data, holds in TIERS.items() for hold in holds]
# Where the filter alone is looked at, not each of them, but with DRAGOMAN_ABUSE=full.
FEW = HOLDS if os.environ.get("DRAGOMAN_ABUSE") == "full" else [("bubblewrap", "root", "isolated"), ("landlock", "nobody", "sealed")]
SYSTEM = {"read": ["Trail", "Count"], "optional": ["Trail"], "creates": 3}


@pytest.fixture(scope="module")
def ground(dragoman):
    ground = Ground(dragoman)
    yield ground
    ground.remove()


@pytest.fixture(params=HOLDS, ids="-".join)
def held(request, ground, raw_program):
    """A world in that tier, run as that user."""
    tier, user, data = request.param
    if user == "root" and os.geteuid() != 0:
        pytest.skip("not root")
    if user == "nobody" and os.geteuid() == 0 and subprocess.run([*AS_NOBODY, "test", "-x", ground.dragoman]).returncode != 0:
        pytest.skip(f"nobody may not run {ground.dragoman}")
    pit = Pit(ground, tier, user)
    ended = pit("check", ground.honest["lua"], *pit.in_tier())
    if ended.code != 0:
        pytest.skip(f"no {tier} as {user}: {ended.stderr}")
    ground.worlds = getattr(ground, "worlds", 0) + 1
    world = RawWorld(pit, ground.folder / f"worlds-{ground.worlds}", raw_program)
    world.tier, world.data, world.user = tier, data, user
    return world


def attacked(world, number=0, *options):
    return world({"bad.raw": raw("attack", 2, number, **SYSTEM)}, "--tick-timeout", "20s", f"--sandbox={world.tier}", *options)


def outcomes(ended):
    """What succeeded; and what reading allocated, in MiB, of how much."""
    said = "\n".join(event["text"] for event in ended.events if event["event"] == "output" and event["player"] == "systems/bad.raw")
    over = re.search(r"attacks are over: (\d+) of (\d+) succeeded", said)
    assert over and int(over[2]) > 200, ended
    return re.findall("SUCCESS: (.*)", said), [int(number) for number in re.search(r"reading: (\d+) MiB of (\d+) MiB", said).groups()]


def test_no_attack_succeeds(held):
    ended = attacked(held)
    assert ended.report["data_tier"] == held.data, ended
    succeeded, (allocated, most) = outcomes(ended)
    assert not succeeded, succeeded
    assert allocated <= most <= 512, (allocated, most)
    held.honest_was_well(ended)


# What it was lent to write it may make longer, up to its scratch's size, and lock; its modes mean nothing where nobody can open it anew.
ITS_OWN = re.compile("(fchmod|fallocate more|write behind the end|a lock): (the control pages|the staging file|Own|the broker)$")


def test_no_attack_succeeds_with_a_folder_of_its_own_to_write_in(held):
    """With --scratch the filter allows what changes files: sizes, modes, locks."""
    ended = attacked(held, 0, "--scratch", "8MiB")
    succeeded, (_, most) = outcomes(ended)
    assert not [attack for attack in succeeded if not ITS_OWN.match(attack)], "\n".join(succeeded)
    assert most <= 512
    held.honest_was_well(ended)


GROWER = """import dragoman
@dragoman.system(creates=30000, order="PostUpdate")
def grow(tables, dt):
    dragoman.create_many(30000, Own={"a": 1}, **({"Trail": {}} if tables.tick % 2 else {}))
"""
WRITERS = {"python.py": """import dragoman
@dragoman.system(write=["Own"])
def python(tables, dt):
    for t in tables:
        for row in (0, t.rows - 1):
            t.Own[row].a += 1
""", "lua.lua": """dragoman.system { name = "lua", write = { "Own" }, run = function(tables, dt)
    for t in tables do for i = 0, t.rows - 1 do t.Own[i].b = t.Own[i].b + t.Own[i].a end end
end }
"""}


@pytest.fixture(scope="module")
def grown():
    return {}


def test_a_world_that_grows_is_the_same_in_each_tier(held, grown):
    """Written in place, replaced, or copied by the broker: columns that grow in each tick, by scripts with and without a client."""
    for mode in ("replace", "in_place"):
        ended = held({"bad.raw": raw("steady", mode=mode, creates=3), "grow.py": GROWER, **WRITERS}, "--tick-timeout", "20s", f"--sandbox={held.tier}", more=f'mode = "{mode}"')
        held.honest_was_well(ended)
        assert ended.code == 0 and ended.report["data_tier"] == held.data, ended
        assert grown.setdefault("hashes", ended.hashes) == ended.hashes, ended


@pytest.mark.parametrize("held", FEW, indirect=True, ids="-".join)
@pytest.mark.parametrize("number, call", [(1, "process_vm_writev"), (2, "process_vm_writev"), (3, "pidfd_getfd"), (4, "ptrace"), (5, "unshare")])
def test_fatal_attacks_end_the_script(held, number, call):
    ended = attacked(held, number)
    ended.lost("bad.raw", "denied", f"denied: {call}", tick=2)
    held.honest_was_well(ended)


def test_without_walls_attacks_do_succeed(bad):
    """So that one knows that they are attacks; and the tier is named for what it is."""
    ended = bad({"bad.raw": raw("attack", 2, **SYSTEM)}, "--tick-timeout", "20s", "--sandbox=off")
    assert ended.report["data_tier"] == "shared", ended
    succeeded, _ = outcomes(ended)
    assert "open /proc/self/fd: Count" in succeeded and "fchmod, then open: Trail" in succeeded, succeeded
    bad.honest_was_well(ended)


@pytest.mark.parametrize("scratch", ["0B", "8MiB"])
def test_a_file_that_a_script_has_made_larger_keeps_nobody_from_growing(bad, scratch):
    """Whatever it can do to the file of Own, other scripts create rows of it."""
    grower = """import dragoman
@dragoman.system(creates=30000, order="PostUpdate")
def grow(tables, dt):
    dragoman.create_many(30000, Own={"a": 1})
"""
    ended = bad({"bad.raw": raw("attack", 0, **SYSTEM), "grow.py": grower}, "--tick-timeout", "20s", "--scratch", scratch)
    assert ended.script("grow.py")["failure"] is None and ended.system("grow")["created"] == 8 * 30000, ended
    bad.honest_was_well(ended)
