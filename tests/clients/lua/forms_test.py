#!/usr/bin/env python3
"""The forms that a player may have, and what is said when a script fails: forms_test.py PATH/TO/dragoman-lua"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

PLAYERS = {
    "new as a function, returned": "local P = {} P.__index = P"
    " function P.new(i) return setmetatable({s = i.args[1]}, P) end"
    " function P:update(scene) return {self.s, scene.frame} end return P",
    "new as a method, global": "MLPlay = {} function MLPlay:new(i)"
    " return setmetatable({s = i.args[1]}, {__index = self}) end"
    " function MLPlay:update(scene) return {self.s, scene.frame} end",
    "new of a class library": "MLPlay = {new = function(class, i) return {s = i.args[1], update = class.update} end}"
    " function MLPlay.update(this, scene) return {this.s, scene.frame} end",
    "callable table": "MLPlay = setmetatable({}, {__call = function(_, i) return {update = function(self, scene)"
    " return {i.args[1], scene.frame} end} end})",
    "constructor function": "function MLPlay(i) return {update = function(scene)"
    " return {i.args[1], scene.frame} end} end",
    "plain table with functions": "MLPlay = {} function MLPlay.update(scene) return {'1P', scene.frame} end",
    "plain table with init": "return {init = function(self, i) self.s = i.args[1] end,"
    " update = function(self, scene) return {self.s, scene.frame} end}",
    "a module beside it": "local m = require 'beside' assert(m == dofile 'beside.lua' or true) return m",
    "its own loop": "local i = get_init_args() client_ready()"
    " while true do send_command {i.args[1], get_scene_info().frame} end",
    "a shebang and a byte order mark": "\ufeff#!/usr/bin/env dragoman-lua\n"
    "return {update = function(s) return {'1P', s.frame} end}",
}
BESIDE = "return {update = function(self, scene) return {'1P', scene.frame} end}"

FAILURES = {
    "syntax": ("x = 1\nlocal y = = 2\n", "compile_error", 2, "local y = = 2", "unexpected symbol"),
    "no player": ("x = 1\n", "compile_error", None, None, "defines no MLPlay"),
    "not a player": ("MLPlay = {}\n", "compile_error", None, None, "a function update was expected"),
    "syntax of a module": ("local m = require 'broken'\n", "compile_error", 1, "this ) is wrong", "near"),
    "at the top level": ("\n\nlocal t = nil\n   t.x = 1\n", "raised", 4, "t.x = 1", "attempt to index"),
    "a table": ("error({message = 'as a table'})\n", "raised", 1, "error({message = 'as a table'})", "as a table"),
    "in a coroutine": (
        "MLPlay = {update = function(scene)\nreturn coroutine.wrap(function() return nil + 1 end)()\nend}\n",
        "raised", 2, "return coroutine.wrap(function() return nil + 1 end)()", "arithmetic",
    ),
    "no end of recursion": (
        "local function f() return 1 + f() end\nf()\n",
        "raised", 1, "local function f() return 1 + f() end", "stack overflow",
    ),
    "a command that is not JSON": (
        "MLPlay = {update = function(s) return {x = {0/0}} end}\n", "raised", None, None, "nan is not JSON, at x[1]",
    ),
}


def play(host, folder, text):
    script = folder / "a script.lua"
    script.write_text(text, encoding="utf-8")
    init = {"args": ["1P"], "kwargs": {}, "dragoman": {"protocol": 1, "name": "1P", "role": "player"}}
    lines = f"__init__ {json.dumps(init)}\n" + '__scene_info__ {"frame": 7}\n'
    environment = {name: value for name, value in os.environ.items() if name != "DRAGOMAN_OUTPUT"}
    done = subprocess.run(
        [host, script], input=lines, capture_output=True, text=True, timeout=20, env=environment, cwd="/"
    )
    return done, [line for line in done.stdout.splitlines() if not line.startswith(("__hello__ ", "__uses__ "))]


def wrong_player(host, folder, text):
    done, lines = play(host, folder, text)
    expected = ["__command__ READY", '__command__ ["1P", 7]']
    if lines != expected or done.returncode != 0:
        return f"said {lines}, exit {done.returncode}\n{done.stderr}"
    return ""


def wrong_failure(host, folder, text, code, line, source, message):
    done, lines = play(host, folder, text)
    header, _, body = lines[-1].partition(" ")
    if header != "__error__" or done.returncode != 1:
        return f"said {lines}, exit {done.returncode}\n{done.stderr}"
    error = json.loads(body)
    as_expected = (error["code"], error.get("line"), error.get("source")) == (code, line, source)
    if not as_expected or message not in error["message"] or message not in done.stderr:
        return f"said {error}\n{done.stderr}"
    return ""


def main(host):
    failed = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "beside.lua").write_text(BESIDE)
        (folder / "broken.lua").write_text("this ) is wrong\n")
        results = {form: wrong_player(host, folder, text) for form, text in PLAYERS.items()}
        results |= {f"fails: {what}": wrong_failure(host, folder, *rest) for what, rest in FAILURES.items()}
    for what, wrong in results.items():
        if wrong:
            failed += 1
            print(f"{what}: {wrong}")
    print(f"{len(results) - failed} of {len(results)} good")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
