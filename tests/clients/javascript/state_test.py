#!/usr/bin/env python3
"""What a JavaScript script keeps over a hot reload, and which files it names: state_test.py PATH/TO/main.js"""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from talking import ASK, KEEPS, READY, SCENE, TAKES, UPDATE, Talking, give

PLAYER = "class MLPlay { constructor() { this.seen = 0; } update() { return this.seen; } %s }"
GAME = """const dragoman = require("dragoman");
class Game extends dragoman.Game {
    constructor() { super(); this.early = "new"; }
    setup() { this.entity = 12; }
    update() { this.count = (this.count || 0) + 1; }
    scenes() { const { entity, count, early, round } = this; return { "1P": { entity, count, early, round } }; }
}"""


class JavaScriptTest(Talking):
    def say(self, text, *lines, name="script.js", **about):
        path = self.write(name, text)
        return self.talk(["node", MAIN, path], *lines, script=path, **about)

    def state(self, text, **about):
        """What the script answers when it is asked; it must be able to go on."""
        came = self.say(text, ASK, SCENE, **about)
        self.assertEqual("__command__", came[-1][0])
        return came[1][1]


class StateTest(JavaScriptTest):
    def test_a_hook_that_returns_nothing_gives_null(self):
        self.assertEqual({"state": None}, self.state(PLAYER % "preserveState() {}"))

    def test_a_state_that_holds_itself_is_an_error_and_the_script_goes_on(self):
        told = self.state(PLAYER % "preserveState() { const all = {}; all.all = all; return all; }")
        self.assertIn("nested deeper", told["error"]["message"])

    def test_half_a_surrogate_pair_is_an_error_and_the_script_goes_on(self):
        self.assertIn("surrogate", self.state(PLAYER % "preserveState() { return ['\\ud83d']; }")["error"]["message"])
        whole = self.state(PLAYER % "preserveState() { return ['\\u{1f600} \\\\ud83d']; }")
        self.assertEqual({"state": ["\U0001f600 \\ud83d"]}, whole)

    def test_a_promise_is_no_state(self):
        self.assertIn("Promise", self.state(PLAYER % "async preserveState() { return 1; }")["error"]["message"])

    def test_an_error_of_the_hook_names_its_line(self):
        told = self.state(PLAYER % "\npreserveState() {\n  throw new Error('no');\n}")
        self.assertEqual((3, "throw new Error('no');"), (told["error"]["line"], told["error"]["source"]))

    def test_a_hook_that_takes_may_be_async_and_ready_waits_for_it(self):
        hook = "async restoreState(data) { await new Promise(setImmediate); this.seen = data; }"
        self.assertEqual([ASK, READY, ("__command__", 4)], self.say(PLAYER % hook, give(4), SCENE, **TAKES))
        self.assertNotIn("state", self.features)

    def test_hooks_win_over_attributes(self):
        self.assertEqual({"state": 3}, self.state(PLAYER % "preserveState() { return 3; }", **KEEPS))

    def test_nothing_given_after_all_leaves_the_script_with_what_it_has(self):
        came = self.say(PLAYER % "restoreState(data) { this.seen = 9; }", ("__state__", {}), SCENE, **TAKES)
        self.assertEqual(("__command__", 0), came[-1])

    def test_the_rounds_generator_goes_on_where_it_was(self):
        game = GAME.replace("update() {", "update() { this.drawn = this.random();").replace("entity, count,", "drawn,")
        first = self.say(game, UPDATE, ASK, UPDATE, role="game")
        state = first[2][1]["state"]
        second = self.say(game, give(state), UPDATE, role="game", **TAKES)
        self.assertEqual(first[3][1]["scenes"], second[2][1]["scenes"])
        another = self.say(game, give(state | {"__random__": {"of": [1, 3], "state": [3, [], None]}}), UPDATE, role="game", **TAKES)
        self.assertEqual(first[1][1]["scenes"], another[2][1]["scenes"])

    def test_a_script_of_verbs_keeps_by_its_own_functions(self):
        verbs = "let n = 1;\nfunction preserveState() { return n; }\nfunction restoreState(data) { n = data; }"
        came = self.say(verbs, give(5), ASK, ("__call__", {"id": 1, "method": "preserveState"}), role="verb", **TAKES)
        self.assertEqual([ASK, READY, ("__state__", {"state": 5})], came[:3])
        self.assertEqual("unknown_method", came[3][1]["code"])

    def test_a_game_keeps_what_its_constructor_does_not_make(self):
        state = {"entity": 12, "count": 4, "early": "old", "round": 99, "__proto__": {"count": 0}}
        came = self.say(GAME, give(state), UPDATE, ASK, role="game", **TAKES)
        self.assertEqual({"1P": {"entity": 12, "count": 5, "early": "new", "round": 3}}, came[2][1]["scenes"])
        del came[3][1]["state"]["__random__"]
        self.assertEqual({"state": {"early": "new", "entity": 12, "count": 5}}, came[3][1])


class UsesTest(JavaScriptTest):
    def names(self, came):
        return [sorted(file.removeprefix(f"{self.folder}/") for file in body["files"]) for header, body in came if header == "__uses__"]

    def test_imports_are_named_with_those_that_they_import(self):
        self.write("lib/b.mjs", 'import "../script.mjs"; import "./c c.mjs"; export default 1;')
        self.write("lib/c c.mjs", "")
        self.write("lib/d.cjs", 'module.exports = require("./e.json");')
        self.write("lib/e.json", "2")
        self.write("later.mjs", "export default 3;")
        self.write("node_modules/thing/index.js", "")
        script = """import "./lib/b.mjs"; import "./lib/d.cjs"; import "thing"; import "dragoman"; import "node:fs";
            export class MLPlay { async update() { return (await import("./later.mjs")).default; } }"""
        came = self.say(script, SCENE, SCENE, name="script.mjs")
        self.assertEqual([["lib/b.mjs", "lib/c c.mjs", "lib/d.cjs", "lib/e.json"], ["later.mjs"]], self.names(came))

    def test_what_a_plain_script_imports_later_is_named(self):
        self.write("later.mjs", "export default 3;")
        came = self.say('class MLPlay { async update() { return (await import("./later.mjs")).default; } }', SCENE)
        self.assertEqual([READY, ("__uses__", {"files": [f"{self.folder}/later.mjs"]}), ("__command__", 3)], came)

    def test_a_file_that_does_not_compile_is_named_before_the_error(self):
        self.write("bad.js", "const ;")
        came = self.say('require("./bad.js"); class MLPlay {}')
        self.assertEqual([["bad.js"]], self.names(came))
        self.assertEqual(("compile_error", f"{self.folder}/bad.js", 1), tuple(came[1][1][key] for key in ("code", "file", "line")))

    def test_a_half_written_script_is_told_in_nodes_words_with_the_last_line_that_it_has(self):
        ((_, told),) = self.say("class MLPlay {\n")
        self.assertEqual(("SyntaxError: Unexpected end of input", 1, "class MLPlay {"), tuple(told[key] for key in ("message", "line", "source")))

    def test_a_data_file_that_is_written_is_not_one_that_is_used(self):
        script = """const dragoman = require("dragoman");
class MLPlay { update() { dragoman.openData("out.txt", "w"); return 1; } }"""
        self.assertEqual([READY, ("__command__", 1)], self.say(script, SCENE))


if __name__ == "__main__":
    MAIN = sys.argv.pop(1)
    unittest.main()
