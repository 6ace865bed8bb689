"""What comes into ml/ beside the scripts that play."""
import subprocess
import tempfile

from watched import WatchedRun, judged_game, player


def test_a_helper_in_a_sub_folder_is_no_player(dragoman, tmp_path):
    game = judged_game(tmp_path, {"1P.py": player(".py")}, seats=2, more="joining = true")
    with WatchedRun(dragoman, game) as run:
        (game / "ml/lib").mkdir()
        run.save("lib/helper.py", "X = 1\n")
        run.save("late.py", player(".py", "late"))
        said = run.wait_said("begins", "2P")
    assert said["version"] == "late" and run.steps("2P") == ["begun", "swapped"], run
