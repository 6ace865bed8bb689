"""Scripts written for MLGame run as they are: every form of the Python ones, the C++ ones, and recorded rounds are reproduced."""
import json
import shutil

import pytest
from running import ROOT

DATA = ROOT / "tests/data/mlgame"

UPDATE = "        return [scene_info['frame'], self.seen]\n"
RESET = "\n    def reset(self):\n        pass\n"
ERAS = {  # what MLPlay looked like in each era of MLGame, and what a script of it gets to see here
    "C: nothing": ("class MLPlay:\n    def __init__(self):\n        self.seen = 'nothing'\n\n    def update(self, scene_info):\n" + UPDATE + RESET, "nothing"),
    "C: the side": ("class MLPlay:\n    def __init__(self, side):\n        self.seen = side\n\n    def update(self, scene_info):\n" + UPDATE + RESET, "1P"),
    "D: a keyboard": ("class MLPlay:\n    def __init__(self):\n        pass\n\n    def update(self, scene_info, keyboard_info):\n"
                      "        self.seen = keyboard_info\n" + UPDATE + RESET, []),
    "E: ai_name": ("class MLPlay:\n    def __init__(self, ai_name):\n        self.seen = ai_name\n\n    def update(self, scene_info, keyboard=None):\n"
                   + UPDATE + RESET, "1P"),
    "F: game_params": ("class MLPlay:\n    def __init__(self, ai_name, game_params):\n        self.seen = [ai_name, game_params['ticks']]\n\n"
                       "    def update(self, scene_info: dict, keyboard: list):\n" + UPDATE + RESET, ["1P", 10]),
    "F: anything": ("class MLPlay:\n    def __init__(self, ai_name, *args, **kwargs):\n        self.seen = [ai_name, kwargs['game_params']['ticks']]\n\n"
                    "    def update(self, scene_info, keyboard=[], *args, **kwargs):\n" + UPDATE + RESET, ["1P", 10]),
}


@pytest.mark.parametrize("era", ERAS)
def test_a_python_script_of_each_era_plays(command, echo_game, era):
    text, seen = ERAS[era]
    game = echo_game(**{"ml/ml_play.py": text})
    ended = command("run", game, "--json").ended_with(0)
    ended.unharmed("1P", 11)
    assert ended.report["result"]["1P"]["commands"] == [[frame, seen] for frame in range(10)]


def test_configured_arguments_reach_the_constructor(command, echo_game):
    text = ("class MLPlay:\n    def __init__(self, side, level, *, colour):\n        self.seen = [side, level, colour]\n\n"
            "    def update(self, scene_info):\n" + UPDATE + RESET)
    game = echo_game(players='args = [["left", 1], ["right", 2]]\nkwargs = { colour = "red" }', **{"ml/a.py": text})
    result = command("run", game, "--json").ended_with(0).report["result"]
    assert result["1P"]["commands"][0] == [0, ["left", 1, "red"]] and result["2P"]["commands"][0] == [0, ["right", 2, "red"]]


def test_neighbours_files_and_prints_are_as_in_mlgame(command, echo_game):
    text = ("import os\nimport pickle\nfrom helper import double\n\nMODEL = os.path.join(os.path.dirname(__file__), 'model.pickle')\n\n\n"
            "class MLPlay:\n    def __init__(self):\n        with open(MODEL, 'rb') as file:\n            self.seen = pickle.load(file)\n\n"
            "    def update(self, scene_info):\n        print(scene_info)\n        print('__command__ no command')\n"
            "        return double(self.seen)\n" + RESET)
    game = echo_game(**{"ml/a.py": text, "ml/helper.py": "def double(x):\n    return 2 * x\n"})
    (game / "ml/model.pickle").write_bytes(b"K\x15.")  # 21
    ended = command("run", game, "-i", game / "ml/a.py", "--json").ended_with(0)
    assert ended.report["result"]["1P"]["commands"] == [42] * 10


RESETS = '''class MLPlay:
    def __init__(self):
        self.resets = 0

    def update(self, scene_info):
        if scene_info["status"] != "GAME_ALIVE":
            return "RESET"
        return self.resets

    def reset(self):
        self.resets += 1
'''


@pytest.mark.parametrize("text", [RESETS, RESETS.replace('            return "RESET"', '            return None')], ids=["RESET", "no RESET"])
def test_a_round_that_is_over_resets_the_script(command, echo_game, text):
    game = echo_game(**{"ml/a.py": text})
    ended = command("run", game, "--rounds", "3", "--json").ended_with(0)
    ended.unharmed("1P", 33)
    assert ended.report["result"]["1P"]["commands"] == [2] * 10


# --- C++: as MLGame's handbook has it ---

CPP = '''#include <iostream>
#include <ml_play.hpp>
using namespace std;

class MLPlay : public AbstractMLPlay
{
public:
    bool served;

    MLPlay(json init_args)
    {
        served = false;
        cout << init_args << endl;
        cout << "I play " << init_args["args"][0] << endl;
    }

    json update(json scene_info)%s
    {
        json command;
        if (scene_info["status"] != "GAME_ALIVE")
            return "RESET";
        if (!served) {
            command = "SERVE_TO_LEFT";
            served = true;
        } else
            command = "MOVE_LEFT";
        return command;
    }

    void reset()%s
    {
        served = false;
    }
};
'''


@pytest.mark.parametrize("override", ["", " override"], ids=["plain", "override"])
def test_a_cpp_script_in_the_form_of_the_handbook_plays(command, echo_game, override):
    game = echo_game(**{"ml/ml_play.cpp": CPP % (override, override)})
    ended = command("run", game, "--rounds", "2", "--json").ended_with(0)
    ended.unharmed("1P", 22)
    assert ended.report["result"]["1P"]["commands"] == ["SERVE_TO_LEFT"] + ["MOVE_LEFT"] * 9
    assert 'I play "1P"' in ended.stderr


def test_cpp11_with_helpers_and_the_included_client_compiles(command, echo_game):
    text = ('#include "json.hpp"\n#include <mlgame_client.hpp>\n#include <ml_play.hpp>\n#include <memory>\n#include "helper.h"\n\n'
            "class MLPlay : public AbstractMLPlay {\npublic:\n    std::auto_ptr<int> register_old{new int(7)};\n    MLPlay(json init_args) {}\n"
            "    json update(json scene_info) { return helped(*register_old); }\n    void reset() {}\n};\n")
    game = echo_game(**{"ml/a.cpp": text, "include/helper.h": ""})
    (game / "ml/helper.h").write_text("#pragma once\ninline int helped(int x) { return 6 * x; }\n")
    ended = command("run", game, "-i", game / "ml/a.cpp", "--json").ended_with(0)
    assert ended.report["result"]["1P"]["commands"] == [42] * 10


# --- recorded rounds ---

REPLAYS = {
    ".py": '''import json
import os

with open(os.path.join(os.path.dirname(__file__), "recorded.jsonl")) as file:
    COMMANDS = {line["scene"]["frame"]: line["command"] for line in map(json.loads, file)}


class MLPlay:
    def update(self, scene_info):
        return COMMANDS[scene_info["frame"]]

    def reset(self):
        pass
''',
    ".lua": '''local commands = {}
local folder = debug.getinfo(1, "S").source:match "^@(.*/)" or ""
for line in io.lines(folder .. "recorded.jsonl") do
    commands[tonumber(line:match '"frame": (%d+)')] = line:match '"command": "(.-)"'
end

return { update = function(scene) return commands[scene.frame] end }
''',
    ".cpp": '''#include <fstream>
#include <ml_play.hpp>

class MLPlay : public AbstractMLPlay {
public:
    MLPlay(json) {
        std::ifstream file("recorded.jsonl");
        for (std::string line; std::getline(file, line);) {
            json recorded = json::parse(line);
            commands[recorded["scene"]["frame"]] = recorded["command"];
        }
    }
    json update(json scene_info) { return commands.at(scene_info["frame"]); }
    void reset() {}

private:
    std::map<int, json> commands;
};
''',
}
RUNS_LEFT = '''class MLPlay:
    def __init__(self):
        self.served = False

    def update(self, scene_info):
        if scene_info["status"] != "GAME_ALIVE":
            return "RESET"
        if not self.served:
            self.served = True
            return "SERVE_TO_LEFT"
        return "MOVE_LEFT"

    def reset(self):
        self.served = False
'''


def checked(command, script, scenes, *options):
    return command("check", script, "--scenes", scenes, "--json", *options, cwd=script.parent)


@pytest.fixture
def replaying(tmp_path):
    """A script that answers as `recorded.jsonl` beside it says."""

    def make(extension, round_of):
        shutil.copy(DATA / round_of, tmp_path / "recorded.jsonl")
        script = tmp_path / f"replaying{extension}"
        script.write_text(REPLAYS[extension])
        return script

    return make


@pytest.mark.sanitize
@pytest.mark.parametrize("round_of, count", [("arkanoid.jsonl", 100), ("snake.jsonl", 290)])
@pytest.mark.parametrize("extension", REPLAYS)
def test_a_recorded_round_is_reproduced(command, replaying, extension, round_of, count):
    report = checked(command, replaying(extension, round_of), DATA / round_of).ended_with(0).report
    assert (report["outcome"], report["scenes"], report["matching"], report["first_difference"]) == ("ok", count, count, None)


def test_a_player_that_was_recorded_answers_the_same_again(command, tmp_path):
    script = tmp_path / "ml_play.py"
    script.write_text(RUNS_LEFT)
    assert checked(command, script, DATA / "arkanoid.jsonl").ended_with(0).report["matching"] == 100
    assert checked(command, script, DATA / "arkanoid.jsonl", "--classic").ended_with(0).report["matching"] == 100


@pytest.mark.parametrize("extension", REPLAYS)
def test_the_first_difference_is_shown(command, replaying, extension):
    script = replaying(extension, "arkanoid.jsonl")
    lines = (DATA / "arkanoid.jsonl").read_text().splitlines()
    for number in (41, 77):
        lines[number - 1] = lines[number - 1].replace("MOVE_LEFT", "MOVE_RIGHT")
    altered = script.parent / "altered.jsonl"
    altered.write_text("\n".join(lines))
    ended = checked(command, script, altered).ended_with(5)
    assert (ended.report["outcome"], ended.report["scenes"], ended.report["matching"]) == ("ok", 100, 98)
    assert ended.report["first_difference"] == {"line": 41, "expected": "MOVE_RIGHT", "got": "MOVE_LEFT"}
    said = command("check", script, "--scenes", altered, cwd=script.parent).ended_with(5).stdout
    assert "98 of 100" in said and "altered.jsonl:41" in said and "MOVE_RIGHT" in said


def test_a_script_that_fails_on_the_way_is_told(command, replaying):
    script = replaying(".py", "arkanoid.jsonl")
    script.write_text(script.read_text().replace("return COMMANDS", "return 1 // (50 - scene_info['frame']) and COMMANDS"))
    ended = checked(command, script, DATA / "arkanoid.jsonl").ended_with(3)
    assert ended.report["outcome"] == "raised" and 0 < ended.report["matching"] <= 50, ended


@pytest.mark.parametrize("text, saying", [("", "no scene"), ("{", ":1"), ('{"scene": 7, "command": 1}', ":1"), ('\n\n{"command": 1}', ":3"),
                                          ('{"scene": {"frame": 0}}\n[1]', ":2")])
def test_a_file_that_is_no_recording_is_told_with_its_line(command, tmp_path, text, saying):
    (tmp_path / "a.py").write_text(RUNS_LEFT)
    (tmp_path / "bad.jsonl").write_text(text)
    assert saying in command("check", tmp_path / "a.py", "--scenes", tmp_path / "bad.jsonl").ended_with(2).stderr


# --- programs on bare stdio ---

BARE = '''import json, sys
for line in sys.stdin:
    header, body = line.split(" ", 1)
    if header == "__init__":
        print("ready to", json.loads(body)["args"], flush=True)
        print("__command__ READY", flush=True)
    else:
        scene = json.loads(body)
        if scene["status"] != "GAME_ALIVE":
            print("__command__ RESET\\n__command__ READY", flush=True)
        else:
            print("__command__ " + json.dumps(scene["frame"]), flush=True)
'''


def test_a_program_on_bare_stdio_plays_whole_rounds(command, echo_game, small):
    game = echo_game(**{"ml/a.py": small[".py"], "bare program.py": BARE})
    ended = command("run", game, "-i", f"cmd:/usr/bin/python3 -u '{game}/bare program.py'", "-i", "a.py", "--rounds", "2", "--json").ended_with(0)
    ended.unharmed("1P", 22)
    assert ended.report["result"]["1P"]["commands"] == list(range(10))
    assert ended.player("1P")["language"] and "ready to" in ended.stderr


def test_the_wire_is_byte_for_byte_what_mlgame_sends(command, echo_game, small, tmp_path):
    log = tmp_path / "wire.txt"
    text = BARE.replace("for line in sys.stdin:\n", f"for line in sys.stdin:\n    open({str(log)!r}, 'a').write(line)\n")
    game = echo_game(**{"ml/a.py": small[".py"], "wire.py": text})
    command("run", game, "-i", f"cmd:/usr/bin/python3 -u '{game}/wire.py'", "-i", "a.py", "--json").ended_with(0)
    first, *scenes = log.read_text().splitlines()
    assert first.startswith('__init__ {"args": ["1P"], "kwargs": {}')
    assert scenes == [f"__scene_info__ {json.dumps({'frame': n, 'status': 'GAME_ALIVE' if n < 10 else 'GAME_OVER', 'round': 1})}" for n in range(11)]
