"""A system's script that is saved takes its place among the others, in the middle of the run."""
import pytest
from running import control
from watched import WatchedRun, judged, save_in_place

MANIFEST = """name = "world"
fps = 100
{more}
[systems]
folder = "systems"
{systems}
"""

# It looks at what movement has done in each tick, and says where that changes.
WITNESS = """import dragoman

dragoman.component("Place", "x: f64", "was: f64", "by: f64")
dragoman.component("Other", "n: f64")

@dragoman.system(order="Startup", creates=1)
def spawn(tables, dt):
    dragoman.create_entity(Place={}, Other={})

@dragoman.system(order="PostUpdate", write=["Place"])
def witness(tables, dt):
    for t in tables:
        p = t.Place[0]
        by, p.was = p.x - p.was, p.x
        if by != p.by:
            p.by = by
            dragoman.log("info", repr({"seat": "world", "what": "now", "by": by}))
"""

MOVEMENT = {
    ".py": """import dragoman
@dragoman.system(write=["Place"])
def movement(tables, dt):
    for t in tables:
        t.Place[0].x += BY
""",
    ".lua": """dragoman.system { name = "movement", write = "Place", run = function(tables, dt)
    for t in tables do t.Place[0].x = t.Place[0].x + BY end
end }
""",
    ".cpp": """#include <dragoman/systems.hpp>
struct Place { double x = 0, was = 0, by = 0; };
DRAGOMAN_COMPONENT(Place, x, was, by)
void movement(Place& p) { p.x += BY; }
DRAGOMAN_SYSTEM(movement);
""",
}


def movement(suffix, by):
    return MOVEMENT[suffix].replace("BY", str(by))


class Run(WatchedRun):
    def save(self, name, text):
        save_in_place(self.folder / "systems" / name, text)

    def wait_step(self, step, name="movement.py"):
        return super().wait_step(step, f"systems/{name}")

    def wait_moves(self, *moves):
        """Until movement has moved by these, one behind the other."""
        self.wait(lambda event: self.moves == list(moves), f"movement by {moves}")

    @property
    def moves(self):
        logs = [e for e in self.events if e["event"] == "log" and e["player"] == "systems/witness.py"]
        return [judged({**event, "player": "game"})["by"] for event in logs]


@pytest.fixture
def world(dragoman, tmp_path):
    def run(systems, *options, more="", keys="", **given):
        (tmp_path / "systems").mkdir(exist_ok=True)
        (tmp_path / "dragoman.toml").write_text(MANIFEST.format(more=more, systems=keys))
        for name, text in {"witness.py": WITNESS, **systems}.items():
            (tmp_path / "systems" / name).write_text(text)
        return Run(dragoman, tmp_path, *options, **given)
    return run


@pytest.mark.parametrize("suffix", [".py", ".lua", ".cpp"])
def test_a_saved_system_goes_on_where_the_one_before_it_stood(world, suffix):
    name = "movement" + suffix
    with world({name: movement(suffix, 1)}) as run:
        run.save(name, movement(suffix, 7))
        run.wait_moves(1, 7)
        run.wait_ticks(3)
    assert run.moves == [1, 7] and run.missed == [], run


@pytest.mark.parametrize("header", ["notyet.hpp", "deep/below/notyet.hpp"])
def test_a_system_that_lacked_a_header_is_tried_again_when_that_comes(world, header):
    with world({"movement.cpp": movement(".cpp", 1)}) as run:
        run.save("movement.cpp", f'#include "{header}"\n' + movement(".cpp", 7))
        run.wait_step("failed", "movement.cpp")
        (run.folder / "systems" / header).parent.mkdir(parents=True, exist_ok=True)
        run.save(header, "")
        run.wait_moves(1, 7)


def test_a_system_whose_file_is_gone_goes_on_in_the_language_that_comes_later(world):
    with world({"movement.py": movement(".py", 1)}) as run:
        (run.folder / "systems/movement.py").unlink()
        run.wait_step("removed")
        run.save("movement.lua", movement(".lua", 7))
        run.wait_moves(1, 7)
        run.wait_ticks(3)
    assert run.moves == [1, 7] and run.missed == [], run


def test_a_component_that_is_declared_differently_is_a_failed_reload(world):
    with world({"movement.py": movement(".py", 1)}) as run:
        run.save("movement.py", movement(".py", 7) + "dragoman.component('Other', 'n: f64', 'm: f64')\n")
        failure = run.wait_step("failed")["failure"]
        run.wait_ticks(3)
    assert "Other" in failure["message"] and "begin the run anew" in failure["message"], failure
    assert run.moves == [1] and run.missed == [], run


def test_a_system_that_fails_on_probation_gives_its_place_back(world):
    with world({"movement.py": movement(".py", 1)}, keys='after_failure = "stop"') as run:
        run.save("movement.py", movement(".py", 7).replace("    for t", "    raise ValueError('no')\n    for t"))
        event = run.wait_step("rolled_back")
        run.wait_moves(1, 0, 1)
        run.wait_ticks(3)
    assert event["failure"]["outcome"] == "raised" and event["failure"]["line"] == 4, event
    assert run.moves == [1, 0, 1], run


def test_the_same_system_once_more_makes_no_difference_to_the_world(world, short_folder):
    again = movement(".py", 1) + "# the same\n"
    socket = short_folder / "c"
    hashes = []
    for saves in (False, True):
        run = world({"movement.py": movement(".py", 1)}, "--paused", "--control", socket, more="ticks = 60")
        control(socket, "step", ticks=10)  # it stands again until the new version has the seat, however long that takes
        with run:
            if saves:
                run.save("movement.py", again)
                run.wait_step("swapped")
            control(socket, "resume")
            run.wait(lambda event: event["event"] == "end", "its end")
        ticks = [event for event in run.events if event["event"] == "tick"]
        hashes.append([(event["tick"], event["world_hash"]) for event in ticks])
    assert len(hashes[0]) == 60 and hashes[0] == hashes[1]
