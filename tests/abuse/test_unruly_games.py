"""Games that misbehave: the match ends at once, `game_failure` says why, and the players are not blamed."""
import pytest
from abusing import HERE

GAMES = HERE / "games"


@pytest.fixture
def game(command, steady):
    """Plays the unruly game of a language; gives what came of it."""

    def play(language, vice, place="", *options):
        return command("run", GAMES / language, "-i", steady, "-i", steady, "--json", "--param", f"vice={vice}",
                       "--param", f"place={place}", *options)

    return play


@pytest.fixture
def fails(game):
    def check(language, vice, place, outcome, saying, *options, code=3, **more):
        ended = game(language, vice, place, *options).ended_with(code)
        ended.lost("game", outcome, saying, **more)
        assert ended.report["end"] == "game_failed", ended
        assert [player["failure"] for player in ended.report["players"]] == [None, None], ended
        return ended

    return check


def played_to_its_end(ended):
    ended.ended_with(0)
    assert ended.report["game_failure"] is None and ended.report["rounds"] == 1, ended
    return ended


# --- through our clients ---


@pytest.mark.sanitize
@pytest.mark.parametrize("place, frame", [("setup", 0), ("update", 5), ("scenes", 5), ("result", 10)])
def test_an_exception_in_a_game_is_raised(fails, language, place, frame):
    fails(language, "raise", place, "raised", "the game's own fault", tick=frame)


def test_an_exception_in_a_games_constructor_is_raised(fails):
    fails("python", "raise", "constructor", "raised", "the game's own fault")


@pytest.mark.parametrize("place", ["setup", "update"])
def test_a_game_that_exits_is_told_with_its_code(fails, language, place):
    fails(language, "exit", place, "exited", "code 3", exit_code=3)


def test_a_game_that_crashes_is_told_with_its_signal(fails, language):
    fails(language, "abort", "update", "crashed", "signal 6", signal=6, tick=5)


@pytest.mark.parametrize("vice", ["hang", "busy"])
def test_a_game_that_does_not_answer_is_late(fails, language, vice):
    ended = fails(language, vice, "update", "late", "no answer after", tick=5, allowed_ms=400)
    assert ended.seconds < 30


def test_a_game_that_hangs_in_setup_has_the_time_of_a_start(fails, language):
    fails(language, "hang", "setup", "late", "no answer after", "--start-timeout", "4s", allowed_ms=4000)


def test_a_game_that_prints_100_mb_prints_too_much(fails, language):
    fails(language, "flood", "update", "output_limit", "16MiB", "--tick-timeout", "60s", tick=5)


def test_what_a_game_prints_is_text(game, language):
    ended = played_to_its_end(game(language, "print", "update"))
    assert "__done__" in ended.stderr


@pytest.mark.parametrize("vice", ["nan", "infinite", "no_json"])
def test_a_scene_that_cannot_be_written_as_json_is_the_games_failure(game, language, vice):
    if (language, vice) == ("cpp", "no_json"):
        pytest.skip("the compiler sees to that")
    ended = game(language, vice).ended_with(3)
    failure = ended.failure("game")
    assert failure["outcome"] in ("raised", "protocol_error") and failure["tick"] == 5, ended
    assert failure["message"], ended


@pytest.mark.parametrize("vice, saying", [("no_object", "1P"), ("unknown_seat", "3P"), ("no_scenes", "scenes")])
def test_scenes_of_the_wrong_shape_are_the_games_failure(game, language, vice, saying):
    ended = game(language, vice).ended_with(3)
    failure = ended.failure("game")
    assert failure["outcome"] in ("raised", "protocol_error") and failure["tick"] == 5, ended
    assert saying in failure["message"], ended


def test_a_game_that_is_over_without_a_result_has_failed(game, language):
    ended = game(language, "no_result").ended_with(3)
    failure = ended.failure("game")
    assert failure["outcome"] in ("raised", "protocol_error") and "result" in failure["message"], ended


@pytest.mark.parametrize("vice, saying", [("unknown_component", "Unknown"), ("unknown_field", "m"), ("bad_value", "1000|i8|n"),
                                          ("no_entity", "entity|no_entity")])
def test_a_wrong_call_of_the_world_is_the_games_failure(game, language, vice, saying):
    ended = game(language, vice).ended_with(3)
    failure = ended.failure("game")
    assert failure["outcome"] in ("raised", "protocol_error") and failure["tick"] == 5, ended
    ended.lost("game", failure["outcome"], saying)


def test_a_game_that_is_done_twice_has_failed_whenever_that_is_read(game):
    """Before the next update goes out nobody asked for it, and after that it is of the frame before."""
    failure = game("raw", "done_twice").ended_with(3).failure("game")
    assert failure["outcome"] == "protocol_error", failure
    told = [(5, "a __done__ that nobody asked for"), (6, "a __done__ that nobody asked for"), (6, "__done__ is for frame 5, this is frame 6")]
    assert (failure["tick"], failure["message"]) in told, failure


# --- pictures ---


@pytest.mark.sanitize
@pytest.mark.parametrize("picture", ["no_shapes", "empty", "a_list", "negative", "huge", "nonsense", "much"])
def test_a_picture_of_nonsense_hurts_nobody(command, steady, tmp_path, picture):
    svg, cast = tmp_path / "made.svg", tmp_path / "made.cast"
    ended = command("run", GAMES / "python", "-i", steady, "-i", steady, "--param", f"vice={picture}", "--svg", svg, "--cast", cast,
                    "--draw", "always", "--fps", "200", "--tick-timeout", "20s")
    assert ended.code == 0, ended
    assert "\x1b[2J\x1b[2J" not in ended.stdout


def test_an_exception_in_picture_is_raised(command, steady, tmp_path):
    ended = command("run", GAMES / "python", "-i", steady, "-i", steady, "--json", "--param", "vice=raise", "--param", "place=picture",
                    "--svg", tmp_path / "made.svg").ended_with(3)
    ended.lost("game", "raised", "the game's own fault")


# --- without a client ---


@pytest.mark.sanitize
@pytest.mark.parametrize("vice, saying", [
    ("malformed", "__done__"), ("a_list", "object"), ("no_frame", "frame"), ("wrong_frame", "frame 4.*frame 5"), ("no_scenes", "scenes"),
    ("scenes_list", "scenes"), ("scene_text", "1P"), ("unknown_seat", "9P"), ("bare_nan", ""), ("over_without_result", "result"),
    ("result_list", "result"), ("changes_object", ""), ("changes_unknown", "explode"), ("changes_short", ""), ("changes_deep", ""),
    ("command", "__done__"), ("teapot", "__teapot__"), ("own_scene", "__scene_info__"), ("call_without_id", "id"),
    ("call_id_twice", "id 1"), ("deep", "deep|nest")])
def test_a_game_that_breaks_the_protocol_has_failed(fails, vice, saying):
    fails("raw", vice, "", "protocol_error", saying, tick=5)


def test_ranks_that_are_no_numbers_are_told_or_left_out_but_not_made_up(game):
    ended = game("raw", "result_of_text")
    if ended.report["game_failure"] is None:
        assert [(player["rank"], player["score"]) for player in ended.report["players"]] == [(None, None)] * 2, ended


def test_a_games_line_of_70_mb_is_too_long(fails):
    fails("raw", "line_of_70_mb", "", "protocol_error", "long", "--tick-timeout", "10s", tick=5)


def test_a_game_says_hello_once(fails):
    fails("raw", "hello_twice", "", "protocol_error", "__hello__ twice")


def test_a_player_is_no_game(fails):
    fails("raw", "player", "", "compile_error", "player.*game", code=4)


def test_a_game_that_is_never_ready_ends_the_match(fails):
    fails("raw", "never_ready", "", "not_ready", "not READY within 3000 ms", "--start-timeout", "3s")


@pytest.mark.parametrize("vice", ["unknown_method", "other_method", "many_calls", "params_list", "no_params", "answer", "text"])
def test_what_a_game_may_do_wrong_costs_nothing(game, vice):
    played_to_its_end(game("raw", vice))


# --- games that cannot even begin ---


@pytest.mark.parametrize("script, saying, line", [
    ("game.py", "invalid syntax|expected", 2), ("game.lua", "unexpected|near|expected", 2), ("game.cpp", "x.* type", 2)])
def test_a_game_that_does_not_compile_is_told_with_its_line(command, folder_with, steady, script, saying, line):
    folder = folder_with({"dragoman.toml": f'script = "{script}"\n', script: "\nx = = 2\n"})
    ended = command("run", folder, "-i", steady, "--json").ended_with(4)
    failure = ended.lost("game", "compile_error", saying)
    assert failure["file"].endswith(script) and failure["line"] == line, failure


def test_a_game_of_an_empty_file_does_not_compile(command, folder_with, steady):
    folder = folder_with({"dragoman.toml": 'script = "game.py"\n', "game.py": ""})
    command("run", folder, "-i", steady, "--json").ended_with(4).lost("game", "compile_error", "empty")
