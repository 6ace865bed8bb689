#!/usr/bin/env python3
"""What a Lua script keeps over a hot reload, and which files it names: state_test.py PATH/TO/dragoman-lua"""

import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ASK = ("__state__", {"ask": True})
TAKES = {"reload": {"version": 2, "state": True}}
KEEPS = {"keep_attributes": True}
SEEN = """local P = {} P.__index = P
function P.new() return setmetatable({ seen = 0 }, P) end
function P:update() self.seen = self.seen + 1 return self.seen end
%s
return P"""
OBJECT = "return { new = function() local o = { update = function(self) return self.%s end } %s return o end }"
GAME = """Game = dragoman.Game()
function Game:setup() self.entity = 12 self.names = { "a" } self.count = 1 end
function Game:update() self.count = self.count + 1 end
function Game:scenes() return { entity = self.entity, count = self.count, round = self.round, early = self.early } end
function Game:init() self.early = "new" end
%s"""
UPDATE = ("__update__", {"frame": 7, "round": 3, "seed": 1, "dt": 0.1, "start": False, "commands": {}})


class StateTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def write(self, name, text):
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        return str(path)

    def talk(self, text, *lines, role="player", **about):
        """All (header, body) that come back, without the hello, which is kept."""
        script = self.write("script.lua", text)
        init = {"protocol": 1, "name": "1P", "role": role} | about
        said = [("__init__", {"args": ["1P"], "kwargs": {}, "dragoman": init}), *lines]
        environment = {name: value for name, value in os.environ.items() if name != "DRAGOMAN_OUTPUT"}
        done = subprocess.run(
            [HOST, script],
            input="".join(f"{header} {json.dumps(body)}\n" for header, body in said),
            capture_output=True, text=True, timeout=60, env=environment, cwd=self.folder,
        )
        came = []
        for line in done.stdout.splitlines():
            header, _, body = line.partition(" ")
            came.append((header, body if body in ("READY", "RESET") else json.loads(body)))
        self.hello = came.pop(0)[1]
        self.code = done.returncode
        return came

    def given(self, text, *lines, **about):
        """What it gives when it is asked at the end."""
        came = self.talk(text, *lines, ASK, **about)
        self.assertEqual(self.code, 0)
        self.logged = [body for header, body in came if header == "__log__"]
        self.assertEqual(came[-1][0], "__state__", came)
        return came[-1][1]

    def taken(self, text, state, *lines, **about):
        """What comes after it was given a state."""
        came = self.talk(text, ("__state__", {"give": state}), *lines, **(TAKES | about))
        self.assertEqual(came[0], ASK)
        return came[1:]

    def test_hooks_may_be_functions_of_the_module(self):
        text = "local n = 5\nfunction dragoman.preserve_state() return n end\n" \
            "function dragoman.restore_state(data) n = data end\nreturn { update = function() return n end }"
        self.assertEqual(self.given(text), {"state": 5})
        self.assertEqual(self.taken(text, 8, ("__scene_info__", {}))[1], ("__command__", 8))

    def test_a_verb_script_has_them_too(self):
        text = "local n = 5\nfunction add(k) n = n + k end\nfunction dragoman.preserve_state() return { n = n } end"
        call = ("__call__", {"id": 1, "method": "add", "params": [2]})
        self.assertEqual(self.given(text, call, role="verb"), {"state": {"n": 7}})

    def test_a_loop_of_its_own_has_them_too(self):
        text = "function dragoman.preserve_state() return 1 end\nfunction dragoman.restore_state(data) n = data end\n" \
            "get_init_args() client_ready()\nwhile true do get_scene_info() send_command(n) end"
        self.assertEqual(self.taken(text, 8, ("__scene_info__", {}), ASK),
                         [("__command__", "READY"), ("__command__", 8), ("__state__", {"state": 1})])

    def test_restore_state_may_be_a_plain_function(self):
        text = "local n\nreturn { update = function(scene) return n end, restore_state = function(data) n = data.n end }"
        self.assertEqual(self.taken(text, {"n": 8}, ("__scene_info__", {}))[1], ("__command__", 8))
        self.assertNotIn("state", self.hello["features"])

    def test_no_state_is_nil(self):
        text = SEEN % "function P:restore_state(data) self.seen = data == nil and 70 or 0 end"
        self.assertEqual(self.taken(text, None, ("__scene_info__", {}))[1], ("__command__", 71))
        self.assertEqual(self.given(SEEN % "function P:preserve_state() end"), {"state": None})

    def test_a_class_that_refuses_unknown_names_has_no_hooks(self):
        strict = "setmetatable({}, { __index = function(_, name) if name == 'update' then return function() return 1 end end" \
            " if name == 'reset' then return nil end error('no ' .. name) end })"
        came = self.talk(f"MLPlay = {{ new = function() return {strict} end }}", ("__scene_info__", {}))
        self.assertEqual(came, [("__command__", "READY"), ("__command__", 1)])

    def test_what_is_no_json_names_the_hook_and_the_place(self):
        cases = {
            "{ a = { 0/0 } }": "nan is not JSON, at a[1]",
            "{ t = '\\237\\160\\128' }": "not UTF-8 cannot be written as JSON, at t",
            "{ f = print }": "a function cannot be written as JSON, at f",
            "{ 1, x = 2 }": "both texts and numbers",
            "(function() local t = {} t.t = t return t end)()": "does a table hold itself?",
            "(function() local t = {} for _ = 1, 99 do t = { t, t } end return t end)()": "longer than 16777216 bytes",
            "(function() local t = 1 for _ = 1, 256 do t = { t } end return t end)()": "nested deeper",
        }
        for value, problem in cases.items():
            text = SEEN % f"function P:preserve_state()\nreturn {value} end"
            error = self.given(text)["error"]
            self.assertIn(problem, error["message"])
            self.assertEqual((error["code"], error["line"]), ("raised", 4))
            self.assertEqual(error["source"], "function P:preserve_state()")
            self.assertTrue(error["file"].endswith("/script.lua") and error["trace"])

    def test_a_state_as_deep_as_a_line_may_be_is_given(self):
        deep = "local t = 1 for _ = 1, 255 do t = { t } end return t"
        self.assertIn("state", self.given(SEEN % f"function P:preserve_state() {deep} end"))

    def test_a_script_that_has_not_started_has_no_state(self):
        came = self.talk(SEEN % "function P:restore_state() end", ASK, ("__state__", {"give": 1}), **TAKES)
        self.assertIn("not started", came[1][1]["error"]["message"])
        self.assertEqual(came[2], ("__command__", "READY"))

    def test_attributes_that_are_no_plain_data_are_named_once(self):
        unfit = "o.f = print o.co = coroutine.create(print) o.class = setmetatable({}, {}) o.me = o o.nan = 0/0" \
            " o.holes = { nil, 2 } o.mixed = { 1, a = 2 } o.bytes = '\\255' o.deep = {} o.deep.deep = o.deep o[1] = 2" \
            " for _ = 1, 1e5 do o.long = { o.long } end for _ = 1, 99 do o.wide = { o.wide, o.wide } end"
        came = self.talk(OBJECT % ("n", unfit + " o.n = 1"), ASK, ASK, **KEEPS)
        self.assertEqual([header for header, _ in came], ["__command__", "__log__", "__state__", "__state__"])
        self.assertEqual(came[2][1], {"state": {"n": 1}})
        told = came[1][1]
        self.assertEqual(told["level"], "debug")
        names = ["bytes", "class", "co", "deep", "f", "holes", "long", "me", "mixed", "nan", "update", "wide", "[1]"]
        for name in names:
            self.assertIn(name + " (", told["message"])

    def test_a_shared_table_comes_back_as_two(self):
        self.assertEqual(self.given(OBJECT % ("n", "o.a = { 1 } o.b = { o.a, o.a }"), **KEEPS),
                         {"state": {"a": [1], "b": [[1], [1]]}})

    def test_too_many_attributes_name_the_longest(self):
        text = OBJECT % ("n", "o.small = ('x'):rep(6e6) o.large = ('x'):rep(12e6)")
        self.assertIn("of which 12000002 are in large", self.given(text, **KEEPS)["error"]["message"])

    def test_methods_are_never_taken_from_a_state(self):
        text = SEEN % "function P:extra() end"
        came = self.taken(text, {"update": 1, "extra": 2, "seen": 7}, ("__scene_info__", {}), **KEEPS)
        self.assertEqual(came[1], ("__command__", 8))

    def test_an_object_of_the_new_version_stays(self):
        text = OBJECT % ("n", "o.n = setmetatable({}, { __index = { x = 1 } })")
        text = text.replace("return self.n end", "return self.n.x end")
        self.assertEqual(self.taken(text, {"n": [5]}, ("__scene_info__", {}), **KEEPS)[1], ("__command__", 1))

    def test_constants_of_a_class_without_objects_are_the_new_versions(self):
        text = "MLPlay = { speed = 5, seen = 0 }\nfunction MLPlay:update() self.seen = self.seen + 1 return self.speed end"
        self.assertEqual(self.given(text, ("__scene_info__", {}), **KEEPS), {"state": {"seen": 1}})

    def test_a_state_that_is_no_object_is_no_attributes(self):
        came = self.taken(SEEN % "", [1], ("__scene_info__", {}), **KEEPS)
        self.assertEqual(came[0][1]["level"], "warning")
        self.assertEqual(came[2], ("__command__", 1))

    def test_one_hook_means_that_attributes_are_the_scripts_business(self):
        came = self.talk(SEEN % "function P:preserve_state() return 1 end", ASK, **KEEPS, **TAKES)
        self.assertEqual(came, [("__command__", "READY"), ("__state__", {"state": 1})])
        self.talk(SEEN % "function P:restore_state() end", ("__state__", {"give": 1}), **KEEPS, **TAKES)
        self.assertNotIn("state", self.hello["features"])

    def test_a_game_gives_its_own_attributes(self):
        state = self.given(GAME % "", ("__update__", UPDATE[1] | {"start": True}), role="game")
        self.assertEqual(state, {"state": {"count": 1, "early": "new", "entity": 12, "names": ["a"]}})

    def test_a_game_takes_what_its_setup_made(self):
        state = {"count": 4, "entity": 12, "round": 9, "early": "old", "update": 1, "__random__": [3]}
        came = self.taken(GAME % "", state, UPDATE, role="game")
        self.assertEqual(came[1][1]["scenes"], {"entity": 12, "count": 5, "round": 3, "early": "new"})

    def test_a_game_that_keeps_attributes_takes_all(self):
        state = {"count": 4, "entity": 12, "round": 9, "early": "old"}
        came = self.taken(GAME % "", state, UPDATE, role="game", **KEEPS)
        self.assertEqual(came[1][1]["scenes"], {"entity": 12, "count": 5, "round": 3, "early": "old"})

    def uses(self, text, *lines):
        came = self.talk(text, *lines)
        files = [name for header, body in came if header == "__uses__" for name in body["files"]]
        return [name.removeprefix(f"{self.folder}/") for name in files]

    def test_modules_are_named_with_what_they_load(self):
        self.write("lib/init.lua", "return require 'lib.inner'")
        self.write("lib/inner.lua", "return dofile 'piece.lua' + loadfile('other.lua')()")
        self.write("piece.lua", "return 1")
        self.write("other.lua", "return 2")
        self.assertEqual(self.uses("require 'lib' require 'ffi' require 'lib' return { update = print }"),
                         ["lib/init.lua", "lib/inner.lua", "piece.lua", "other.lua"])

    def test_a_circle_of_modules_is_fine(self):
        self.write("a.lua", "require 'b' return 1")
        self.write("b.lua", "package.loaded.a = 0 require 'a' return 2")
        self.assertEqual(self.uses("require 'a' return { update = print }"), ["a.lua", "b.lua"])

    def test_a_module_that_does_not_compile_is_named_before_the_error(self):
        self.write("broken.lua", "this is wrong")
        came = self.talk("require 'broken'")
        self.assertEqual([header for header, _ in came], ["__uses__", "__error__"])
        self.assertEqual(came[1][1]["code"], "compile_error")

    def test_data_that_is_read_is_named_and_what_is_written_is_not(self):
        self.write("data.txt", "seven")
        text = "assert(dragoman.open_data('data.txt'):read('*a') == 'seven')\n" \
            "assert(dragoman.open_data('out.txt', 'w')):close()\nlocal file, problem = dragoman.open_data('missing.txt')\nassert(not file and problem)\nreturn { update = print }"
        self.assertEqual(self.uses(text), ["data.txt"])

    def test_paths_are_full_and_plain(self):
        self.write("lib/far.lua", "return 1")
        text = "dofile './lib/../lib//far.lua' dofile 'lib/far.lua' return { update = print }"
        self.assertEqual(self.uses(text), ["lib/far.lua"])

    def test_what_is_loaded_in_a_tick_is_named_before_its_answer(self):
        self.write("late.lua", "return 3")
        scene = ("__scene_info__", {})
        came = self.talk("return { update = function(self, s) return require 'late' end }", scene, scene)
        self.assertEqual([header for header, _ in came], ["__command__", "__uses__", "__command__", "__command__"])


if __name__ == "__main__":
    HOST = sys.argv.pop(1)
    unittest.main()
