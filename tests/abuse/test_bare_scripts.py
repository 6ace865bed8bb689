"""Programs that speak the classic level on bare stdio and break its rules, in each language. See README.md."""
import pytest
from abusing import GAME, plays_on

HUNG = "no answer after"


# --- lines that are no commands ---


@pytest.mark.sanitize
def test_malformed_json_is_a_protocol_error_and_the_line_is_shown(bare):
    bare.loses("malformed", "protocol_error", r"byte \d+.*\{\"a\": \[1, 2", tick=50, round=1)


def test_a_bare_word_is_a_protocol_error(bare):
    bare.loses("bare_word", "protocol_error", "MOVE_LEFT", tick=50)


@pytest.mark.parametrize("vice", ["nan", "infinite", "trailing_text", "nul"])
def test_what_is_not_quite_json_is_a_protocol_error(bare, vice):
    bare.loses(vice, "protocol_error", "__command__", tick=50)


@pytest.mark.sanitize
def test_invalid_utf8_in_a_command_is_a_protocol_error(bare):
    bare.loses("bad_utf8", "protocol_error", "utf-8", tick=50)


def test_invalid_utf8_in_text_is_output_like_any_other(bare):
    ended = bare.plays_on_with("bad_utf8_in_text")
    assert "caf" in ended.player("1P")["stdout_tail"]
    assert "\x1b[2J" not in ended.stderr


def test_blanks_in_front_of_a_command_are_part_of_its_json(bare):
    bare.plays_on_with("two_spaces")


def test_text_in_front_of_the_header_makes_a_line_output_and_the_script_is_late(bare):
    ended = bare.loses("text_in_front", "late", HUNG, tick=50)
    assert "hello __command__ 50" in ended.player("1P")["stdout_tail"]


def test_the_headers_name_inside_text_is_output(bare):
    ended = bare.plays_on_with("header_in_text")
    assert 'debug: __command__ "X"' in ended.player("1P")["stdout_tail"]


def test_half_of_a_surrogate_pair_hurts_nobody_else(bare):
    ended = bare.with_vice("half_a_letter")
    assert ended.report["game_failure"] is None, ended
    plays_on(ended)


@pytest.mark.sanitize
def test_a_line_of_100_mb_is_a_protocol_error(bare):
    bare.loses("long_command", "protocol_error", "longer than")


def test_100_mb_of_text_in_one_line_are_too_much_output(bare):
    ended = bare.loses("long_text", "output_limit", "16MiB", "--tick-timeout", "20s")
    assert len(ended.stdout) + len(ended.stderr) < 40_000_000


@pytest.mark.sanitize
def test_nesting_100000_deep_is_a_protocol_error(bare):
    bare.loses("deep", "protocol_error", "deep|nest", tick=50)


def test_empty_lines_for_ever_are_too_much_output_or_late(bare):
    ended = bare.with_vice("empty_lines_for_ever").ended_with(3)
    assert ended.failure("1P")["outcome"] in ("output_limit", "late"), ended
    plays_on(ended)


def test_half_a_line_and_the_end_is_a_protocol_error_or_an_exit(bare):
    ended = bare.with_vice("half_a_line").ended_with(3)
    assert ended.failure("1P")["outcome"] in ("protocol_error", "exited"), ended
    plays_on(ended)


def test_lines_may_end_in_crlf(bare):
    bare.plays_on_with("crlf")


def test_a_byte_order_mark_at_the_start_is_ignored(bare):
    bare.plays_on_with("byte_order_mark")


# --- commands at the wrong time ---


@pytest.mark.parametrize("vice", ["twice", "twice_at_once"])
def test_a_second_command_for_one_scene_is_dropped_and_reported(bare, vice):
    # In two writes the second may arrive when the next scene is out already, and is then that scene's answer: the classic level
    # has no number by which to tell (docs/protocol.md). It seldom does; three times in a row is a fault.
    for _ in range(1 if vice == "twice_at_once" else 3):
        ended = bare.with_vice(vice)
        if ended.player("1P")["unasked_commands"] == 1 and ended.code == 0:
            break
    ended.ended_with(0)
    assert ended.player("1P")["unasked_commands"] == 1, ended
    assert "nobody asked for" in ended.stderr, ended


def test_a_command_one_tick_late_is_dropped_and_the_next_one_is_in_step(bare):
    ended = bare.with_vice("late", "--tick-timeout", "300ms").ended_with(0)
    assert ended.player("1P")["outcomes"] == {"ok": 60, "late": 1}, ended
    assert ended.player("1P")["late_answers"] == 1, ended
    assert ended.report["result"]["1P"]["commands"] == [*range(50), None, *range(51, 60)], ended
    assert ended.report["result"]["1P"]["missing"] == {"50": "late"}, ended
    assert "after its deadline" in ended.stderr, ended
    plays_on(ended)


def test_a_command_before_ready_is_a_protocol_error(bare):
    bare.loses("command_before_ready", "protocol_error", "before READY")


def test_a_second_ready_is_dropped_and_reported(bare):
    ended = bare.plays_on_with("ready_again")
    assert ended.player("1P")["unasked_commands"] == 1, ended


def test_commands_for_ever_do_not_stop_the_others(bare):
    ended = bare.with_vice("commands_for_ever")
    assert ended.report["end"] == "rounds_played", ended
    plays_on(ended)


def test_reset_in_the_middle_of_a_round_is_followed_by_the_next_scene(bare):
    ended = bare.with_vice("reset").ended_with(0)
    ended.unharmed("1P", 61)
    assert ended.report["result"]["1P"]["commands"] == [*range(50), None, *range(51, 60)], ended
    plays_on(ended)


def test_reset_without_ready_is_not_ready(bare):
    bare.loses("reset_only", "not_ready", "READY.*RESET", "--start-timeout", "3s")


# --- the handshake ---


def test_a_script_that_is_never_ready_loses_its_seat(bare):
    ended = bare.loses("never_ready", "not_ready", "not READY within 3000 ms", "--start-timeout", "3s")
    assert ended.failure("1P")["allowed_ms"] == 3000


def test_a_script_that_only_prints_is_never_ready(bare):
    ended = bare.loses("drip_before_ready", "not_ready", "not READY", "--start-timeout", "3s")
    assert "drip" in ended.player("1P")["stdout_tail"]


def test_an_exit_before_ready_is_told_with_its_code(bare):
    bare.loses("exit_before_ready", "exited", "code 5.*READY", exit_code=5)


def test_a_hello_of_another_protocol_is_a_protocol_error_that_names_both(bare):
    bare.loses("hello_999", "protocol_error", "999.* 1")


def test_a_second_hello_is_a_protocol_error(bare):
    bare.loses("hello_twice", "protocol_error", "__hello__ twice")


def test_a_malformed_hello_is_a_protocol_error(bare):
    bare.loses("hello_malformed", "protocol_error", "protocol")


def test_a_game_in_a_players_seat_does_not_compile(bare):
    bare.loses("hello_of_a_game", "compile_error", "a game.*player", code=4)


def test_an_unknown_header_after_hello_is_a_protocol_error_that_names_it(bare):
    bare.loses("unknown_header", "protocol_error", "__teapot__", tick=50)


# --- scripts that do not answer ---


@pytest.mark.sanitize
def test_a_hang_is_late_and_the_seat_is_lost_after_the_grace(bare):
    ended = bare.loses("hang", "late", HUNG, tick=50, allowed_ms=400)
    assert ended.failure("1P")["used_ms"] >= 400
    assert ended.report["result"]["1P"]["missing"]["50"] == "late", ended


def test_a_line_every_20_ms_is_no_answer(bare):
    ended = bare.loses("drip", "late", HUNG, tick=50)
    assert "drip" in ended.player("1P")["stdout_tail"]


def test_a_script_that_stops_itself_is_late_and_this_is_said(bare):
    bare.loses("stop_itself", "late", "stopped", tick=50)


def test_a_closed_stdin_is_a_protocol_error(bare):
    bare.loses("close_stdin", "protocol_error", "closed its input")


def test_a_closed_stdout_is_a_protocol_error(bare):
    bare.loses("close_stdout", "protocol_error", "closed its output", tick=50)


def test_a_script_that_kills_itself_has_crashed(bare):
    bare.loses("kill_itself", "crashed", "signal 9", signal=9, tick=50)


# --- processes that would stay (every test looks for those; these leave some) ---


@pytest.mark.parametrize("vice", ["daemon", "daemon_at_start", "ignore_sigterm"])
def test_no_process_outlives_a_match(bare, vice):
    bare.plays_on_with(vice)


def test_no_process_outlives_a_script_that_exits(bare):
    bare.loses("daemon_then_exit", "exited", "code 0", exit_code=0, tick=50)


# --- large and many messages ---


@pytest.mark.parametrize("vice", ["empty_lines_for_ever", "commands_for_ever", "long_text", "drip"])
def test_a_flood_does_not_make_the_game_late_when_each_event_is_written(command, bare_program, steady, vice):
    ended = command("run", GAME, "-i", f"cmd:'{bare_program}' {vice} 50", "-i", steady, "--jsonl")
    report = ended.events[-1]["report"]
    assert report["game_failure"] is None and report["end"] == "rounds_played", report
    assert report["players"][1]["outcomes"] == {"ok": 61}, report
    assert len(ended.stdout) < 50_000_000, len(ended.stdout)


def test_a_script_that_reads_nothing_is_late_however_long_the_scene(command, steady):
    """100 kB are more than a pipe holds: the broker must not wait for its being read."""
    scenes = '{"3": {"x": "%s"}}' % ("x" * 100_000)
    ended = command("run", GAME, "-i", "cmd:sh -c 'echo __command__ READY; for n in 0 1 2; do echo __command__ $n; sleep 0.2; done; sleep 100'",
                    "-i", steady, "--json", "--param", f"vice={scenes}").ended_with(3)
    ended.lost("1P", "late", "no answer after")
    plays_on(ended)


def test_two_hundred_scripts_play_and_one_that_hangs_stops_none(command, folder_with, bare_program):
    seats = ", ".join(f'"{number}P"' for number in range(1, 201))
    toml = (GAME / "dragoman.toml").read_text().replace('"1P", "2P"', seats)
    folder = folder_with({"dragoman.toml": toml, "game.py": (GAME / "game.py").read_text()})
    ended = command("run", folder, "-i", f"cmd:'{bare_program}' hang 5", "-i", f"cmd:'{bare_program}' steady 0", "--json",
                    "--tick-timeout", "5s", "--start-timeout", "80s", "--param", "ticks=20").ended_with(3)
    ended.lost("1P", "late")
    for number in range(2, 201):
        ended.unharmed(f"{number}P", 21)
