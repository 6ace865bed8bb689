"""The examples of systems: they run to their end, the same each time, and boids with its systems in whatever language."""
import shutil

import pytest
from running import ROOT

BOIDS, COLONY = ROOT / "examples/boids", ROOT / "examples/colony"
SMALL = {BOIDS: ["--param", "boids=1500"], COLONY: ["--param", "ants=400"]}
PATIENT = ["--tick-timeout", "30s", "--start-timeout", "60s"]
SYSTEMS = ["birds", "steer", "movement", "borders", "census"]


class Evolved:
    """A run of systems: the world's hash after each tick, and what they printed."""

    def __init__(self, ended):
        events = ended.ended_with(0).events
        self.hashes = [event["world_hash"] for event in events if event["event"] == "tick"]
        self.said = [event["text"] for event in events if event["event"] == "output"]
        self.report = events[-1]["report"]
        self.systems = {system["name"]: system for system in self.report["systems"]}
        assert all(script["failure"] is None for script in self.report["system_scripts"]), ended


@pytest.fixture
def evolved(command):
    def run(game, *more, like=None, ticks=40):
        return Evolved(command("run", game, *SMALL[like or game], "--ticks", ticks, *PATIENT, *more, "--jsonl"))

    return run


@pytest.fixture(scope="module")
def usual():
    """The hashes of boids as it is, once they are known."""
    return []


@pytest.mark.sanitize
@pytest.mark.parametrize("game", SMALL, ids=lambda game: game.name)
def test_an_example_is_the_same_on_each_run_with_the_same_seed(evolved, game):
    first, again, other = evolved(game), evolved(game), evolved(game, "--seed", "2")
    assert first.hashes == again.hashes and first.said == again.said
    assert len(set(first.hashes)) == len(first.hashes) == 40
    assert first.hashes[-1] != other.hashes[-1]


@pytest.mark.parametrize("language", ["py", "lua", "cpp"])
@pytest.mark.parametrize("system", SYSTEMS)
def test_a_system_of_boids_can_be_exchanged_for_one_in_another_language(evolved, usual, tmp_path, system, language):
    if not usual:
        usual.append(evolved(BOIDS))
    game = tmp_path / "boids"
    shutil.copytree(BOIDS, game)
    if not (there := game / f"systems/{system}.{language}").exists():
        next((game / "systems").glob(f"{system}.*")).unlink()
        shutil.copy(BOIDS / f"other/{there.name}", there)
    exchanged = evolved(game, like=BOIDS)
    assert exchanged.hashes == usual[0].hashes
    assert exchanged.said == usual[0].said
    assert exchanged.report["stages"] == usual[0].report["stages"] == [["birds"], ["steer"], ["movement"], ["borders", "census"]]


def test_birds_come_to_agree(evolved):
    said = evolved(BOIDS, ticks=121).said
    agree = [int(line.split()[-2].removesuffix("%")) for line in said]
    assert len(agree) == 5 and agree[0] < 10 and agree[-1] > 60, said


def test_ants_find_the_nearer_source_and_leave_marks_that_go(evolved):
    run = evolved(COLONY, ticks=241)
    first, last = ([int(word.removesuffix("%")) for word in line.split() if word.removesuffix("%").isdigit()] for line in (run.said[1], run.said[-1]))
    assert last[-1] > 75, run.said
    assert run.systems["trails"]["created"] > 240 * 400 and run.systems["evaporation"]["destroyed"] > 225 * 400
    assert run.systems["breeding"]["created"] > 0 and last[4] > first[4]  # meals
    assert run.systems["trails"]["runs"] == 241
