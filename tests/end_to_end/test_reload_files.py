"""Files that go away and come back, and siblings in another language that cannot play at first."""
import pytest
from running import eventually
from watched import WatchedRun, judged_game, player


def judge_of(game):
    return game / "judge.py"


@pytest.fixture
def game(tmp_path):
    return judged_game(tmp_path, {"1P.py": player(".py")})


def test_a_game_plays_on_while_its_file_is_gone_and_the_file_when_it_is_there_again(dragoman, game):
    text = judge_of(game).read_text()
    with WatchedRun(dragoman, game) as run:
        judge_of(game).unlink()
        gone = run.wait_step("removed", "game")
        run.wait_ticks(3)
        judge_of(game).write_text(text + "# again\n")
        run.wait_step("swapped", "game")
        run.wait_ticks(3)
    assert gone["text"] == "its file is gone: what plays goes on", gone
    assert run.process.returncode == 130 and run.missed == [], run


def test_a_run_that_waits_for_its_lost_game_ends_with_the_games_failure(dragoman, game):
    fails = judge_of(game).read_text().replace("return False", "return 1 // 0")
    with WatchedRun(dragoman, game, "--probation", "0") as run:
        judge_of(game).write_text(fails)
        assert eventually(lambda: "goes on when its file is saved" in run.stderr, 60), run
        judge_of(game).unlink()
        assert eventually(lambda: "its file is gone" in run.stderr, 60), run
    (report,) = [event["report"] for event in run.events if event["event"] == "end"]
    assert report["end"] == "game_failed" and report["game_failure"]["outcome"] == "raised", report
    assert run.process.returncode == 3, run


def test_a_sibling_that_cannot_play_leaves_seat_and_state_to_the_version_before(dragoman, game):
    with WatchedRun(dragoman, game) as run:
        (game / "ml/1P.py").unlink()
        run.save("1P.lua", "return {")
        run.wait_step("failed")
        run.wait_ticks(120)  # longer than a file has to be away to be taken for gone
        run.save("1P.lua", player(".lua", "lua"))
        said = run.wait_said("now")
    assert (said["version"], said["seen"]) == ("lua", 1) and run.missed == [], run
    assert "removed" not in run.steps(), run


def test_a_sibling_that_fails_on_probation_is_tried_again_when_it_is_saved(dragoman, game):
    fails = player(".lua", "lua").replace("self.seen = self.seen + 1", "error('no')", 1)
    with WatchedRun(dragoman, game) as run:
        (game / "ml/1P.py").unlink()
        run.save("1P.lua", fails)
        run.wait_step("rolled_back")
        run.save("1P.lua", player(".lua", "lua"))
        run.wait_said("now", version="lua")
    assert "removed" not in run.steps(), run


def test_the_first_mended_save_of_a_sibling_is_played(dragoman, game):
    with WatchedRun(dragoman, game) as run:
        run.save("1P.lua", "return {")
        run.wait_ticks(5)
        (game / "ml/1P.py").unlink()
        assert run.wait_step("failed")["file"].endswith("1P.lua")
        run.save("1P.lua", player(".lua", "lua"))
        said = run.wait_said("now")
    assert (said["version"], said["seen"]) == ("lua", 1) and run.missed == [], run
