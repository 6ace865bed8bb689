#!/usr/bin/env python3
"""What a C++ script gives to its next version, and what it takes, compiled as the manifest says."""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from compiling import CompileError, Compiler

OPTIONS = argparse.ArgumentParser(description=__doc__)
OPTIONS.add_argument("--client", type=Path, required=True, help="share/dragoman/clients/cpp of the build")
OPTIONS.add_argument("--manifest", type=Path, required=True, help="compilers/cpp/language.toml")

ASK = ("__state__", {"ask": True})
READY = ("__command__", "READY")
TAKES = {"reload": {"version": 2, "state": True}}
VERBS = r"""
#include <dragoman.hpp>
#include <dragoman/data.hpp>
#include <limits>

json state;

void hold(const std::string& what) {
    state = 12;
    if (what == "nan") state = {{"x", std::numeric_limits<double>::infinity()}};
    if (what == "bytes") state = "\xff";
    if (what == "deep" || what == "deeper") {
        state = json::array();
        for (int i = what == "deep" ? 1 : 0; i < 255; ++i) state = json::array({std::move(state)});
    }
}
DRAGOMAN_VERB(hold)

json held() { return state; }
DRAGOMAN_VERB(held)

bool read_data(const std::string& path) { return dragoman::open_data(path).is_open(); }
DRAGOMAN_VERB(read_data)

const json& give() {
    if (state.is_null()) throw std::out_of_range("nothing is held");
    return state;
}
DRAGOMAN_STATE(give, [](json given) { state = std::move(given); })
"""
OLD = """
#include <ml_play.hpp>
#include <iostream>
#define register /* not C++20 */
struct Brain { int seen; };
void to_json(json& into, const Brain& brain) { into = json{{"seen", brain.seen}}; }
void from_json(const json& from, Brain& brain) { brain.seen = from.at("seen"); }
class MLPlay : public AbstractMLPlay {
public:
    MLPlay(json) { brain.seen = 0; }
    json update(json) override { return ++brain.seen; }
    void reset() override {}
    Brain preserve_state() const { return brain; }
    void restore_state(Brain taken) { brain = taken; }
private:
    Brain brain;
};
int old(int x) { int concept = x; return concept; }
"""
ONLY_TAKES = """
#include <dragoman.hpp>
struct MLPlay {
    int update(const dragoman::Scene&) { return seen; }
    template <class T> void restore_state(const T& state) { seen = state.template get<int>(); }
    int seen = 0;
};
"""


class StateTest(unittest.TestCase):
    programs = {}

    def compile(self, source):
        if source not in self.programs:
            folder = Path(tempfile.mkdtemp(dir=folders.name))
            self.programs[source] = folder / "script.cpp", *compiler.compile(folder / "script.cpp", source)
        return self.programs[source]

    def talk(self, source, *lines, role="verb", **about):
        script, program, _ = self.compile(source)
        init = {"protocol": 1, "name": "v", "role": role, "script": str(script)} | about
        said = [("__init__", {"args": [], "kwargs": {}, "dragoman": init}), *lines]
        environment = {name: value for name, value in os.environ.items() if name != "DRAGOMAN_OUTPUT"}
        text = "".join(f"{header} {json.dumps(body)}\n" for header, body in said)
        done = subprocess.run([program], input=text, capture_output=True, text=True, timeout=60, env=environment)
        came = [line.partition(" ") for line in done.stdout.splitlines()]
        came = [(header, body if body == "READY" else json.loads(body)) for header, _, body in came]
        self.hello = came.pop(0)[1]
        self.code = done.returncode
        return came

    def call(self, name, *params):
        return ("__call__", {"id": 1, "method": name, "params": params})

    def test_two_functions_are_registered_where_there_is_no_class(self):
        self.assertEqual(self.talk(VERBS, self.call("hold", "twelve"), ASK)[-1], ("__state__", {"state": 12}))
        self.assertIn("state", self.hello["features"])
        came = self.talk(VERBS, ("__state__", {"give": [1]}), self.call("held"), **TAKES)
        self.assertEqual(came, [ASK, READY, ("__return__", {"id": 1, "value": [1]})])

    def test_what_cannot_be_handed_on_is_an_error_and_the_script_goes_on(self):
        cases = {"nan": "NaN and infinite", "bytes": "UTF-8", "deeper": "nested 255 deep"}
        for what, problem in cases.items():
            came = self.talk(VERBS, self.call("hold", what), ASK, self.call("hold", "twelve"), ASK)
            error = came[2][1]["error"]
            self.assertEqual((error["code"], error["file"]), ("raised", str(self.compile(VERBS)[0])))
            self.assertIn(problem, error["message"])
            self.assertEqual((came[-1][1], self.code), ({"state": 12}, 0))
        self.assertIn("state", self.talk(VERBS, self.call("hold", "deep"), ASK)[-1][1])

    def test_an_exception_is_told_by_its_name(self):
        error = self.talk(VERBS, ASK)[1][1]["error"]
        self.assertEqual(error["message"], "std::out_of_range: nothing is held")
        self.assertIn("thrown in preserve_state", error["trace"])

    def test_a_script_that_has_not_started_has_no_state(self):
        came = self.talk(VERBS, ASK, ("__state__", {"give": 5}), **TAKES)
        self.assertIn("not started", came[1][1]["error"]["message"])
        self.assertEqual(came[2], READY)

    def test_data_that_is_read_is_named_once_by_its_full_path(self):
        script = self.compile(VERBS)[0]
        (script.parent / "data.txt").write_text("seven")
        paths = ["data.txt", "./x/../data.txt", "missing", "/usr/bin/g++"]
        came = self.talk(VERBS, *[self.call("read_data", path) for path in paths])
        self.assertEqual([body["value"] for header, body in came if header == "__return__"], [True, True, False, True])
        self.assertEqual([body for header, body in came if header == "__uses__"], [{"files": [f"{script.parent}/data.txt"]}])

    def test_hooks_of_cpp11_may_give_and_take_a_class_of_the_scripts_own(self):
        scene = ("__scene_info__", {"status": "GAME_ALIVE"})
        self.assertEqual(self.compile(OLD)[2], 1)
        came = self.talk(OLD, ("__state__", {"give": {"seen": 41}}), scene, ASK, role="player", **TAKES)
        self.assertEqual(came, [ASK, READY, ("__command__", 42), ("__state__", {"state": {"seen": 42}})])

    def test_one_hook_is_enough(self):
        came = self.talk(ONLY_TAKES, ("__state__", {"give": 7}), ("__scene_info__", {}), ASK, role="player", **TAKES)
        self.assertNotIn("state", self.hello["features"])
        self.assertEqual(came[:3], [ASK, READY, ("__command__", 7)])
        self.assertIn("no preserve_state", came[3][1]["error"]["message"])

    def test_a_state_of_another_kind_says_where_it_was_refused(self):
        came = self.talk(ONLY_TAKES, ("__state__", {"give": "seven"}), role="player", **TAKES)
        self.assertEqual((came[1][0], self.code), ("__error__", 1))
        self.assertIn("thrown in restore_state", came[1][1]["trace"])

    def test_a_hook_that_gives_nothing_does_not_compile(self):
        with self.assertRaisesRegex(CompileError, "preserve_state.. has to return json"):
            self.compile("#include <ml_play.hpp>\nstruct MLPlay { json update(json s) { return s; } void reset() {}"
                         " void preserve_state() {} };\n")


if __name__ == "__main__":
    options, rest = OPTIONS.parse_known_args()
    compiler = Compiler(options.client, options.manifest)
    folders = tempfile.TemporaryDirectory()
    with folders:
        unittest.main(argv=[sys.argv[0], *rest])
