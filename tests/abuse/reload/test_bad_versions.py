"""Versions that build, and fail as they start or as they begin to play."""
import os
import re
import signal
import threading

import pytest
from reloading import clear, fresh
from running import processes
from watched import player, save_in_place

UPDATES = "self.seen += 1"


@pytest.fixture(scope="module")
def playing(watch):
    with watch({"1P.py": player(".py"), "2P.py": player(".py")}) as match:
        yield match


@pytest.fixture
def match(playing):
    playing.begin_anew()
    yield playing
    assert playing.play(fresh(".py"))["seen"] == 1, playing


@pytest.mark.parametrize("does, outcome, line", [
    ("raise KeyError('at once')", "raised", 6),
    ("import os; os._exit(3)", "exited", 0),
    ("import ctypes; ctypes.string_at(0)", "crashed", 0),
    ("__import__('os').write(1, b'x' * 10**8)", "output_limit", 0),
], ids=["raises", "exits", "crashes", "floods"])
def test_what_fails_in_its_first_tick_gives_the_seat_back(match, does, outcome, line):
    save_in_place(match.script, player(".py", "fails").replace(UPDATES, does))
    # On a busy machine its first scene is one that came while it was given its state: then it does not even play.
    event = match.wait(lambda e: e["event"] == "reload" and e["step"] in ("rolled_back", "failed"), "its failure")
    match.wait_ticks(5)
    assert event["failure"]["outcome"] == outcome and (not line or event["failure"]["line"] == line), event
    assert len(match.said("missed")) == (event["step"] == "rolled_back") and not match.said("now"), match
    match.begin_anew()


@pytest.mark.parametrize("does, outcome, says", [
    ("raise KeyError('at once')", "raised", "at once"),
    ("import os; os._exit(3)", "exited", "code 3 before it was READY"),
    ("import ctypes; ctypes.string_at(0)", "crashed", "signal 11"),
    ("import os\nwhile True: os.write(1, b'x' * 10**5)", "output_limit", "printed more than"),
    ("import os; os.fork()", "raised", "fork|[Pp]ermi|not permitted"),
    ("x = bytearray(10**10)", "memory_limit", "memory"),
], ids=["raises", "exits", "crashes", "floods", "forks", "fills memory"])
def test_what_fails_as_it_starts_does_not_play(match, does, outcome, says):
    save_in_place(match.script, does + "\n" + player(".py", "fails"))
    failure = match.fails()
    assert failure["outcome"] in (outcome, "process_limit", "denied") and re.search(says, failure["message"]), failure
    match.plays_on()


def test_four_ways_not_to_become_ready(watch):
    with watch({f"{n}P.py": player(".py") for n in range(1, 5)}, "--start-timeout", "10s") as match:
        hangs = "while True: pass"
        for seat, text in {"1P": hangs, "2P": "import time; time.sleep(1000)", "3P": player(".py").replace("self.seen = 0", hangs),
                           "4P": player(".py").replace('self.seen = data["seen"]', hangs)}.items():
            match.save(seat + ".py", text)
        for _ in range(4):
            event = match.wait(lambda e: e["event"] == "reload" and e["step"] == "failed", "a failure")
            assert event["failure"]["outcome"] in ("not_ready", "cpu_limit"), event
            assert "READY" in event["failure"]["message"], event
        match.plays_on()
        match.play(fresh(".py"), seen=1)


def test_a_compiler_that_is_killed_is_told(watch):
    with watch({"1P.py": player(".py"), "2P.py": player(".py")}) as match:
        game = str(match.folder)
        clear(match.script)
        match.save("1P.cpp", player(".cpp", f"never seen by the cache, {game}"))

        told = threading.Event()

        def kill_compilers():
            while not told.wait(0.02):
                for pid, command in processes(game).items():
                    if "cc1plus" in command.split(" ")[0]:
                        os.kill(pid, signal.SIGKILL)

        killer = threading.Thread(target=kill_compilers)
        killer.start()
        try:
            failure = match.fails()
        finally:
            told.set()
            killer.join()
        assert failure["outcome"] == "compile_error" and "illed" in failure["message"] + failure["trace"], failure
        match.plays_on()


def test_two_seats_played_by_the_same_file_are_reloaded_both(watch, tmp_path):
    both = tmp_path / "game/ml/both.py"
    with watch({"both.py": player(".py")}, "-i", str(both), "-i", str(both), seats=2, folder=tmp_path / "game") as match:
        match.save("both.py", player(".py", "two"))
        said = [match.wait(lambda e: e["event"] == "log" and "'two'" in e["message"], "now") for _ in range(2)]
        match.plays_on()
        assert len(said) == 2


def test_saves_as_rounds_change_lose_no_tick(watch):
    def three_ticks(judge):
        return judge.replace("return False", "return self.frame >= 3").replace(
            '"GAME_ALIVE"', '"GAME_OVER" if self.frame >= 3 else "GAME_ALIVE"')

    with watch({"1P.py": player(".py"), "2P.lua": player(".lua")}, "--rounds", "1000000", edit=three_ticks) as match:
        for number in range(4):
            match.save("1P.py", player(".py", f"py {number}"))
            match.save("2P.lua", player(".lua", f"lua {number}"))
            match.wait(lambda e: e["event"] == "log" and f"'py {number}'" in e["message"], "1P")
            match.wait(lambda e: e["event"] == "log" and f"'lua {number}'" in e["message"], "2P") \
                if not any(e["event"] == "log" and f"'lua {number}'" in e["message"] for e in match.events) else None
        match.plays_on()
        save_in_place(match.folder / "judge.py", (match.folder / "judge.py").read_text() + "\n# saved\n")
        match.wait_step("swapped", "game")
        match.plays_on(8)




def test_a_script_that_rewrites_itself_as_it_plays_has_to_wait(watch):
    text = player(".lua").replace("self.seen = self.seen + 1", """self.seen = self.seen + 1
    local file = io.open("1P.lua", "a"); file:write("-- more\\n"); file:close()""")
    with watch({"1P.lua": text, "2P.py": player(".py")}, "--sandbox=off") as match:
        match.suffix = ".lua"
        event = match.wait_step("backed_off")
        assert "again and again" in event["text"], event
        match.plays_on()
        save_in_place(match.script, player(".lua", "calm"))
        match.wait_said("now", version="calm")
        match.plays_on()


def test_a_script_that_rewrites_itself_as_it_starts_has_to_wait(watch):
    starts = 'local file = io.open("1P.lua", "a"); file:write("-- more\\n"); file:close()\n' + player(".lua", "restless")
    with watch({"1P.lua": player(".lua"), "2P.py": player(".py")}, "--sandbox=off") as match:
        match.suffix = ".lua"
        save_in_place(match.script, starts)
        event = match.wait_step("backed_off")
        assert "again and again" in event["text"], event
        match.plays_on()
