"""Conversations as files: reading one, and holding it with a script. The form of the files is in README.md."""

import json
import re
import time

DEFAULTS = {
    "protocol": 1,
    "name": "1P",
    "role": "player",
    "params": {},
    "capabilities": [],
    "limits": {"line": 1 << 20, "depth": 256, "call_depth": 16, "tick_timeout": 1, "start_timeout": 10},
}
GAME_DEFAULTS = {"name": "game", "players": ["1P"], "seed": 7, "capabilities": ["world"]}
ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "\\": "\\"}


class Mismatch(Exception):
    """The script did not hold the conversation."""


class Conversation:
    def __init__(self, path):
        self.name = path.stem
        self.script = "unruly"  # or game, broken, empty
        self.classic = False
        self.exceptions = {}  # language -> why it cannot hold this
        self.steps = []
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if not line.strip() or line.startswith("#"):
                continue
            word, _, rest = line.partition(" ")
            if word == "script:":
                self.script = rest.strip()
            elif word == "except:":
                language, _, reason = rest.partition(" ")
                self.exceptions[language] = reason
            elif word == "needs:" and rest.strip() == "classic":
                self.classic = True
            elif word in STEPS:
                self.steps.append((number, word, _repeat(rest), line))
            else:
                raise ValueError(f"{path}:{number}: not a line of a conversation: {line}")

    def hold(self, process, script, timeout):
        """Plays it; raises Mismatch with the place where it went wrong."""
        talk = _Talk(process, str(script), self.classic, timeout)
        for number, word, rest, line in self.steps:
            try:
                STEPS[word](talk, rest)
            except Mismatch as mismatch:
                shown = "\n".join(talk.said[-20:])
                raise Mismatch(f"line {number}: {_short(line)}\n  {mismatch}\nso far:\n{shown}") from None


class _Talk:
    def __init__(self, process, script, classic, timeout):
        self.process, self.script, self.classic, self.timeout = process, script, classic, timeout
        self.next_line = 0
        self.said = []
        self.plain = []  # output in a conversation that stays on 0 and 1

    def send(self, data):
        self.said.append("  > " + _short(data.decode("utf-8", "backslashreplace").rstrip("\n")))
        if not self.process.send(data, self.timeout):
            raise Mismatch("the script does not read its input" + self._its_end())

    def send_line(self, text):
        self.send(self._filled_in(text).encode() + b"\n")

    def _filled_in(self, text):
        return text.replace("{script}", json.dumps(self.script)[1:-1])

    def init(self, text):
        broker = DEFAULTS | {"script": self.script}
        shown = json.loads(text) if text.strip() else {}
        if shown.get("role") == "game":
            broker |= GAME_DEFAULTS
        broker |= shown
        self.send_line("__init__ " + json.dumps({"args": [broker["name"]], "kwargs": {}, "dragoman": broker}))
        self.expect('__hello__ {"protocol": 1, "client": "...", "role": ' + json.dumps(broker["role"]) + "}")
        self.expect("__command__ READY")

    def expect(self, text):
        text = self._filled_in(text)
        line = self._line(f"expected: {_short(text)}\n  but nothing came")
        header, _, body = text.partition(" ")
        came_header, _, came = line.partition(" ")
        if header != came_header or not _same_body(body, came):
            raise Mismatch(f"expected: {_short(text)}\n  came:     {_short(line)}")

    def _line(self, otherwise):
        lines = self.process.conversation
        while True:
            if not lines.wait_for(lambda all_lines: len(all_lines) > self.next_line, self.timeout):
                raise Mismatch(otherwise + self._its_end())
            line = lines.lines[self.next_line]
            self.next_line += 1
            self.said.append("  < " + _short(line))
            if re.match(r"__[a-z_]+__( |$)", line):
                return line
            if not self.classic:
                raise Mismatch(f"output got into the conversation: {_short(line)}")
            self.plain.append(line)

    def output(self, text):
        if self.process.output is None:
            found = text in self.plain
        else:
            found = self.process.output.wait_for(lambda lines: text in lines, self.timeout)
        if not found:
            raise Mismatch("this line has not appeared on plain output")

    def stderr(self, text):
        if not self.process.stderr.wait_for(lambda lines: any(text in line for line in lines), self.timeout):
            raise Mismatch("this has not appeared on stderr")

    def end(self, text):
        kind, number = text.split()
        expected = int(number) if kind == "exit" else -int(number)
        code = self.process.wait(self.timeout)
        if code is None:
            raise Mismatch("the script has not ended")
        if code != expected:
            raise Mismatch("another end" + self._its_end())
        rest = self.process.conversation
        rest.wait_for(lambda lines: False, self.timeout)
        more = [line for line in rest.lines[self.next_line :] if not line.startswith("__hello__ ")]
        if more and not self.classic:
            raise Mismatch(f"one more line: {_short(more[0])}")

    def _its_end(self):
        code = self.process.wait(0.2)
        if code is None:
            return f" (the script runs on; time-out {self.timeout:g} s)"
        return f" (the script has ended: {'signal' if code < 0 else 'exit'} {abs(code)})"


STEPS = {
    ">": _Talk.send_line,
    ">>": lambda talk, rest: talk.send(_unescape(rest)),
    "<": _Talk.expect,
    "init:": _Talk.init,
    "output:": _Talk.output,
    "stderr:": _Talk.stderr,
    "pause:": lambda talk, rest: time.sleep(float(rest)),
    "close": lambda talk, rest: talk.process.close_input(),
    "end:": _Talk.end,
}


def matches(expected, came):
    """Objects: at least the keys shown. "..." is any value, "...part..." any text with that part, [..., "..."] a list with these
    members in any order, of which "!text" must not be there."""
    if expected == "...":
        return True
    if isinstance(expected, str) and isinstance(came, str):
        if len(expected) > 6 and expected.startswith("...") and expected.endswith("..."):
            return expected[3:-3] in came
        return expected == came
    if isinstance(expected, dict) and isinstance(came, dict):
        return all(key in came and matches(value, came[key]) for key, value in expected.items())
    if isinstance(expected, list) and isinstance(came, list):
        if expected and expected[-1] == "...":
            return all(_member(member, came) for member in expected[:-1])
        return len(expected) == len(came) and all(map(matches, expected, came))
    if isinstance(expected, bool) or isinstance(came, bool):
        return expected is came
    return expected == came


def _member(expected, came):
    if isinstance(expected, str) and expected.startswith("!"):
        return expected[1:] not in came
    return any(matches(expected, member) for member in came)


def _same_body(expected, came):
    if expected in ("READY", "RESET") or came in ("READY", "RESET"):
        return expected == came
    try:
        return matches(json.loads(expected), json.loads(came, parse_constant=_no_constant))
    except (ValueError, RecursionError):
        return False


def _no_constant(name):
    raise ValueError(name)


def _repeat(text):
    """{{x*1000}} stands for x a thousand times."""
    return re.sub(r"\{\{(.+?)\*(\d+)\}\}", lambda found: found[1] * int(found[2]), text)


def _unescape(text):
    text = re.sub(r"\\(?!x)(.)", lambda found: ESCAPES[found[1]], text)
    pieces = re.split(r"\\x([0-9a-fA-F]{2})", text)
    return b"".join(bytes([int(piece, 16)]) if odd % 2 else piece.encode() for odd, piece in enumerate(pieces))


def _short(text):
    return text if len(text) <= 400 else f"{text[:300]} [... {len(text) - 380} more ...] {text[-80:]}"
