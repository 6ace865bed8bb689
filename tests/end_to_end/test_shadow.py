"""`dragoman shadow OLD NEW`: two scripts get the same scenes, and their answers are compared."""
import pytest

# Counts its scenes over all rounds, and turns around at LIMIT: what it answers depends on all that it has got.
SAME_LOGIC = {
    ".py": '''class MLPlay:
    def __init__(self):
        self.seen = 0

    def update(self, scene_info):
        self.seen += 1
        return {"move": "LEFT" if self.seen < LIMIT else "RIGHT", "half": scene_info["frame"] / 2}

    def reset(self):
        self.seen += 100
''',
    ".lua": '''MLPlay = { seen = 0 }

function MLPlay:update(scene)
    self.seen = self.seen + 1
    return { half = scene.frame / 2, move = self.seen < LIMIT and "LEFT" or "RIGHT" }
end

function MLPlay:reset() self.seen = self.seen + 100 end
''',
    ".cpp": '''#include <ml_play.hpp>

class MLPlay : public AbstractMLPlay {
public:
    MLPlay(json) {}
    json update(json scene_info) {
        json answer = json::object();
        answer["move"] = ++seen < LIMIT ? "LEFT" : "RIGHT";
        answer["half"] = scene_info["frame"].get<double>() / 2;
        return answer;
    }
    void reset() { seen += 100; }

private:
    int seen = 0;
};
''',
}


def logic(suffix, limit=8):
    return SAME_LOGIC[suffix].replace("LIMIT", str(limit))


@pytest.fixture
def shadow(command, echo_game):
    """Runs the command in a game of this many seats with these two files."""

    def run(files, *options, seats=1, ticks=10):
        game = echo_game(seats=seats, ticks=ticks, **files)
        old, new = list(files)[:2]
        return command("shadow", game / old, game / new, "--game", game, "--json", *options)

    return run


@pytest.mark.parametrize("old, new", [(".py", ".lua"), (".lua", ".cpp")])
def test_the_same_logic_in_two_languages_answers_the_same(shadow, old, new):
    ended = shadow({"old" + old: logic(old), "new" + new: logic(new)}, "--rounds", "2").ended_with(0)
    report = ended.report
    assert (report["same"], report["different"], report["scenes"]) == (True, 0, 22), report
    assert report["first_differences"] == [], report


def test_one_changed_constant_differs_from_its_tick_on(shadow):
    files = {"old.py": logic(".py", 8), "new.cpp": logic(".cpp", 5)}
    report = shadow(files).ended_with(3).report
    first = report["first_differences"]
    assert report["different"] == 3 and [one["tick"] for one in first] == [4, 5, 6], report
    assert first[0]["scene"]["frame"] == 4, first
    assert (first[0]["old"]["answer"]["move"], first[0]["new"]["answer"]["move"]) == ("LEFT", "RIGHT"), first


def test_a_late_answer_of_the_shadow_is_a_difference_and_named_so(shadow):
    late = logic(".py").replace("        self.seen += 1\n", "        self.seen += 1\n        if self.seen == 3:\n            import time\n            time.sleep(0.6)\n")
    report = shadow({"old.py": logic(".py"), "new.py": late}, "--tick-timeout", "500ms").ended_with(3).report
    assert [(one["tick"], one["new"]["outcome"]) for one in report["first_differences"]] == [(2, "late")], report


def test_a_shadow_that_fails_ends_the_run_and_is_shown(shadow):
    fails = logic(".py").replace("self.seen += 1\n", "self.seen += 1\n        assert self.seen < 4, 'four'\n", 1)
    report = shadow({"old.lua": logic(".lua"), "new.py": fails}).ended_with(3).report
    assert report["new"]["failure"]["outcome"] == "raised" and report["new"]["failure"]["line"] == 7, report
    assert (report["end"], report["scenes"], report["old"]["failure"]) == ("script_lost", 4, None), report


def test_the_other_seats_are_played_and_the_seat_can_be_chosen(shadow, small):
    files = {"old.py": logic(".py"), "new.lua": logic(".lua"), "ml/other.py": small[".py"]}
    report = shadow(files, "--seat", "2P", "-i", "other.py", seats=2).ended_with(0).report
    assert report["seat"] == "2P" and report["scenes"] == 11, report
    others = {one["name"]: one["script"] for one in report["others"]}
    assert others["1P"].endswith("other.py") and set(others) == {"1P", "game"}, report


def test_what_does_not_compile_and_what_is_not_there_are_told_apart(shadow, command, tmp_path):
    files = {"old.py": logic(".py"), "new.py": "class MLPlay((\n"}
    assert shadow(files).ended_with(4).report["new"]["failure"]["outcome"] == "compile_error"
    game = tmp_path / "echo"
    command("shadow", game / "old.py", game / "none.lua", "--game", game).ended_with(2)
    command("shadow", game / "old.py", game / "old.py", "--game", game, "--seat", "3P").ended_with(2)
