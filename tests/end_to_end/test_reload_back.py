"""What follows `dragoman ctl rollback`, and what `dragoman ctl versions` says."""
import os
import subprocess

import pytest
from watched import WatchedRun, judged, judged_game, player


@pytest.fixture
def ctl(dragoman, short_folder):
    variables = {"DRAGOMAN_CONTROL": str(short_folder)}

    def ask(*words):
        done = subprocess.run([str(dragoman), "ctl", *words], capture_output=True, text=True, env={**os.environ, **variables})
        assert done.returncode == 0, done
        return done.stdout

    ask.variables = variables
    return ask


def test_after_a_rollback_any_save_of_the_file_plays_it(dragoman, ctl, tmp_path):
    two = player(".py", "two")
    with WatchedRun(dragoman, judged_game(tmp_path, {"1P.py": player(".py")}), env=ctl.variables) as run:
        run.save("1P.py", two)
        run.wait_said("now", version="two")
        ctl("rollback", "1P")
        run.wait_said("now", version="one")
        run.save("1P.py", two)
        said = run.wait_said("now", version="two")
    assert said["seen"] == 1 and run.missed == [], run


READER = """#include <dragoman/data.hpp>
#include <ml_play.hpp>

class MLPlay : public AbstractMLPlay {
public:
    MLPlay(json) {
        auto file = dragoman::open_data("level.txt");
        std::getline(file, level);
    }
    json update(json) {
        json answer = json::object();
        answer["version"] = level;
        answer["seen"] = 1;
        return answer;
    }
    void reset() {}

private:
    std::string level;
};
"""


def test_a_compiled_script_that_comes_back_reads_the_data_of_its_time(dragoman, ctl, tmp_path):
    game = judged_game(tmp_path, {"1P.cpp": READER})
    (game / "ml/level.txt").write_text("one\n")
    with WatchedRun(dragoman, game, env=ctl.variables) as run:
        for text in ("two", "three"):
            run.save("level.txt", text + "\n")
            run.wait_said("now", version=text)
        ctl("rollback", "1P")
        run.wait_said("now", version="two")
        ctl("rollback", "1P", "1")
        run.wait_said("now", version="one")
        run.save("level.txt", "four\n")
        run.wait_said("now", version="four")
    assert run.missed == [], run


def test_the_versions_that_failed_are_told_with_why_and_whether_they_can_come_back(dragoman, ctl, tmp_path):
    fails = player(".py", "two").replace("self.seen += 1", "raise ValueError('boom')")
    with WatchedRun(dragoman, judged_game(tmp_path, {"1P.py": player(".py")}), env=ctl.variables) as run:
        run.save("1P.py", fails)
        run.wait_step("rolled_back")
        head, *rows = ctl("versions", "1P").splitlines()
    assert "can come back" in head and "why not" not in head, head
    assert "failed" in rows[1] and rows[1].split("yes")[1].strip() == "ValueError: boom", rows


def test_a_version_in_a_language_of_before_gives_up_its_seat_with_the_last_file(dragoman, ctl, tmp_path):
    game = judged_game(tmp_path, {"1P.py": player(".py"), "2P.py": player(".py")})
    with WatchedRun(dragoman, game, "--probation", "5", env=ctl.variables) as run:
        (game / "ml/1P.py").unlink()
        run.save("1P.lua", player(".lua", "two"))
        run.wait_said("now", version="two")
        run.wait_step("settled")
        ctl("rollback", "1P")
        run.wait_said("now", version="one")
        run.wait_step("settled")
        (game / "ml/1P.lua").unlink()
        run.wait_step("removed")
        assert run.missed == [], run
        run.save("1P.lua", player(".lua", "three"))
        run.wait_step("swapped")
        run.wait(lambda event: (judged(event) or {}).get("version") == "three", "an answer of version three")
