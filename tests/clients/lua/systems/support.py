"""What the tests of systems share."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from fake_broker import Failed, FakeBroker  # noqa: E402

WORLD = {
    "Position": ["x: f32", "y: f32 = 1"],
    "Velocity": ["x: f32", "y: f32"],
    "Health": ["points: i32 = 100", "armour: f32", "seen: bool", "by: entity"],
    "Size": ["edges: f32[3] = [1, 2, 3]", "title: text"],
    "Frozen": [],
}
MODES = ("in_place", "replace", "staged")
CASES = {}


def case(function):
    CASES[function.__name__] = function, MODES
    return function


def case_of_one_mode(function):
    """Of what does not depend on how columns are written."""
    CASES[function.__name__] = function, MODES[:1]
    return function


class Place:
    def __init__(self, host, folder, mode):
        self.host, self.folder, self.mode, self.brokers = host, folder, mode, []

    def broker(self, text, world=None):
        script = self.folder / "system.lua"
        script.write_text(text, encoding="utf-8")
        self.brokers.append(FakeBroker(self.host, str(script), world or WORLD, self.mode))
        return self.brokers[-1]

    def close(self):
        for broker in self.brokers:
            broker.close()


def one_system(body, about='read = { "Velocity" }, write = { "Position" }'):
    text = f"dragoman.system {{ name = 'sys', {about}, run = function(tables, dt)\n"
    return f"local kernels = dragoman.kernels {text}{body}\nend }}"


def started(place, text, **options):
    broker = place.broker(text, **options)
    broker.ready()
    broker.add_table(3, Position=[{"x": 1}, {"x": 2, "y": 5}, {"x": 3}], Velocity={"x": 10, "y": 20})
    broker.add_table(2, Position={"x": 7}, Health=[{"points": 5}, {"points": 50}])
    broker.add_table(1, Position={"x": 9}, Velocity={"x": 1, "y": 1}, Frozen={})
    broker.attach()
    return broker


def raised(broker, *words, run="run"):
    """That a run fails, with these words in what is said of it."""
    try:
        getattr(broker, run)("sys", creates=100) if run == "run" else getattr(broker, run)()
    except Failed as failed:
        told = failed.args[0]
        for word in words:
            assert word in told["message"] or word in str(told.get("trace")), (word, told)
        assert broker.end() == 1
        return told
    raise AssertionError(f"it did not fail: {words}")


def printed(broker, *lines):
    assert broker.end() == 0
    assert broker.output == list(lines), broker.output


def xs(broker, table=0, name="Position", field="x"):
    return [row[field] for row in broker.rows(name, table)]
