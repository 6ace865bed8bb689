#!/usr/bin/env python3
"""Records reload.svg: players of pong are saved in mid-match, in Python, C++ and Lua.

    docs/images/reload.py build/dragoman

All begin as paddles that stand still; what is saved follows the ball. While C++ is compiled the match goes on.
"""
import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

FOLLOWS = {
    ".py": '''class MLPlay:
    def __init__(self, seat, *args, **kwargs):
        self.me = "platform_" + seat

    def update(self, scene_info):
        if scene_info["ball_speed"][1] == 0:
            return "SERVE_TO_LEFT"
        return "MOVE_LEFT" if scene_info["ball"][0] < scene_info[self.me][0] + 20 else "MOVE_RIGHT"

    def reset(self):
        pass
''',
    ".lua": '''local MLPlay = {}

function MLPlay:init(init_args) self.me = "platform_" .. init_args.args[1] end

function MLPlay:update(scene)
    if scene.ball_speed[2] == 0 then return "SERVE_TO_LEFT" end
    return scene.ball[1] < scene[self.me][1] + 20 and "MOVE_LEFT" or "MOVE_RIGHT"
end

return MLPlay
''',
    ".cpp": '''#include <dragoman.hpp>

struct MLPlay {
    std::string me;
    explicit MLPlay(const dragoman::Init& init) : me("platform_" + init.name) {}
    const char* update(const dragoman::Scene& scene) {
        if (scene["ball_speed"][1] == 0) return "SERVE_TO_LEFT";
        return int(scene["ball"][0]) < int(scene[me][0]) + 20 ? "MOVE_LEFT" : "MOVE_RIGHT";
    }
};
''',
}


def stands_still(suffix):
    return re.sub(r"( *)return [^\n]*MOVE_LEFT[^\n]*", lambda found: found[1] + 'return "NONE"' + ";" * (suffix == ".cpp"), FOLLOWS[suffix])


class Run:
    """A match, and its events as they come."""

    def __init__(self, dragoman, game, svg):
        self.ml = game / "ml"
        self.process = subprocess.Popen(
            [dragoman, "run", game, "--watch", "--jsonl", "--fps", "60", "--seed", "2", "--param", "score=1000", "--param", "difficulty=EASY",
             "--probation", "30", "-i", self.ml / "1P.py", "-i", self.ml / "2P.cpp", "--svg", svg, "--no-control"],
            stdout=subprocess.PIPE, text=True)
        self.swapped = {}

    def next(self):
        line = self.process.stdout.readline()
        assert line, "the match has ended"
        event = json.loads(line)
        if event["event"] == "reload":
            print(event["player"], event["step"], event.get("text", ""), event.get("failure") or "", flush=True)
            assert event["step"] not in ("failed", "rolled_back"), event
            if event["step"] == "swapped":
                self.swapped[event["player"]] = event["version"]
        return event

    def play(self, ticks):
        while ticks > 0:
            ticks -= self.next()["event"] == "tick"

    def play_until(self, seat, version):
        while self.swapped.get(seat, 1) < version:
            self.next()

    def save(self, name, text):
        (self.ml / name).write_text(text)


def record(dragoman, game, svg):
    for name in ("1P.py", "2P.cpp"):
        (game / "ml" / name).write_text(stands_still(Path(name).suffix))
    run = Run(dragoman, game, svg)
    run.play(50)
    run.save("2P.cpp", FOLLOWS[".cpp"])
    run.play(20)
    run.save("1P.py", FOLLOWS[".py"])
    run.play_until("1P", 2)
    run.play_until("2P", 2)
    run.play(130)
    run.save("1P.lua", stands_still(".lua"))
    (game / "ml/1P.py").unlink()
    run.play_until("1P", 3)
    run.play(60)
    run.save("1P.lua", FOLLOWS[".lua"])
    run.play_until("1P", 4)
    run.play(150)
    run.process.terminate()
    while run.process.stdout.readline():
        pass
    run.process.wait()


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    with tempfile.TemporaryDirectory() as folder:
        pong = Path(shutil.copytree(ROOT / "examples/pong", Path(folder) / "pong", ignore=shutil.ignore_patterns("ml")))
        (pong / "ml").mkdir()
        record(str(Path(sys.argv[1]).resolve()), pong, Path(__file__).with_suffix(".svg"))
