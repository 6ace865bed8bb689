"""Two scripts get the same scenes, and their answers are compared: `dragoman shadow OLD NEW`, and the shadows of games and systems."""
import re

import pytest
from watched import JUDGE, WatchedRun, judged_game, player, save_in_place

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
    late = logic(".py").replace("        self.seen += 1\n", "        self.seen += 1\n        if self.seen == 3:\n            import time\n            time.sleep(3.1)\n")
    report = shadow({"old.py": logic(".py"), "new.py": late}, "--tick-timeout", "3s").ended_with(3).report
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


@pytest.fixture
def watched_game(dragoman, tmp_path):
    """A run with one player, whose game's new versions are shadows for 5 ticks."""
    with WatchedRun(dragoman, judged_game(tmp_path, {"1P.py": player(".py")}), "--shadow", "5") as run:
        run.wait_ticks(3)
        yield run
    assert run.missed == [], run


def saves_game(run, old, new):
    save_in_place(run.folder / "judge.py", JUDGE.replace(old, new, 1))


def test_a_game_is_a_shadow_in_a_world_of_its_own(watched_game):
    saves_game(watched_game, "import dragoman", "import dragoman  # the same")
    shadowed = watched_game.wait_step("shadowed", "game")
    watched_game.wait_step("swapped", "game")
    assert shadowed["text"] == "0 of 5 ticks were different", shadowed


def test_a_game_that_changes_its_world_otherwise_is_told_of_and_harms_nothing(watched_game):
    saves_game(watched_game, '{"n": self.frame}', '{"n": self.frame if self.frame % 2 else -1}')
    first = watched_game.wait_step("differs", "game")
    shadowed = watched_game.wait_step("shadowed", "game")
    watched_game.wait_step("swapped", "game")
    watched_game.wait_ticks(3)
    assert "Tick.n of entity" in first["text"] and "is -1, not " in first["text"], first
    assert shadowed["differences"] in (2, 3), shadowed


def test_a_game_whose_scenes_are_others_is_told_of(watched_game):
    saves_game(watched_game, '"frame": self.frame, "status"', '"frame": self.frame + 1, "status"')
    first = watched_game.wait_step("differs", "game")
    assert "the scene of 1P is" in first["text"], first


def test_a_game_that_fails_as_a_shadow_ends_only_its_attempt(watched_game):
    saves_game(watched_game, "    def update(self, commands):\n", "    def update(self, commands):\n        assert False, 'no'\n")
    failed = watched_game.wait_step("failed", "game")
    watched_game.wait_ticks(3)
    assert failed["failure"]["outcome"] == "raised" and failed["failure"]["line"] == 12, failed


# Each tick one is born; who is older than two ticks goes.
LIVES = {
    ".py": """import dragoman
dragoman.component('Place', 'x: f64', 'age: i32')
@dragoman.system(write=['Place'], creates=1)
def live(tables, dt):
    for t in tables:
        for row in range(t.rows):
            t.Place[row].x += STEP
            t.Place[row].age += 1
            if t.Place[row].age > 2:
                t.entities[row].destroy()
    dragoman.create_entity(Place={'x': 1})
""",
    ".lua": """dragoman.component("Place", "x: f64", "age: i32")
dragoman.system { name = "live", write = "Place", creates = 1, run = function(tables)
    for t in tables do for row = 0, t.rows - 1 do
        local place = t.Place[row]
        place.x, place.age = place.x + STEP, place.age + 1
        if place.age > 2 then t.entities[row]:destroy() end
    end end
    dragoman.create_entity():add_component("Place", { x = 1 })
end }
""",
    ".cpp": """#include <dragoman/systems.hpp>
struct Place { double x = 0; int age = 0; };
DRAGOMAN_COMPONENT(Place, x, age)
void live(dragoman::Tables tables, double) {
    for (auto& table : tables)
        for (auto [entity, place] : table.each<dragoman::Entity, Place>()) {
            place.x += STEP;
            if (++place.age > 2) entity.destroy();
        }
    dragoman::create_entity(Place{1, 0});
}
DRAGOMAN_SYSTEM(live).writes<Place>().creates(1);
""",
}


def lives(suffix, step=1):
    return LIVES[suffix].replace("STEP", str(step))


@pytest.fixture
def watched_system(dragoman, folder_with):
    """A run of the system live.py, whose new versions are shadows for 5 ticks."""

    def run(*options):
        folder = folder_with({"dragoman.toml": 'fps = 100\n[systems]\nfolder = "systems"\n', "systems/live.py": lives(".py")})
        return WatchedRun(dragoman, folder, "--shadow", "5", *options)

    return run


@pytest.mark.parametrize("suffix", [".lua", ".cpp"])
def test_a_system_that_is_written_anew_in_another_language_proves_that_it_does_the_same(watched_system, suffix):
    with watched_system("--shadow-strict") as run:
        (run.folder / ("systems/live" + suffix)).write_text(lives(suffix))
        (run.folder / "systems/live.py").unlink()
        shadowed = run.wait_step("shadowed", "systems/live.py")
        swapped = run.wait_step("swapped", "systems/live.py")
        run.wait_ticks(3)
    assert shadowed["text"] == "0 of 5 ticks were different" and swapped["file"].endswith("live" + suffix), shadowed
    assert run.missed == [], run


def test_a_system_that_changes_the_world_otherwise_is_shown_and_strictly_refused(watched_system):
    with watched_system("--shadow-strict") as run:
        run.wait_ticks(3)
        (run.folder / "systems/live.py").write_text(lives(".py", 8))
        first = run.wait_step("differs", "systems/live.py")
        failed = run.wait_step("failed", "systems/live.py")
        run.wait_ticks(3)
    assert first["text"].startswith("in system live Place.x of entity "), first
    shadow, played = re.search(r" is (\d+), not (\d+)", first["text"]).groups()
    assert int(shadow) - int(played) == 7, first
    assert "did otherwise in 5 of 5 ticks" in failed["text"] and run.missed == [], failed


def test_a_system_that_cannot_be_a_shadow_says_why_and_plays(watched_system):
    with watched_system() as run:
        (run.folder / "systems/live.py").write_text(lives(".py").replace("creates=1", "creates=2"))
        shadowed = run.wait_step("shadowed", "systems/live.py")
        run.wait_step("swapped", "systems/live.py")
        run.wait_ticks(3)
    assert "cannot be compared: system live creates up to 2 entities, not 1" in shadowed["text"] and run.missed == [], run


@pytest.mark.parametrize("creates, said", [(0, "0 of 5 ticks were different"), (1, "cannot be compared: its world cannot be copied")])
def test_a_game_with_systems_is_a_shadow_where_they_keep_no_handles(dragoman, tmp_path, creates, said):
    game = judged_game(tmp_path, {"1P.py": player(".py")}, more='[systems]\nfolder = "systems"\n')
    (game / "systems").mkdir()
    (game / "systems/age.py").write_text(
        "import dragoman\ndragoman.component('Tick', 'n: i32')\n"
        f"@dragoman.system(write=['Tick'], creates={creates})\ndef age(tables, dt):\n    for t in tables:\n        t.Tick[0].n += 1\n")
    with WatchedRun(dragoman, game, "--shadow", "5") as run:
        saves_game(run, "import dragoman", "import dragoman  # the same")
        shadowed = run.wait_step("shadowed", "game")
        run.wait_step("swapped", "game")
        run.wait_ticks(3)
    assert said in shadowed["text"] and run.missed == [], shadowed
