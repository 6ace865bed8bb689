"""The control socket of a run, and `dragoman ctl`."""
import json
import signal
import socket
from pathlib import Path

import pytest
from running import eventually

# A run that is found, paused and ended by the tests themselves: nobody waits for its last tick.
LONG = 1_000_000_000


class Control:
    """A client of the socket."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(60)
        self.socket.connect(str(path))
        self.lines = self.socket.makefile("rb")

    def send(self, line):
        self.socket.sendall(line if isinstance(line, bytes) else json.dumps(line).encode() + b"\n")

    def receive(self):
        line = self.lines.readline()
        return json.loads(line) if line else None

    def ask(self, command, **members):
        self.send({"id": command, "command": command, **members})
        answer = self.receive()
        assert answer["id"] == command, answer
        return answer

    def result(self, command, **members):
        answer = self.ask(command, **members)
        assert answer["ok"], answer
        return answer["result"]

    def error(self, line):
        self.send(line if isinstance(line, (bytes, dict)) else line.encode())
        answer = self.receive()
        assert answer["ok"] is False, answer
        return answer["error"]


class Runs:
    """Runs in a folder for sockets of their own."""

    def __init__(self, command, folder):
        self.command, self.folder = command, Path(folder) / "sockets"
        self.variables = {"DRAGOMAN_CONTROL": str(self.folder)}

    def begin(self, *arguments):
        return self.command.begin("run", *arguments, environment=self.variables)

    def ctl(self, *arguments):
        return self.command("ctl", *arguments, environment=self.variables)

    def path(self, running):
        return self.folder / f"{running.process.pid}.sock"

    def control(self, running):
        path = self.path(running)
        assert eventually(path.exists, 60), running.ends()
        return Control(path)


@pytest.fixture
def runs(command, short_folder):
    return Runs(command, short_folder)


@pytest.fixture
def game(echo_game, small):
    def make(ticks=LONG):
        return echo_game(seats=2, ticks=ticks, **{"ml/a.py": small[".py"], "ml/b.lua": small[".lua"]})

    return make


def test_a_paused_run_stands_still_is_stepped_and_ends_as_if_nothing_had_been(runs, game, command):
    running = runs.begin(game(40), "--paused", "--fps", "50", "--json")
    control = runs.control(running)
    assert control.result("step", ticks=2) == {"tick": 2}
    control.send(b'{"command": "resume"}\n{"command": "pause"}\n')
    assert control.receive()["ok"]
    paused = control.receive()["result"]["tick"]
    assert 2 <= paused < 30
    status = control.result("status")
    assert status["paused"] and status["state"] == "paused" and status["tick"] == paused
    assert control.result("step", ticks=3) == {"tick": paused + 3}
    assert control.result("status")["tick"] == paused + 3
    assert control.result("step") == {"tick": paused + 4}
    control.result("resume")
    stepped = running.ends().ended_with(0).report
    plain = command("run", game(40), "--no-control", "--json").ended_with(0).report
    assert stepped["world_hash"] == plain["world_hash"] and stepped["ticks"] == plain["ticks"]
    for player in stepped["players"]:
        assert set(player["outcomes"]) == {"ok"}, player


def test_no_deadline_runs_while_a_run_is_paused(runs, game):
    running = runs.begin(game(), "--paused", "--tick-timeout", "3s", "--wall-total", "4s", "--cpu-per-tick", "900ms")
    control = runs.control(running)
    control.result("step", ticks=2)
    began = control.result("status")["uptime"]
    assert eventually(lambda: control.result("status")["uptime"] > began + 4.1, 60)
    control.result("step", ticks=2)
    assert [seat["failure"] for seat in control.result("status")["seats"]] == [None, None, None]
    control.result("stop")
    running.ends().ended_with(130)


def test_a_run_that_begins_paused_plays_nothing_until_it_may(runs, game):
    running = runs.begin(game(3), "--paused", "--json")
    control = runs.control(running)
    assert control.result("pause") == {"tick": 0}
    assert control.result("status")["state"] == "paused"
    assert control.result("step") == {"tick": 1}
    control.result("resume")
    ended = running.ends().ended_with(0)
    assert ended.report["ticks"] == 4 and "paused before the first tick: `dragoman ctl step` or `resume`" in ended.stderr, ended


def test_a_run_that_nobody_could_let_go_on_does_not_begin_paused(runs, game, command, tmp_path):
    file = tmp_path / "precious"
    file.write_text("mine")
    said = runs.begin(game(3), "--paused", "--control", file).ends().ended_with(2).stderr
    assert "--paused: nobody could let it go on: no control socket" in said and "something else than a socket" in said, said
    command("run", game(3), "--paused", "--no-control").ended_with(2)


def test_a_step_that_the_end_of_the_run_cuts_short_says_so(runs, game):
    running = runs.begin(game(5), "--paused", "--json")
    control = runs.control(running)
    assert control.result("pause") == {"tick": 0}
    assert control.ask("step", ticks=100)["error"]["code"] == "over"
    running.ends().ended_with(0)


def test_status_tells_of_the_run_and_of_each_script(runs, game):
    running = runs.begin(game(), "--seed", "7")
    control = runs.control(running)
    control.result("pause")
    control.result("step", ticks=5)
    status = control.result("status")
    assert status["pid"] == running.process.pid and status["game"] == "echo" and status["seed"] == 7
    first, second, script = status["seats"]
    assert (first["name"], first["language"], first["phase"], first["version"]) == ("1P", "python", "idle", 1)
    assert first["outcomes"]["ok"] >= 5 and first["median_us"] > 0 and first["pid"] > 0
    assert second["script"].endswith("b.lua") and script["role"] == "game"
    assert control.ask("reload", seat="1P")["error"] == {
        "code": "unavailable", "message": "this run does not watch its scripts: run with --watch"}
    assert control.ask("step", ticks=1)["ok"]
    control.result("resume")
    assert control.ask("step")["error"]["code"] == "not_paused"
    control.result("stop")
    running.ends().ended_with(130)


def test_bad_requests_get_clear_errors_and_the_run_plays_on(runs, game):
    running = runs.begin(game())
    control = runs.control(running)
    assert control.error(b"garbage\n")["message"] == "not JSON: at byte 1 of the line"
    assert "status, versions" in control.error({"command": "explode"})["message"]
    assert control.error({"command": "log", "seat": "9P"})["message"] == 'there is no seat "9P"; there are: 1P, 2P, game'
    assert control.error({"command": "versions"})["message"] == 'versions needs "seat" (text)'
    assert control.error(b'{"command": "help", "pad": "' + b"x" * 65600 + b'"}\n')["code"] == "too_long"
    endless = Control(runs.path(running))
    with pytest.raises(OSError):
        for _ in range(100):
            endless.send(b"x" * 65536)
    control = Control(runs.path(running))
    assert len(control.result("help")["commands"]) == 10
    control.result("stop")
    running.ends().ended_with(130)


def test_many_clients_and_clients_that_do_not_read_do_no_harm(runs, game):
    running = runs.begin(game())
    control = runs.control(running)
    assert eventually(lambda: control.result("status")["tick"] > 0, 60)
    half = Control(runs.path(running))
    half.send(b'{"command": "sta')
    many = [Control(runs.path(running)) for _ in range(100)]
    turned_away = [answer for client in many[70:] if (answer := client.receive())]
    assert {answer["error"]["code"] for answer in turned_away} == {"too_many_clients"} and len(turned_away) == 30
    silent = many[0]
    silent.socket.settimeout(2)
    with pytest.raises(OSError):  # it is dropped; should it never be, this ends by the time-out of the test
        while True:
            try:
                silent.send(b'{"command": "help"}\n' * 100)
            except TimeoutError:
                pass
    tick = control.result("status")["tick"]
    assert eventually(lambda: control.result("status")["tick"] > tick, 60)
    half.send(b'tus"}\n')
    assert half.receive()["ok"]
    control.result("stop")
    running.ends().ended_with(130)


def test_the_socket_is_its_users_alone_and_goes_with_the_run(runs, game):
    running = runs.begin(game())
    control = runs.control(running)
    path = runs.path(running)
    assert oct(path.stat().st_mode)[-3:] == "600" and oct(path.parent.stat().st_mode)[-3:] == "700"
    control.result("stop")
    running.ends().ended_with(130)
    assert not path.exists()


def test_what_a_killed_run_leaves_is_cleaned_up(runs, game):
    running = runs.begin(game())
    control = runs.control(running)
    control.result("status")
    running.process.send_signal(signal.SIGKILL)
    running.ends()
    assert runs.path(running).exists()
    assert "no run is going" in runs.ctl("list").ended_with(0).stdout
    assert not runs.path(running).exists()


def test_a_socket_of_ones_own_choice(runs, game, tmp_path):
    path = runs.folder.parent / "mine.sock"
    folder = game()
    running = runs.begin(folder, "--control", path)
    assert eventually(path.exists, 60)
    said = runs.begin(folder, "--param", "ticks=3", "--control", path).ends().ended_with(0)
    assert f"no control socket: {path}: a run listens there already" in said.stderr
    said = runs.ctl("--socket", path, "status").ended_with(0).stdout
    assert "echo, seed 1" in said and "b.lua" in said, said
    assert runs.ctl("--socket", path, "stop").ended_with(0).stdout == "the run ends\n"
    running.ends().ended_with(130)
    file = tmp_path / "precious"
    file.write_text("mine")
    for wrong, why in ((file, "something else than a socket"), (tmp_path / ("x" * 200), "a socket's path may have 106 bytes")):
        assert why in runs.begin(game(3), "--control", wrong).ends().ended_with(0).stderr
    assert file.read_text() == "mine"


@pytest.mark.parametrize("spoil", [lambda folder: folder.chmod(0o755), lambda folder: (folder.rmdir(), folder.symlink_to("/tmp"))],
                         ids=["open to others", "a link"])
def test_a_folder_that_is_not_its_users_alone_is_not_used(runs, game, spoil):
    runs.folder.mkdir(mode=0o700)
    spoil(runs.folder)
    said = runs.begin(game(3)).ends().ended_with(0).stderr
    assert "no control socket" in said and ("is open to others" in said or "is no folder" in said), said
    assert str(runs.folder) in runs.ctl("list").ended_with(0).stderr


def test_without_a_folder_that_was_named_it_is_the_one_for_run_time_files(command, game, runs):
    runs.variables = {"XDG_RUNTIME_DIR": str(runs.folder.parent)}
    runs.folder = runs.folder.parent / "dragoman"
    running = runs.begin(game())
    runs.control(running).result("stop")
    running.ends().ended_with(130)


def test_ctl_takes_the_only_run_and_lists_several(runs, game):
    assert runs.ctl("status").ended_with(1).stderr == "dragoman: no run is going\n"
    first = runs.begin(game())
    runs.control(first)
    assert runs.ctl("pause").ended_with(0).stdout.startswith("paused at tick ")
    before = json.loads(runs.ctl("status", "--json").ended_with(0).stdout)["tick"]
    assert runs.ctl("step", "2").ended_with(0).stdout == f"paused at tick {before + 2}\n"
    second = runs.begin(game())
    runs.control(second).result("status")
    said = runs.ctl("resume").ended_with(1).stderr
    assert "--run PID" in said and str(first.process.pid) in said and str(second.process.pid) in said
    assert "there is no run with pid 1;" in runs.ctl("--run", "1", "status").ended_with(1).stderr
    rows = json.loads(runs.ctl("list", "--json").ended_with(0).stdout)
    assert {row["pid"]: row["game"] for row in rows} == {first.process.pid: "echo", second.process.pid: "echo"}
    for running in (first, second):
        runs.ctl("--run", running.process.pid, "stop").ended_with(0)
        running.ends().ended_with(130)


@pytest.mark.parametrize("words", [["explode"], ["step", "0"], ["rollback"], [], ["--run", "1", "--socket", "x", "status"]])
def test_ctl_knows_wrong_usage(runs, words):
    runs.ctl(*words).ended_with(2)


def test_ctl_names_its_commands_where_one_is_no_command(runs):
    assert "expected one of list, status," in runs.ctl("nonsense").ended_with(2).stderr


def test_the_log_has_what_scripts_say_and_is_followed_to_the_end(runs, echo_game, small):
    talks = small[".py"].replace("        return", '        print("frame", scene_info["frame"])\n        return')
    running = runs.begin(echo_game(seats=1, ticks=20, **{"ml/a.py": talks}), "--paused", "--quiet")
    control = runs.control(running)
    control.result("step", ticks=3)
    tail = control.result("log", seat="1P", lines=2)
    assert [line["text"] for line in tail["lines"]][-1] == "frame 2" and len(tail["lines"]) == 2
    assert "1P| frame 2" in runs.ctl("log", "1P", "-n", "1").ended_with(0).stdout
    follower = Control(runs.path(running))
    follower.result("log", seat="1P", lines=0, follow=True)
    control.result("resume")
    running.ends().ended_with(0)
    followed = []
    while line := follower.receive():
        followed.append(line["line"]["text"])
    assert followed == [f"frame {frame}" for frame in range(3, 21)]
