"""What programs build on: the JSON document, the events, the exit codes, and that a seed decides a match."""
import json
import time

import pytest
from running import ROOT

FAILURE = {"outcome", "tick", "round", "message", "signal", "exit_code", "used_ms", "allowed_ms", "file", "line", "stdout_tail", "stderr_tail"}
PLAYER = {"name", "script", "language", "rank", "score", "outcomes", "failure", "latency_us", "cpu_ms", "peak_memory_bytes"}
DOCUMENT = {"game", "seed", "ticks", "rounds", "world_hash", "result", "players", "game_failure"}
RAISES = 'class MLPlay:\n    def update(self, scene_info):\n        print("hello")\n        return 1 // (3 - scene_info["frame"])\n\n    def reset(self):\n        pass\n'


@pytest.fixture
def game(echo_game, small):
    return echo_game(**{"ml/a.py": small[".py"], "ml/b.lua": small[".lua"]})


@pytest.mark.sanitize
def test_the_document_has_the_pinned_keys(command, game):
    (game / "ml/b.py").write_text(RAISES)
    report = command("run", game, "-i", game / "ml/a.py", "-i", game / "ml/b.py", "--seed", "7", "--json").ended_with(3).report
    assert DOCUMENT <= set(report)
    assert (report["game"], report["seed"], report["ticks"], report["rounds"], report["game_failure"]) == ("echo", 7, 11, 1, None)
    assert int(report["world_hash"], 16) > 0
    good, bad = report["players"]
    assert PLAYER <= set(good) and PLAYER <= set(bad)
    assert (good["name"], good["language"], good["rank"], good["score"], good["outcomes"]) == ("1P", "python", 1, 0, {"ok": 11})
    assert set(good["latency_us"]) >= {"median", "p99", "max"} and 0 < good["latency_us"]["median"] <= good["latency_us"]["max"]
    assert good["cpu_ms"] > 0 and good["peak_memory_bytes"] > 1_000_000 and good["failure"] is None
    assert FAILURE <= set(bad["failure"])
    assert bad["outcomes"] == {"ok": 3, "raised": 1}
    failure = bad["failure"]
    assert (failure["outcome"], failure["tick"], failure["round"], failure["line"]) == ("raised", 3, 1, 4)
    assert failure["file"] == str(game / "ml/b.py") and "ZeroDivisionError" in failure["message"]
    assert failure["stdout_tail"].endswith("hello\n") and "ZeroDivisionError" in failure["stderr_tail"]


def test_the_document_has_the_same_keys_when_the_game_fails(command, game):
    (game / "echo.py").write_text("import dragoman\n\n\nclass Game(dragoman.Game):\n    pass\n")
    report = command("run", game, "--json").ended_with(3).report
    assert DOCUMENT <= set(report) and FAILURE <= set(report["game_failure"])
    assert report["game_failure"]["outcome"] == "raised" and report["result"] is None


def test_events_tell_a_match_as_it_happens(command, game):
    (game / "ml/a.py").write_text(RAISES)
    events = command("run", game, "--jsonl").ended_with(3).events
    assert all({"event", "tick", "player"} <= set(event) for event in events)
    kinds = [event["event"] for event in events]
    assert kinds.count("tick") == 11 and kinds[-1] == "end"
    assert [event["tick"] for event in events if event["event"] == "tick"] == list(range(11))
    assert [event["text"] for event in events if event["event"] == "output" and event["stream"] == "stdout"] == ["hello"] * 4
    failed = next(event for event in events if event["event"] == "failure")
    assert (failed["player"], failed["outcome"]) == ("1P", "raised") and failed["tick"] == 3
    assert events[-1]["report"]["ticks"] == 11 and kinds.count("round_over") == 1


def test_what_scripts_print_is_shown_with_their_names(command, game):
    (game / "ml/a.py").write_text(RAISES.replace("3 -", "300 -"))
    ended = command("run", game, "--param", "ticks=150").ended_with(0)
    assert ended.stderr.count("1P| hello") == 151, ended
    assert "1P| hello" not in command("run", game, "--quiet").ended_with(0).stderr


def test_the_table_explains_a_failure(command, game):
    (game / "ml/a.py").write_text(RAISES)
    said = command("run", game).ended_with(3).stdout
    for part in ("a.py", "b.lua", "python", "lua", "raised", "ZeroDivisionError", "tick 3", "3 ok, 1 raised", "11 ok"):
        assert part in said, (part, said)
    assert "\x1b" not in said


def test_colours_only_where_they_are_wanted(command, game):
    assert "\x1b" not in command("run", game, "--draw", "auto").stdout
    assert "\x1b[" in command("run", game, "--draw", "always", "--color", "always", "--fps", "500", environment={"NO_COLOR": ""}).stdout


# --- how long a match is ---


def test_ticks_end_a_match_in_the_middle(command, game):
    report = command("run", game, "--ticks", "4", "--json").ended_with(0).report
    assert (report["ticks"], report["rounds"], report["result"]) == (4, 0, None)
    assert [player["outcomes"] for player in report["players"]] == [{"ok": 4}] * 2


def test_rounds_follow_each_other_with_a_new_seed(command, game):
    report = command("run", game, "--rounds", "3", "--json").ended_with(0).report
    assert (report["ticks"], report["rounds"]) == (33, 3)
    assert report["players"][1]["score"] == 3 and report["players"][1]["rank"] == 2
    assert report["players"][0]["outcomes"] == {"ok": 33}


def test_one_shot_is_one_round(command, game):
    assert command("run", game, "-1", "--json").ended_with(0).report["rounds"] == 1
    command("run", game, "-1", "--rounds", "2").ended_with(2)


def test_fps_is_real_time(command, game):
    began = time.monotonic()
    report = command("run", game, "--fps", "20", "--json").ended_with(0).report
    assert report["ticks"] == 11 and time.monotonic() - began > 0.4


def test_the_tick_timeout_is_the_one_that_was_given(command, game):
    (game / "ml/a.py").write_text("import time\n\n\n" + RAISES.replace("        print", "        time.sleep(3600)\n        print"))
    report = command("run", game, "--tick-timeout", "3100ms", "--json").ended_with(3).report
    assert report["players"][0]["failure"]["allowed_ms"] == 3100


# --- the same again ---


@pytest.mark.parametrize("name", ["guess", "pong", "bricks", "tanks"])
def test_the_same_seed_gives_the_same_match(command, name):
    game = ROOT / "examples" / name
    first, again, other = (command("run", game, "--ticks", "400", "--seed", seed, "--json").ended_with(0).report for seed in ("5", "5", "6"))
    assert first["world_hash"] == again["world_hash"] and first["result"] == again["result"] and first["ticks"] == again["ticks"]
    assert first["world_hash"] != other["world_hash"]


@pytest.mark.parametrize("name", ["guess", "pong", "bricks", "tanks"])
def test_the_examples_are_played_to_their_end_without_a_fault(command, name):
    game = ROOT / "examples" / name
    report = command("run", game, "--json").ended_with(0).report
    assert report["rounds"] == 1 and report["game_failure"] is None
    for player in report["players"]:
        assert player["failure"] is None and player["rank"] >= 1, player
        assert set(player["outcomes"]) == {"ok"}, player


def test_timing_does_not_change_a_match(command, echo_game, small):
    slow = small[".py"].replace("        return", "        import time; time.sleep(0.01)\n        return")
    game = echo_game(**{"ml/a.py": small[".py"], "ml/b.py": small[".py"], "slow/a.py": slow})
    fast = command("run", game, "--json").ended_with(0).report
    waits = command("run", game, "-i", game / "slow/a.py", "-i", game / "ml/b.py", "--json").ended_with(0).report
    assert fast["world_hash"] == waits["world_hash"] and fast["result"] == waits["result"]


# --- recordings ---


def test_a_match_can_be_recorded(command, game, tmp_path):
    cast, svg = tmp_path / "a.cast", tmp_path / "a.svg"
    command("run", game, "--cast", cast, "--svg", svg, "--json").ended_with(0)
    lines = [json.loads(line) for line in cast.read_text().splitlines()]
    assert lines[0]["version"] == 2 and len(lines) > 1
    assert svg.read_text().startswith("<svg") or "<svg" in svg.read_text()[:500]


def test_a_recording_that_cannot_be_written_is_told_before_the_match(command, game):
    ended = command("run", game, "--cast", "/nowhere/a.cast", "--json").ended_with(2)
    assert "/nowhere/a.cast" in ended.stderr and ended.stdout == ""
