"""Output: floods, lines without end, and what would drive the user's terminal."""
import os
import pty
import select
import subprocess
import time

import pytest


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
@pytest.mark.parametrize("piece", ["'x' * 99 + '\\n'", "'\\n' * 4096", "'x' * 65536", "'\\0' * 65536", "'\\033[2J' * 4096"], ids=["lines", "empty lines", "one line", "zeros", "escapes"])
def test_a_flood(pit, stream, piece):
    pit.plays("python", f"import sys\ndef vice():\n    while True: sys.{stream}.write({piece})", "--tick-timeout", "20s", limits={"output_per_tick": "2MiB"}).loses("output_limit", "2 ?MiB")


def test_a_slow_flood_is_counted_in_all(pit):
    pit.plays("python", "import threading, time\ndef flood():\n    while True: print('x' * 10000, flush=True); time.sleep(0.0001)\ndef vice():\n    threading.Thread(target=flood, daemon=True).start()",
              "--fps", "20", "--param", "ticks=50", limits={"output_per_tick": "16MiB", "output_total": "300KiB"}).loses_early("output_limit")


LONG_LINE = """
#include <stdio.h>
#include <string.h>
static json_t* vice(void) {
    static char much[1 << 20];
    memset(much, 'x', sizeof much);
    fputs(BEGIN, stdout);
    for (int i = 0; i < 1024; ++i) fwrite(much, 1, sizeof much, stdout);
    return 0;
}
"""


@pytest.mark.one_hold
@pytest.mark.parametrize("begin", ["", "__command__ "], ids=["text", "command"])
def test_a_line_of_a_gigabyte(pit, begin):
    pit.plays("c", f'#define BEGIN "{begin}"\n{LONG_LINE}', "--tick-timeout", "20s").loses(["output_limit", "protocol_error"])


CONVERSATION = """
import os
def vice():
    for number in range(3, 16):
        try: os.write(number, TEXT)
        except OSError: pass
    os.write(1, TEXT)
"""


@pytest.mark.parametrize("text, outcomes", [
    (b"__command__ 1\n" * 3, []), (b"__command__ {\n", ["protocol_error"]), (b"__done__ {}\n", ["protocol_error"]), (b"__hello__ {}\n", ["protocol_error"]), (b"__nonsense__ {}\n", ["protocol_error"]),
    (b"__command__ " + b"[" * 100_000 + b"\n", ["protocol_error"]), (b"__call__ {\"id\": 1, \"method\": \"world.create\", \"params\": {}}\n", []), (b"__state__ 1\n", ["protocol_error"]),
    (b"\xff\xfe\x00\n__command__ \xff\n", ["protocol_error"]), (b"__log__ {\"level\": \"info\", \"message\": \"\\u001b[2J\"}\n", [])],
    ids=["commands", "half a command", "done", "hello", "unknown", "deep", "call", "state", "no text", "log"])
def test_lies_on_the_conversations_descriptors(pit, text, outcomes):
    """Whatever is written to any descriptor: the script loses its seat at most."""
    ended = pit.plays("python", f"TEXT = {text!r}\n{CONVERSATION}")
    if ended.player("1P")["failure"]:
        ended.loses(outcomes or "protocol_error")
    else:
        ended.honest_plays_on()


ESCAPES = ["\x1b[2J", "\x1b]0;title\x07", "\x1b[?1049h", "\x1b]52;c;ZWNobwo=\x07", "\x9b2J", "\x1b[6n", "\x07", "\x08" * 9, "\r", "\x1bP+q544e\x1b\\", "\x7f", "\x0e"]
SAY = """
import sys
def vice():
    for escape in ESCAPES:
        print("before" + escape + "after")
        print("before" + escape + "after", file=sys.stderr)
    raise RuntimeError("raised " + "".join(ESCAPES))
"""


def on_a_terminal(pit, *arguments):
    """All that the command writes to the terminal that it runs in."""
    ours, theirs = pty.openpty()
    mark, variables = pit.environment({"TERM": "xterm-256color"})
    from holding import AS_NOBODY
    words = [*(AS_NOBODY if pit.is_nobody else []), pit.path, *arguments]
    process = subprocess.Popen([str(word) for word in words], stdin=theirs, stdout=theirs, stderr=theirs, env=variables, start_new_session=True)
    os.close(theirs)
    said, until = b"", time.monotonic() + 60
    while time.monotonic() < until:
        if select.select([ours], [], [], 0.1)[0]:
            try:
                piece = os.read(ours, 65536)
            except OSError:
                break
            if not piece:
                break
            said += piece
    process.kill()
    process.wait()
    os.close(ours)
    return said


@pytest.mark.parametrize("draw", ["never", "always"])
def test_escape_sequences_do_not_reach_the_terminal(pit, draw):
    script = pit.ground.script("python", f"ESCAPES = {ESCAPES!r}\n{SAY}")
    said = on_a_terminal(pit, "run", pit.ground.game({}), "-i", script, "-i", pit.ground.honest["lua"], "--draw", draw, *pit.in_tier())
    assert b"before" in said, said
    for raw in (b"\x1b[2J" + b"after", b"\x1b]", b"\x1b[6n", b"\x07", b"\x9b", b"\x1bP", b"\x08", b"\x0e", b"before\x1b[?1049h", b"before\rafter"):
        assert raw not in said, (raw, said[max(0, said.find(raw) - 80):][:200])


@pytest.mark.parametrize("name", ["evil\x1b[2J.py", "evil\nok\n.py", "-i.py"], ids=["escape", "lines", "option"])
def test_a_files_name_does_not_drive_the_terminal(pit, name):
    path = pit.ground.source(name, "raise RuntimeError('x')\n")
    for arguments in (["check", path], ["run", pit.ground.game({}), "-i", path, "-i", pit.ground.honest["lua"], "--draw", "never"]):
        said = on_a_terminal(pit, *arguments, *pit.in_tier())
        assert b"\x1b[2J" not in said and b"\nok" not in said, said


def test_no_text_is_shown_backwards(pit):
    """Unicode's marks for the direction of writing would let a script show as another's words what is its own."""
    script = pit.ground.source("evil\u202ecod.py", "print('x\u202ey\u2066z')\nraise RuntimeError('\u202e')\n")
    said = on_a_terminal(pit, "run", pit.ground.game({}), "-i", script, "-i", pit.ground.honest["lua"], "--draw", "never", *pit.in_tier())
    assert b"\xe2\x80\xae" not in said and b"\xe2\x81\xa6" not in said, said


def test_nothing_can_be_typed_into_the_terminal(pit):
    """The command runs in a terminal; its scripts have none."""
    script = pit.ground.script("python", """
import fcntl, os
def vice():
    said = []
    for number in range(0, 32):
        try: fcntl.ioctl(number, 0x5412, b"x"); said.append(number)
        except OSError: pass
    try: said.append(os.open("/dev/tty", os.O_RDWR))
    except OSError: pass
    print("typed:", said, [os.isatty(number) for number in range(8)])
""")
    said = on_a_terminal(pit, "run", pit.ground.game({}), "-i", script, "-i", pit.ground.honest["lua"], "--draw", "never", *pit.in_tier())
    assert b"typed: [] " in said and b"True" not in said, said
