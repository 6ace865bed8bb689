"""On a terminal: the game is drawn, and the terminal is left as it was."""
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time

import pytest
from running import Running

HIDES, SHOWS = "\x1b[?25l", "\x1b[?25h"


@pytest.fixture
def on_terminal(command):
    """Runs `dragoman` with a terminal of 80 x 24; `keys` are typed after `after` seconds. Gives exit code and what was shown."""

    def run(*arguments, keys=b"", after=0.0, environment=None, seconds=30):
        mark, variables = command.environment({"TERM": "xterm-256color", "COLORTERM": "truecolor", **(environment or {})})
        if environment is None:
            del variables["NO_COLOR"]
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        process = subprocess.Popen([str(command.path), *map(str, arguments)], stdin=theirs, stdout=theirs, stderr=theirs, env=variables,
                                   preexec_fn=lambda: (os.setsid(), fcntl.ioctl(0, termios.TIOCSCTTY, 0)))
        os.close(theirs)
        shown, began = b"", time.monotonic()
        while time.monotonic() - began < seconds:
            if keys and time.monotonic() - began > after:
                os.write(ours, keys)
                keys = b""
            if select.select([ours], [], [], 0.05)[0]:
                try:
                    piece = os.read(ours, 65536)
                except OSError:  # the other side is closed
                    break
                shown += piece
            elif process.poll() is not None:
                break
        else:
            process.kill()
        os.close(ours)
        code = process.wait(timeout=5)
        Running(process, mark).leaves_nothing(shown[-2000:])
        return code, shown.decode(errors="replace")

    return run


@pytest.fixture
def game(echo_game, small):
    return echo_game(ticks=40, **{"ml/a.py": small[".py"], "ml/b.lua": small[".lua"]})


@pytest.mark.sanitize
def test_a_match_is_drawn_and_the_table_follows(on_terminal, game):
    code, shown = on_terminal("run", game, "--fps", "100")
    assert code == 0, shown[-3000:]
    assert "▀" in shown or "▄" in shown or "\x1b[48;2;255;255;255m" in shown, shown[:3000]
    assert shown.count(HIDES) == shown.count(SHOWS) and shown.rfind(SHOWS) >= shown.rfind(HIDES)
    assert "1P" in shown and "40 ok" in shown or "41 ok" in shown, shown[-3000:]


def test_no_color_is_respected(on_terminal, game):
    code, shown = on_terminal("run", game, "--fps", "100", environment={"NO_COLOR": "1"})
    assert code == 0 and not re.search(r"\x1b\[[0-9;]*[34][0-9]*m", shown), shown[-3000:]


def test_ctrl_c_leaves_the_terminal_as_it_was(on_terminal, game):
    code, shown = on_terminal("run", game, "--fps", "20", "--param", "ticks=100000", keys=b"\x03", after=1.5)
    assert code in (130, -signal.SIGINT), shown[-3000:]
    assert shown.rfind(SHOWS) >= shown.rfind(HIDES), shown[-3000:]


def test_what_a_script_prints_cannot_command_the_terminal(on_terminal, game):
    (game / "ml/a.py").write_text('class MLPlay:\n    def update(self, scene_info):\n        print("\\x1b]0;owned\\x07\\x1b[2Jhello\\x1bc")\n\n    def reset(self):\n        pass\n')
    code, shown = on_terminal("run", game, "--fps", "100")
    assert code == 0 and "hello" in shown, shown[-3000:]
    assert "\x1b]0;" not in shown and "\x1bc" not in shown


def test_a_terminal_of_one_column_is_no_reason_to_fail(on_terminal, game):
    code, _ = on_terminal("run", game, "--fps", "200", environment={"COLUMNS": "1", "LINES": "1"})
    assert code == 0


def test_dumb_terminals_get_no_pictures(on_terminal, game):
    code, shown = on_terminal("run", game, environment={"TERM": "dumb"})
    assert code == 0 and "\x1b[" not in shown, shown[-3000:]
