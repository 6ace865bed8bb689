"""A script that is saved takes over in the middle of the match."""
import pytest
from watched import WatchedRun, judged_game, player, save_in_place


@pytest.fixture(params=[".py", ".lua", ".cpp"])
def suffix(request):
    return request.param


def test_a_saved_script_plays_on_with_what_the_one_before_knew(dragoman, tmp_path, suffix):
    name = "1P" + suffix
    with WatchedRun(dragoman, judged_game(tmp_path, {name: player(suffix)})) as run:
        run.save(name, player(suffix, "two"))
        said = run.wait_said("now")
        run.wait_ticks(5)
    assert (said["version"], said["seen"]) == ("two", 1), run
    assert run.missed == [], run


def test_a_broken_save_changes_nothing_but_a_message(dragoman, tmp_path, suffix):
    name = "1P" + suffix
    with WatchedRun(dragoman, judged_game(tmp_path, {name: player(suffix)})) as run:
        run.save(name, player(suffix, "two") + "\n this is no program ((\n")
        failure = run.wait_step("failed")["failure"]
        run.wait_ticks(5)
    assert failure["outcome"] == "compile_error" and failure["line"] > 10, failure
    assert run.missed == [] and run.said("now") == [], run


def test_a_version_that_fails_on_probation_gives_the_seat_back(dragoman, tmp_path):
    # Of its own scenes, and more than the 256 that it may be given before it has the seat, however long it takes to start.
    fails = player(".py", "two").replace(
        "self.seen += 1", "self.seen += 1; self.own = vars(self).get('own', 0) + 1\n        assert self.own < 300, 'enough'")
    with WatchedRun(dragoman, judged_game(tmp_path, {"1P.py": player(".py")}), "--probation", "1000") as run:
        run.save("1P.py", fails)
        run.wait_step("swapped")
        event = run.wait_step("rolled_back")
        run.wait_said("now", version="one")
        run.wait_ticks(5)
    assert event["failure"]["outcome"] == "raised" and event["failure"]["line"] == 7, event
    assert len(run.said("missed")) == 1, run


def test_probation_over_the_version_before_is_let_go(dragoman, tmp_path):
    with WatchedRun(dragoman, judged_game(tmp_path, {"1P.py": player(".py")}), "--probation", "5") as run:
        run.save("1P.py", player(".py", "two"))
        run.wait_step("settled")
    assert run.steps() == ["begun", "swapped", "settled"]


def test_a_game_has_a_probation_that_ends_too(dragoman, tmp_path):
    game = judged_game(tmp_path, {"1P.py": player(".py")})
    with WatchedRun(dragoman, game, "--probation", "5") as run:
        save_in_place(game / "judge.py", (game / "judge.py").read_text() + "# saved\n")
        run.wait_step("settled", "game")
    assert run.steps("game") == ["begun", "swapped", "settled"]


def test_the_seat_goes_to_another_language_with_its_state(dragoman, tmp_path):
    with WatchedRun(dragoman, judged_game(tmp_path, {"1P.py": player(".py")})) as run:
        run.wait_ticks(3)
        (tmp_path / "ml/1P.py").unlink()
        run.save("1P.lua", player(".lua", "lua"))
        said = run.wait_said("now")
        run.wait_ticks(3)
    assert (said["version"], said["seen"]) == ("lua", 1), run
    assert run.missed == [], run


def test_a_helper_that_is_saved_reloads_who_imports_it_and_nobody_else(dragoman, tmp_path):
    uses = "import helper\n" + player(".py").replace('"VERSION"', '"one"').replace('"one"', "helper.VERSION")
    game = judged_game(tmp_path, {"1P.py": uses, "2P.py": player(".py"), "helper.py": "VERSION = 'one'\n"}, seats=2)
    with WatchedRun(dragoman, game, "-i", str(game / "ml/1P.py"), "-i", str(game / "ml/2P.py")) as run:
        run.save("helper.py", "VERSION = 'two'\n")
        said = run.wait_said("now")
        run.wait_ticks(3)
    assert (said["version"], said["seen"]) == ("two", 1), run
    assert run.steps("2P") == [] and run.missed == [], run


def test_a_game_reloads_in_the_middle_of_a_match_with_its_world(dragoman, tmp_path):
    game = judged_game(tmp_path, {"1P.py": player(".py")})
    with WatchedRun(dragoman, game) as run:
        run.wait_ticks(5)
        text = (game / "judge.py").read_text()
        save_in_place(game / "judge.py", text.replace('self.world.set(', 'dragoman.log("info", repr({"seat": "game", "what": "sees", "n": self.world.get(self.tick, "Tick")["n"], "frame": self.frame}))\n        self.world.set('))
        said = run.wait_said("sees", "game")
        run.wait_ticks(3)
    assert said["n"] == said["frame"] - 1, said
    assert run.missed == [], run


def test_a_script_dropped_into_ml_takes_an_open_seat_where_the_game_allows_it(dragoman, tmp_path):
    game = judged_game(tmp_path, {"1P.py": player(".py")}, seats=2, more="joining = true")
    with WatchedRun(dragoman, game) as run:
        run.save("late.lua", player(".lua", "late"))
        said = run.wait_said("begins", "2P")
        run.wait_ticks(3)
    assert (said["version"], said["seen"]) == ("late", 1)


def test_a_removed_script_gives_up_its_seat(dragoman, tmp_path):
    game = judged_game(tmp_path, {"1P.py": player(".py"), "2P.py": player(".py")})
    with WatchedRun(dragoman, game) as run:
        (game / "ml/2P.py").unlink()
        run.wait_step("removed", "2P")
        run.wait_ticks(3)
    assert run.missed == [], run


def test_a_shadow_is_fed_the_same_scenes_before_it_plays(dragoman, tmp_path):
    with WatchedRun(dragoman, judged_game(tmp_path, {"1P.py": player(".py")}), "--shadow", "5") as run:
        run.save("1P.py", player(".py", "two"))
        event = run.wait_step("shadowed")
        run.wait_said("now", version="two", seen=1)
    assert event["differences"] == 5, event


def test_a_strict_shadow_that_does_otherwise_never_plays(dragoman, tmp_path):
    with WatchedRun(dragoman, judged_game(tmp_path, {"1P.py": player(".py")}), "--shadow", "5", "--shadow-strict") as run:
        run.save("1P.py", player(".py", "two"))
        refused = run.wait_step("failed")
        run.save("1P.py", player(".py", "one") + "# the same\n")
        run.wait_step("swapped")
    assert run.said("now") == [], run
    assert "failure" not in refused and refused["differences"] == 5, refused
    assert refused["text"] == "as a shadow it did otherwise in 5 of 5 ticks"


def slow_to_remember(version, scene_time):
    """Longer than the next tick waits for a state."""
    return player(".py", version).replace("class MLPlay", "import time\n\n\nclass MLPlay").replace(
        "        self.seen += 1", f"        time.sleep({scene_time})\n        self.seen += 1").replace(
        "        self.seen = data", "        time.sleep(0.4)\n        self.seen = data")


@pytest.mark.parametrize("scene_time", [0, 0.07], ids=["quick", "each scene longer than a tick waits for it"])
def test_who_is_long_in_taking_its_state_is_given_the_scenes_that_came_meanwhile(dragoman, tmp_path, scene_time):
    game = judged_game(tmp_path, {"1P.py": slow_to_remember("one", scene_time)})
    with WatchedRun(dragoman, game) as run:
        run.save("1P.py", slow_to_remember("two", scene_time))
        run.wait_said("now", version="two", seen=1)
        run.wait_ticks(3)
    assert run.missed == [] and run.steps()[:2] == ["begun", "swapped"], run
    assert "ticks old" not in str(run), run


def test_who_resets_itself_among_the_scenes_that_it_missed_plays_when_it_is_ready(dragoman, tmp_path):
    """Each tenth scene says that the game is over."""
    game = judged_game(tmp_path, {"1P.py": slow_to_remember("one", 0.01)})
    judge = (game / "judge.py").read_text()
    save_in_place(game / "judge.py", judge.replace('"GAME_ALIVE"', '"GAME_ALIVE" if self.frame % 10 else "GAME_OVER"').replace(
        "            if answer is None:", "            if answer is None and seat not in self.absent:\n                continue\n            if answer is None:"))
    with WatchedRun(dragoman, game) as run:
        run.save("1P.py", slow_to_remember("two", 0.01))
        now = run.wait_said("now", version="two")
        run.wait_ticks(20)
    assert now["count"] == now["frame"], run
    assert run.missed == [] and run.steps()[:2] == ["begun", "swapped"], run


def test_trust_does_not_go_to_another_file_in_the_seat(dragoman, tmp_path):
    game = judged_game(tmp_path, {"1P.py": player(".py")}, more='[trust."ml/1P.py"]\nlevel = "trusted"\nreason = "a test"')
    with WatchedRun(dragoman, game) as run:
        (game / "ml/1P.py").unlink()
        run.save("1P.lua", player(".lua", "lua"))
        run.wait_said("now", version="lua")
    (report,) = [event["report"] for event in run.events if event["event"] == "end"]
    assert (report["players"][0]["trust"], report["players"][0]["language"]) == ("untrusted", "lua"), run
