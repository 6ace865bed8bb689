"""Runs `dragoman run --watch`, saves files while it plays, and waits for what becomes of them."""
import ast
import json
import os
import queue
import signal
import subprocess
import threading
import time
from pathlib import Path

PATIENCE = 100  # seconds: a bound for tests that fail, not a time that is measured

# The judge of a match: each player answers {"version": text, "seen": scenes so far}; what changes is logged.
JUDGE = '''
import dragoman


class Game(dragoman.Game):
    def setup(self):
        self.world.component("Tick", "n: i32")
        self.tick = self.world.create({"Tick": {"n": 0}})
        self.last = {}

    def update(self, commands):
        for seat in self.players:
            if seat in self.lost:
                self.last.pop(seat, None)
                continue
            answer, last = commands[seat], self.last.get(seat)
            if answer is None:
                self.say(seat, "missed", frame=self.frame, why=self.absent.get(seat))
                continue
            if last is not None and answer["version"] != last["version"]:
                self.say(seat, "now", frame=self.frame, version=answer["version"], seen=answer["seen"] - last["seen"], count=answer["seen"])
            elif last is None:
                self.say(seat, "begins", frame=self.frame, version=answer["version"], seen=answer["seen"], count=answer["seen"])
            self.last[seat] = answer
        self.world.set(self.tick, "Tick", {"n": self.frame})
        return False

    def say(self, seat, what, **more):
        dragoman.log("info", repr({"seat": seat, "what": what, **more}))

    def scenes(self):
        return {seat: {"frame": self.frame, "status": "GAME_ALIVE"} for seat in self.players}

    def result(self):
        return {seat: {"rank": 1, "score": 0} for seat in self.players}
'''

PLAYERS = {
    ".py": '''class MLPlay:
    def __init__(self):
        self.seen = 0

    def update(self, scene_info):
        self.seen += 1
        return {"version": "VERSION", "seen": self.seen}

    def reset(self):
        pass

    def __dragoman_preserve_state__(self):
        return {"seen": self.seen}

    def __dragoman_restore_state__(self, data):
        self.seen = data["seen"]
''',
    ".lua": '''MLPlay = { seen = 0 }

function MLPlay:update(scene)
    self.seen = self.seen + 1
    return { version = "VERSION", seen = self.seen }
end

function MLPlay:preserve_state() return { seen = self.seen } end
function MLPlay:restore_state(data) self.seen = data.seen end
''',
    ".cpp": '''#include <ml_play.hpp>

class MLPlay : public AbstractMLPlay {
public:
    MLPlay(json) {}
    json update(json) {
        json answer = json::object();
        answer["version"] = "VERSION";
        answer["seen"] = ++seen;
        return answer;
    }
    void reset() {}
    json preserve_state() const {
        json state = json::object();
        state["seen"] = seen;
        return state;
    }
    void restore_state(const json& state) { seen = state["seen"]; }

private:
    int seen = 0;
};
''',
}


def player(suffix, version="one"):
    """A player that counts its scenes, and hands the count on to its next version."""
    return PLAYERS[suffix].replace("VERSION", version)


def judged_game(folder, files, seats=None, more=""):
    """A game folder whose ml/ has these files: {"1P.py": text}."""
    folder = Path(folder)
    (folder / "ml").mkdir(parents=True, exist_ok=True)
    names = ", ".join(f'"{number}P"' for number in range(1, (seats or len(files)) + 1))
    (folder / "dragoman.toml").write_text(f'script = "judge.py"\nfps = 100\n[players]\nnames = [{names}]\nmin = 1\n{more}\n')
    (folder / "judge.py").write_text(JUDGE)
    for name, text in files.items():
        (folder / "ml" / name).write_text(text)
    return folder


def save_in_place(path, text):
    """With nothing between the three calls: what stays open is taken for saved after a while, empty as it is."""
    data = text.encode()
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666)
    os.write(file, data)
    os.close(file)


class WatchedRun:
    """A run that goes on until it is told to end. Its events come as they happen."""

    def __init__(self, dragoman, folder, *options, fps=100, env=None, before=()):
        self.folder = Path(folder)
        self.events = []
        self._since = 0
        self._queue = queue.Queue()
        pace = ["--fps", str(fps)] if fps else []
        patient = [] if "--tick-timeout" in options else ["--tick-timeout", "10s"]  # than a crowded machine is slow
        self.process = subprocess.Popen(
            [*before, str(dragoman), "run", str(folder), "--watch", "--jsonl", *pace, *patient, *options],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, errors="replace", env={**os.environ, **(env or {})})
        self._stderr = []
        threading.Thread(target=self._read, daemon=True).start()
        threading.Thread(target=lambda: self._stderr.extend(self.process.stderr), daemon=True).start()

    def _read(self):
        for line in self.process.stdout:
            self._queue.put(json.loads(line))
        self._queue.put(None)

    def __enter__(self):
        self.wait(lambda event: event["event"] == "tick", "its first tick")
        return self

    def __exit__(self, *failed):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise
        while (event := self._queue.get(timeout=PATIENCE)) is not None:
            self.events.append(event)

    def save(self, name, text):
        """Writes a file of ml/ in place, as most editors do."""
        save_in_place(self.folder / "ml" / name, text)

    def begin_anew(self):
        """What is missed, said and stepped is counted from here."""
        self._since = len(self.events)

    def wait(self, matches, what):
        """The first event that matches, of those that no wait has looked at yet."""
        until = time.monotonic() + PATIENCE
        while True:
            try:
                event = self._queue.get(timeout=max(0.01, until - time.monotonic()))
            except queue.Empty:
                raise AssertionError(f"{what} did not come. {self}") from None
            if event is None:
                raise AssertionError(f"the run ended before {what}. {self}")
            self.events.append(event)
            if matches(event):
                return event

    def wait_step(self, step, seat="1P"):
        """A reload's step: see ReloadStep."""
        return self.wait(lambda e: e["event"] == "reload" and e["step"] == step and e["player"] == seat, f"{seat} {step}")

    def wait_said(self, what, seat="1P", **more):
        """What the judge says of a seat."""
        def matches(event):
            said = judged(event)
            return said and said["what"] == what and said["seat"] == seat and all(said.get(k) == v for k, v in more.items())
        return judged(self.wait(matches, f"{seat} {what} {more}"))

    def wait_ticks(self, count):
        for _ in range(count):
            self.wait(lambda event: event["event"] == "tick", "a tick")

    @property
    def recent(self):
        return self.events[self._since:]

    def steps(self, seat="1P"):
        return [e["step"] for e in self.recent if e["event"] == "reload" and e["player"] == seat]

    def said(self, what):
        return [one for one in map(judged, self.recent) if one and one["what"] == what]

    @property
    def missed(self):
        """Ticks without an answer, and ticks that the journal does not have."""
        numbers = [event["tick"] for event in self.recent if event["event"] == "tick"]
        gaps = [after for before, after in zip(numbers, numbers[1:]) if after != before + 1]
        return self.said("missed") + gaps + [e for e in self.recent if e["event"] in ("outcome", "failure")]

    @property
    def stderr(self):
        return "".join(self._stderr)

    def __str__(self):
        few = [event for event in self.events if event["event"] != "tick"][-30:]
        return "\n".join(json.dumps(event)[:600] for event in few) + f"\n--- stderr\n{self.stderr[-3000:]}"

    __repr__ = __str__


def judged(event):
    if event["event"] != "log" or event["player"] != "game":
        return None
    return ast.literal_eval(event["message"])
