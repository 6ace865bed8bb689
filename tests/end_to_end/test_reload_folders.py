"""What comes into ml/ beside the scripts that play."""
import pytest
from running import control
from watched import WatchedRun, judged_game, player


def test_a_helper_in_a_sub_folder_is_no_player(dragoman, tmp_path):
    game = judged_game(tmp_path, {"1P.py": player(".py")}, seats=2, more="joining = true")
    with WatchedRun(dragoman, game) as run:
        (game / "ml/lib").mkdir()
        run.save("lib/helper.py", "X = 1\n")
        run.save("late.py", player(".py", "late"))
        said = run.wait_said("begins", "2P")
    assert said["version"] == "late" and run.steps("2P") == ["begun", "swapped"], run


def test_a_script_that_lacked_a_module_is_tried_again_when_that_comes(dragoman, tmp_path):
    with WatchedRun(dragoman, judged_game(tmp_path, {"1P.py": player(".py")})) as run:
        run.save("1P.py", "import notyet\n" + player(".py", "two"))
        run.wait_step("failed")
        run.save("other.py", "X = 1\n")
        run.save("notyet.py", "X = 1\n")
        run.wait_said("now", version="two")
    assert run.steps()[:3] == ["begun", "failed", "swapped"], run


@pytest.mark.parametrize("header", ["notyet.hpp", "lib/notyet.hpp"])
def test_a_script_that_lacked_a_header_is_tried_again_when_that_comes(dragoman, tmp_path, header):
    with WatchedRun(dragoman, judged_game(tmp_path, {"1P.cpp": player(".cpp")})) as run:
        run.save("1P.cpp", f'#include "{header}"\n' + player(".cpp", "two"))
        run.wait_step("failed")
        (tmp_path / "ml" / header).parent.mkdir(exist_ok=True)
        run.save(header, "")
        run.wait_said("now", version="two")
    assert run.steps()[:3] == ["begun", "failed", "swapped"], run


def test_a_script_that_lacked_a_data_file_is_tried_again_when_that_comes(dragoman, tmp_path):
    with WatchedRun(dragoman, judged_game(tmp_path, {"1P.py": player(".py")})) as run:
        run.save("1P.py", "import os\nopen(os.path.join(os.path.dirname(__file__), 'weights.json'))\n" + player(".py", "two"))
        run.wait_step("failed")
        run.save("weights.json", "{}\n")
        run.wait_said("now", version="two")


def test_a_version_that_fails_and_writes_files_is_not_tried_for_ever(dragoman, tmp_path):
    writes = "import os, time\nopen(os.path.join(os.path.dirname(__file__), f'{time.time_ns()}.log'), 'w').close()\nraise ValueError('no')\n"
    with WatchedRun(dragoman, judged_game(tmp_path, {"1P.py": player(".py")}), "--sandbox", "off") as run:
        run.save("1P.py", writes)
        run.wait_step("failed")
        run.wait_ticks(300)
        logs = len(list((tmp_path / "ml").glob("*.log")))
        run.wait_ticks(100)
    assert logs <= 22 and len(list((tmp_path / "ml").glob("*.log"))) <= 22 and run.steps() == ["begun", "failed"], (logs, run)


def test_a_lua_module_that_comes_back_elsewhere_is_found(dragoman, tmp_path):
    uses = 'local mod = require("lib.mod")\n' + player(".lua").replace('"one"', "mod.version")
    (tmp_path / "ml/lib").mkdir(parents=True)
    (tmp_path / "ml/lib/mod.lua").write_text('return { version = "one" }\n')
    with WatchedRun(dragoman, judged_game(tmp_path, {"1P.lua": uses})) as run:
        (tmp_path / "ml/lib/mod.lua").unlink()
        run.wait_step("failed")
        (tmp_path / "ml/lib/mod").mkdir()
        run.save("lib/mod/init.lua", 'return { version = "two" }\n')
        run.wait_said("now", version="two")


def test_a_reload_is_told_while_the_match_is_paused(dragoman, tmp_path, short_folder):
    game = judged_game(tmp_path, {"1P.py": player(".py")})
    with WatchedRun(dragoman, game, "--control", short_folder / "c") as run:
        control(short_folder / "c", "pause")
        run.save("1P.py", "def x(:\n")
        run.wait_step("failed")


def test_a_half_written_javascript_is_told_with_its_own_last_line(dragoman, tmp_path):
    with WatchedRun(dragoman, judged_game(tmp_path, {"1P.py": player(".py")})) as run:
        run.save("1P.js", "class MLPlay {\n")
        (tmp_path / "ml/1P.py").unlink()
        failure = run.wait_step("failed")["failure"]
    assert (failure["line"], failure["source"]) == (1, "class MLPlay {"), failure
    assert "Unexpected end of input" in failure["message"], failure


def test_a_script_that_does_not_compile_at_the_start_is_told_with_its_line(command, tmp_path):
    game = judged_game(tmp_path, {"1P.py": "x = 1\nif x =\n", "2P.py": player(".py")})
    ended = command("run", game, "--ticks", "2")
    assert "1P| (dragoman: lost its seat: compile_error: SyntaxError: invalid syntax, at 1P.py:2: if x =)" in ended.stderr, ended


def test_of_a_seat_that_nobody_has_it_is_not_said_that_somebody_plays_on(dragoman, tmp_path):
    with WatchedRun(dragoman, judged_game(tmp_path, {"1P.py": "import lacking\n", "2P.py": player(".py")})) as run:
        run.save("1P.py", "import lacking_too\n")
        failed = run.wait_step("failed")
        run.save("1P.py", player(".py"))
        run.wait_said("begins")
    assert failed["text"] == "nobody has the seat until its file is saved", failed
