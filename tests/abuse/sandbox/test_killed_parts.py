"""SIGKILL for the broker, its launcher and its minders, whenever: nothing is left, and who lives on says what happened."""
import os
import random
import signal
import time
from pathlib import Path

import pytest
from holding import TICKS, adopted
from running import control, end, eventually

FULL = os.environ.get("DRAGOMAN_ABUSE") == "full"
TIMES = 1000 if FULL else 60
STUBBORN = """
import signal, threading
def spin():
    while True: pass
def vice():
    for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}: signal.signal(number, signal.SIG_IGN)
    threading.Thread(target=spin, daemon=True).start()
"""
LONG = ["--param", "ticks=1000000000", "--json"]


@pytest.fixture
def begin(pit):
    """Begins a match that takes hours, of a stubborn script and an honest one."""
    script, game = pit.ground.script("python", STUBBORN), pit.ground.game({})

    def make(*options):
        return pit.begin("run", game, "-i", script, "-i", pit.ground.honest["lua"], *LONG, *pit.in_tier(*options))

    return make


def family(pid):
    """{pid: name} of the process and all its descendants."""
    found, unseen = {}, [pid]
    while unseen:
        pid = unseen.pop()
        try:
            found[pid] = Path(f"/proc/{pid}/comm").read_text().strip()
            unseen += map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())
        except OSError:
            found.pop(pid, None)
    return found


def plays(running):
    """The game and both players are there."""
    return eventually(lambda: len([name for name in family(running.process.pid).values() if name.startswith("dragoman-minde")]) >= 3, 20)


def nothing_is_left(pids, what=""):
    """None of them, nor any that they had started."""
    left = lambda: {pid: name for pid, name in {**{pid: "one of them" for pid in pids if is_alive(pid)}, **adopted(ours=())}.items()}  # noqa: E731
    if not eventually(lambda: not left(), 5):
        remaining = left()
        end(remaining)
        raise AssertionError(f"left behind: {remaining} {what}")


def is_alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.one_hold
@pytest.mark.timeout(3600)
def test_a_broker_that_is_killed_at_any_moment_leaves_nothing(begin):
    moments = random.Random(1)
    for time_of in range(TIMES // 2):
        running = begin()
        time.sleep(moments.uniform(0, 0.25))
        everybody = family(running.process.pid)
        running.process.kill()
        running.process.communicate()
        nothing_is_left(everybody, f"time {time_of}: {everybody}")


def ends_and_tells(running, everybody):
    """The report names what has happened to whom; nobody hangs."""
    ended = running.ends(30)
    nothing_is_left(everybody, ended)
    tells(ended)


def tells(ended):
    assert ended.code in (1, 2, 3), ended
    if ended.code == 3:
        told = [failure for failure in [ended.report["game_failure"], *(player["failure"] for player in ended.report["players"])] if failure]
        assert told and all(failure["message"] for failure in told), ended
    else:
        assert ended.stderr.strip(), ended


@pytest.mark.one_hold
@pytest.mark.timeout(3600)
def test_a_launcher_or_minder_that_is_killed_at_any_moment_is_told(begin):
    moments = random.Random(2)
    for _ in range(TIMES // 2):
        running = begin()
        time.sleep(moments.uniform(0.01, 0.25))
        everybody = family(running.process.pid)
        helpers = [pid for pid, name in everybody.items() if pid != running.process.pid and name.startswith(("dragoman-", "bwrap"))]
        if not helpers:
            running.process.kill()
            running.process.communicate()
            continue
        try:
            os.kill(moments.choice(helpers), signal.SIGKILL)
        except ProcessLookupError:  # its work was done: nothing has happened to this run
            running.process.kill()
            running.process.communicate()
            nothing_is_left(everybody)
            continue
        # A spare minder's death costs nobody anything: then the match goes on.
        if not eventually(lambda: running.process.poll() is not None, 0.7):
            everybody |= family(running.process.pid)
            running.process.send_signal(signal.SIGINT)
            ended = running.ends(30)
            nothing_is_left(everybody, ended)
            if ended.code != 130:
                tells(ended)
        else:
            ends_and_tells(running, everybody)


@pytest.mark.parametrize("who", ["launcher", "minder of a player", "all minders"])
def test_a_helper_killed_in_mid_match_is_noticed_at_once(begin, pit, who):
    running = begin("--control", pit.home / "c")
    assert eventually(lambda: control(pit.home / "c", "status")["tick"] > 0, 60)
    everybody = family(running.process.pid)
    by_name = lambda name: [pid for pid, its in everybody.items() if its.startswith(name)]  # noqa: E731
    minders = [pid for pid in by_name("dragoman-minde") if len(family(pid)) > 1]
    chosen = {"launcher": by_name("dragoman-launc")[:1], "minder of a player": minders[-1:], "all minders": minders}[who]
    assert chosen, everybody
    began = time.monotonic()
    for pid in chosen:
        try:
            os.kill(pid, signal.SIGKILL)
        except OSError:
            pass  # it fell with another
    if not eventually(lambda: running.process.poll() is not None, 2):  # the game may live on, and another player
        running.process.send_signal(signal.SIGINT)
    ended = running.ends(30)
    assert time.monotonic() - began < 10, ended
    nothing_is_left(everybody, ended)
    assert any([ended.report["game_failure"], *(player["failure"] for player in ended.report["players"])]), ended


@pytest.mark.one_hold
def test_a_hundred_starts_and_kills_grow_nothing(pit):
    """Rounds in one broker cannot start a script anew, so many seats do: each is started, some are killed, all are gone."""
    names = [f"{n}P" for n in range(100)]
    folder = pit.ground.folder / "games/hundred"
    pit.ground.write("games/hundred/game.lua", (Path(__file__).parent / "game/game.lua").read_text())
    toml = (Path(__file__).parent / "game/dragoman.toml").read_text().replace('["1P", "2P"]', str(names).replace("'", '"')).replace('"400ms"', '"5s"')
    pit.ground.write("games/hundred/dragoman.toml", toml)
    evil = pit.ground.script("lua", "function vice() require('ffi').cdef 'int raise(int);'; require('ffi').C.raise(9) end")
    scripts = [word for n in range(100) for word in ("-i", evil if n % 2 else pit.ground.honest["lua"])]
    socket = pit.home / "c"
    running = pit.begin("run", folder, *scripts, "--json", "--paused", "--control", socket, "--start-timeout", "60s", "--param", "ticks=25", *pit.in_tier())

    def held():
        return len(os.listdir(f"/proc/{running.process.pid}/fd")), len(family(running.process.pid))

    control(socket, "step", ticks=1)
    before = held()
    control(socket, "step", ticks=9)  # half of them have fallen, and the match goes on
    assert eventually(lambda: all(now < then * 0.75 for now, then in zip(held(), before)), 20), (before, held())
    control(socket, "resume")
    ended = running.ends(60)
    assert ended.code == 3, ended
    outcomes = [player["failure"] and player["failure"]["outcome"] for player in ended.report["players"]]
    assert outcomes == [None, "crashed"] * 50, ended
