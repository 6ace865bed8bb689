"""Speaks the classic level on bare stdio and answers each scene with its frame. Misbehaves on request: ../README.md."""
import os
import re
import signal
import sys
import time

VICE, WHEN = sys.argv[1], int(sys.argv[2])


def write(data):
    data = data.encode() if isinstance(data, str) else data
    while data:
        data = data[os.write(1, data):]


def say(command):
    write(f"__command__ {command}\n")


def drip():
    while True:
        write("drip\n")
        time.sleep(0.02)


def hang():
    while True:
        time.sleep(3600)


def ignore_end():
    signal.signal(signal.SIGTERM, signal.SIG_IGN)


def leave_a_daemon():
    """Forks twice; the grandchild has a session of its own, ignores SIGTERM and holds every descriptor."""
    if os.fork() == 0:
        os.setsid()
        if os.fork() > 0:
            os._exit(0)
        ignore_end()
        hang()
    os.wait()


def flood(unit, times):
    for _ in range(times):
        write(unit)


def for_ever(unit):
    while True:
        write(unit)


OPENING = {
    "never_ready": hang,
    "drip_before_ready": drip,
    "exit_before_ready": lambda: sys.exit(5),
    "command_before_ready": lambda: say(1),
    "hello_999": lambda: write('__hello__ {"protocol": 999, "client": "bare", "role": "player", "features": []}\n'),
    "hello_of_a_game": lambda: write('__hello__ {"protocol": 1, "client": "bare", "role": "game", "features": []}\n'),
    "hello_twice": lambda: write('__hello__ {"protocol": 1, "client": "bare", "role": "player", "features": []}\n' * 2),
    "hello_malformed": lambda: write('__hello__ {"protocol": "one"}\n'),
    "unknown_header": lambda: write('__hello__ {"protocol": 1, "client": "bare", "role": "player", "features": []}\n'),
    "byte_order_mark": lambda: write(b"\xef\xbb\xbf"),
    "ignore_sigterm": ignore_end,
    "daemon_at_start": leave_a_daemon,
}

AT_FRAME = {
    "malformed": lambda n: say('{"a": [1, 2'),
    "bare_word": lambda n: say("MOVE_LEFT"),
    "nan": lambda n: say("NaN"),
    "infinite": lambda n: say("1e999"),
    "half_a_letter": lambda n: say('"\\ud800"'),
    "two_spaces": lambda n: say(f" {n}"),
    "trailing_text": lambda n: say(f"{n} {n}"),
    "nul": lambda n: write(b'__command__ "a\0b"\n'),
    "text_in_front": lambda n: (write(f"hello __command__ {n}\n"), hang()),
    "header_in_text": lambda n: (write(f'debug: __command__ "X"\n__commander__ 1\n__scene_info__ {{}}\n'), say(n)),
    "bad_utf8": lambda n: write(b'__command__ "\xff\xfe"\n'),
    "bad_utf8_in_text": lambda n: (write(b"caf\xe9 \x1b[2J \0\n"), say(n)),
    "long_command": lambda n: (write('__command__ "'), flood("x" * 1_000_000, 100), write('"\n')),
    "long_text": lambda n: (flood("x" * 1_000_000, 100), write("\n"), say(n)),
    "deep": lambda n: say("[" * 100_000 + "]" * 100_000),
    "twice_at_once": lambda n: write(f'__command__ {n}\n__command__ "again"\n'),
    "twice": lambda n: (say(n), say('"again"')),
    "late": lambda n: (time.sleep(0.5), say(n)),
    "close_stdin": lambda n: (os.close(0), say(n), hang()),
    "close_stdout": lambda n: (os.close(1), hang()),
    "drip": lambda n: drip(),
    "hang": lambda n: hang(),
    "daemon": lambda n: (leave_a_daemon(), say(n)),
    "daemon_then_exit": lambda n: (leave_a_daemon(), os._exit(0)),
    "stop_itself": lambda n: os.kill(os.getpid(), signal.SIGSTOP),
    "half_a_line": lambda n: (write('__command__ "hal'), os._exit(0)),
    "crlf": lambda n: write(f"__command__ {n}\r\n"),
    "reset": lambda n: (say("RESET"), say("READY")),
    "reset_only": lambda n: (say("RESET"), hang()),
    "ready_again": lambda n: (say("READY"), say(n)),
    "unknown_header": lambda n: write("__teapot__ {}\n"),
    "commands_for_ever": lambda n: for_ever(f"__command__ {n}\n"),
    "empty_lines_for_ever": lambda n: for_ever("\n" * 4096),
    "kill_itself": lambda n: os.kill(os.getpid(), signal.SIGKILL),
}


def main():
    for line in sys.stdin:
        if line.startswith("__init__"):
            OPENING.get(VICE, lambda: None)()
            say("READY")
            continue
        frame = re.search(r'"frame": (\d+)', line)[1]
        if VICE in AT_FRAME and (int(frame) == WHEN or VICE == "crlf"):
            AT_FRAME[VICE](frame)
        else:
            say(frame)


main()
