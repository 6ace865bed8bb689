#!/usr/bin/env python3
"""C++ scripts of many kinds, compiled as the manifest says, and a short classic conversation with each."""

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

ALIVE = {"frame": 0, "status": "GAME_ALIVE", "ball": [93, 395]}
OVER = {"frame": 1, "status": "GAME_OVER", "ball": [93, 395]}
EXAMPLE = """
#include <iostream>
#include <ml_play.hpp>
using namespace std;
class MLPlay : public AbstractMLPlay {
public:
    MLPlay(json init_args) { cout << init_args << endl; }
    json update(json scene_info) %s {
        if (scene_info["status"] == "GAME_OVER") return "RESET";
        if (!served) { served = true; return "SERVE_TO_LEFT"; }
        return "MOVE_LEFT";
    }
    void reset() %s { served = false; }
private:
    bool served = false;
};
"""
PLAIN = "#include <ml_play.hpp>\nclass MLPlay { public: json update(json scene) { return %s; } void reset() {} };\n"


class ScriptTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def path(self, name):
        return Path(self.folder.name) / name

    def compile(self, source, name="script.cpp"):
        program, self.attempt = compiler.compile(self.path(name), source)
        return program

    def talk(self, program, *scenes, init=None, environment=None):
        """The lines that come back in a classic conversation."""
        init = init or {"args": ["1P"], "kwargs": {}}
        lines = ["__init__ " + json.dumps(init)] + ["__scene_info__ " + json.dumps(scene) for scene in scenes]
        done = subprocess.run(
            [program], input="\n".join(lines) + "\n", capture_output=True, text=True, timeout=20, env=environment
        )
        self.stderr, self.code = done.stderr, done.returncode
        return done.stdout.splitlines()

    def commands(self, source, *scenes, name="script.cpp"):
        lines = self.talk(self.compile(source, name), *(scenes or [ALIVE]))
        return [line.removeprefix("__command__ ") for line in lines if line.startswith("__command__ ")]

    def test_mlgames_example_as_it_is(self):
        for override in ("override", ""):
            program = self.compile(EXAMPLE % (override, override))
            expected = ['{"args":["1P"],"kwargs":{}}'] + [
                "__command__ " + word for word in ('READY "SERVE_TO_LEFT" "MOVE_LEFT" RESET READY "SERVE_TO_LEFT"').split()
            ]
            self.assertEqual(self.talk(program, ALIVE, ALIVE, OVER, ALIVE), expected)
            self.assertEqual((self.code, self.stderr), (0, ""))

    def test_any_shape_of_update(self):
        for method, answer in {
            "json update(const json& scene) { return scene[\"ball\"]; }": "[93, 395]",
            "std::string update(json) { return \"LEFT\"; }": '"LEFT"',
            "const char* update(json) { return \"LEFT\"; }": '"LEFT"',
            "int update(json scene) { return scene[\"ball\"][0]; }": "93",
            "json update(json) { return nullptr; }": "null",
            "json update(json) { return {{\"x\", 1.5}, {\"y\", {1, 2}}}; }": '{"x": 1.5, "y": [1, 2]}',
        }.items():
            source = "#include <ml_play.hpp>\nstruct MLPlay { %s void reset() {} };\n" % method
            self.assertEqual(self.commands(source), ["READY", answer], method)

    def test_any_shape_of_update_with_our_own_scene(self):
        for method, answer in {
            "const char* update(const dragoman::Scene& s) { return int(s[\"ball\"][0]) > 90 ? \"R\" : \"L\"; }": '"R"',
            "dragoman::Command update(const dragoman::Scene&) { return 2.5; }": "2.5",
            "dragoman::Command update(const dragoman::Scene&) { return {}; }": "null",
            "json update(const dragoman::Scene& s) { return s[\"ball\"]; }": "[93, 395]",
            "void update(const dragoman::Scene&) {}": "null",
            "std::vector<int> update(json) { return {1, 2}; }": "[1, 2]",
        }.items():
            source = "#include <dragoman.hpp>\nclass MLPlay { public: %s };\n" % method
            self.assertEqual(self.commands(source), ["READY", answer], method)

    def test_any_constructor(self):
        for constructor in ("MLPlay(json) {}", "MLPlay(const json&) {}", "explicit MLPlay(json) {}", "MLPlay() {}", ""):
            source = "#include <ml_play.hpp>\nstruct MLPlay { %s json update(json) { return 1; } void reset() {} };\n"
            self.assertEqual(self.commands(source % constructor), ["READY", "1"], constructor)
        source = """#include <dragoman.hpp>
            struct MLPlay { json args; MLPlay(const dragoman::Init& init) : args(init.args) {} json update(json) { return args; } };"""
        self.assertEqual(self.commands(source), ["READY", '["1P"]'])

    def test_a_source_of_2011_whose_names_later_standards_took(self):
        source = "#include <bits/stdc++.h>\nusing namespace std;\nint size = 3; int data[4]; struct byte { int b; };\nbyte one = {1};\n"
        self.assertEqual(self.commands(source + PLAIN % "size + one.b + data[0]"), ["READY", "4"])
        self.assertEqual(self.attempt, 1)

    def test_macros_of_the_script_stay_with_it(self):
        macros = "#define int long long\n#define endl '\\n'\n#define private public\n#define max(a, b) ((a) > (b) ? (a) : (b))\n#define string int\n"
        self.assertEqual(self.commands("#include <ml_play.hpp>\n" + macros + PLAIN % "max(1, 2)"), ["READY", "2"])

    def test_other_names_in_the_script(self):
        names = "enum class Game { over }; namespace script { int flush; } struct Player {}; struct Scene {}; int doing, session;\n"
        self.assertEqual(self.commands(names + PLAIN % "1"), ["READY", "1"])

    def test_helpers_and_an_own_copy_of_json_beside_the_script(self):
        self.path("helper.hpp").write_text("inline int helped() { return 5; }\n")
        self.path("json.hpp").write_text("#ifndef INCLUDE_NLOHMANN_JSON_HPP_\n#error not ours\n#endif\n")
        source = '#include "json.hpp"\n#include "helper.hpp"\n' + PLAIN % "helped()"
        self.assertEqual(self.commands(source), ["READY", "5"])
        depends = (self.path("build") / "deps.d").read_text()
        self.assertIn("helper.hpp", depends)

    def test_files_are_found_by_the_place_of_the_script(self):
        self.path("weights.txt").write_text("42\n")
        source = """#include <fstream>
            static int weight() { std::string file = __FILE__; file.erase(file.rfind('/') + 1); int w = 0;
                                  std::ifstream(file + "weights.txt") >> w; return w; }\n"""
        self.assertEqual(self.commands(source + PLAIN % "weight()"), ["READY", "42"])

    def test_odd_file_names(self):
        for name in ("two words.cpp", "-dash.cpp", "quo\"te's.cpp", "蛇é.cc", "a#b$c%d.cxx", "back\\slash.cpp"):
            self.assertEqual(self.commands(PLAIN % "1", name=name), ["READY", "1"], name)

    def test_messages_name_the_script_and_the_line(self):
        with self.assertRaises(CompileError) as caught:
            self.compile("#include <ml_play.hpp>\n\nclass MLPlay { json update(json scene) { return oops; } };\n")
        self.assertIn("script.cpp:3:49: error: ‘oops’ was not declared", str(caught.exception).replace("'", "‘"))

    def test_messages_say_what_is_missing(self):
        for source, message in {
            "": "defines no class MLPlay",
            "#include <ml_play.hpp>\nclass MLPlay { json update(json) { return 1; } void reset() {} };": "public method",
            "#include <ml_play.hpp>\nstruct MLPlay { json update(json) { return 1; } };": "void reset()",
            "#include <ml_play.hpp>\nstruct MLPlay { MLPlay(int, int); json update(json); void reset(); };": "public constructor",
        }.items():
            with self.assertRaises(CompileError) as caught:
                self.compile(source)
            self.assertIn(message, str(caught.exception))

    def test_globals_that_print_and_prints_in_every_frame(self):
        source = """#include <cstdio>
            #include <iostream>
            struct Loud { Loud() { std::cout << "global\\n"; std::printf("printf\\n"); } } loud;\n"""
        lines = self.talk(self.compile(source + PLAIN % '(std::cout << "frame\\n", 1)'), ALIVE)
        self.assertEqual(lines, ["global", "printf", "__command__ READY", "frame", "__command__ 1"])

    def test_nothing_printed_gets_into_the_conversation(self):
        source = """#include <cstdlib>
            #include <iostream>
            #include <unistd.h>
            struct Loud { Loud() { std::cout << "__command__ 1" << std::endl; } } loud;
            static int shout() { std::system("echo __command__ 2; cat"); return write(1, "__command__ 3\\n", 14); }\n"""
        program = self.compile(source + PLAIN % "shout()")
        with open(self.path("plain"), "w") as plain:
            os.dup2(plain.fileno(), 9, inheritable=True)
            line = "__init__ {}\n__scene_info__ {}\n"
            done = subprocess.run(
                [program], input=line, stdout=subprocess.PIPE, text=True, pass_fds=[9], env={"DRAGOMAN_OUTPUT": "9", "PATH": "/bin:/usr/bin"}
            )
            os.close(9)
        self.assertEqual(done.stdout, "__command__ READY\n__command__ 14\n")
        self.assertEqual(self.path("plain").read_text(), "".join(f"__command__ {i}\n" for i in (1, 2, 3)))

    def test_exceptions_of_any_kind(self):
        for thrown, message in {
            'std::runtime_error("boom")': "std::runtime_error: boom",
            '"text"': "char const*: text",
            'std::string("text")': "text",
            "42": "int: 42",
            "Mine()": "Mine was thrown",
        }.items():
            source = "#include <stdexcept>\nstruct Mine {};\nstatic int fail() { throw %s; }\n" % thrown
            lines = self.talk(self.compile(source + PLAIN % "fail()"), ALIVE)
            self.assertEqual((lines, self.code), (["__command__ READY"], 1))
            self.assertIn(message, self.stderr)
            self.assertIn("MLPlay::update, tick 0", self.stderr)

    def test_a_loop_of_the_scripts_own(self):
        source = """#include <mlgame_client.hpp>
            class MLPlay;
            int main() {
                get_init_args(); client_ready();
                while (true) { json scene = get_scene_info();
                    if (scene["status"] != "GAME_ALIVE") { client_reset(); client_ready(); } else send_command(scene["frame"]); }
            }\n"""
        self.assertEqual(self.commands(source, ALIVE, OVER, ALIVE), ["READY", "0", "RESET", "READY", "0"])

    def test_threads_and_memory(self):
        source = """#include <memory>
            #include <thread>
            #include <vector>
            static int work() {
                std::vector<std::unique_ptr<std::vector<int>>> kept[4];
                std::vector<std::thread> threads;
                for (auto& own : kept) threads.emplace_back([&own] {
                    for (int i = 0; i < 20000; ++i) { own.emplace_back(new std::vector<int>(i % 200, i)); if (i % 3 == 0) own.erase(own.begin() + own.size() / 2); } });
                for (auto& thread : threads) thread.join();
                int sum = 0;
                for (auto& own : kept) for (auto& v : own) for (int n : *v) sum ^= n;
                struct alignas(64) Wide { char c[64]; };
                std::unique_ptr<Wide> wide(new Wide); if (reinterpret_cast<std::size_t>(wide.get()) % 64) return -1;
                delete new char[0]; 
                return sum >= 0 ? 1 : 0;
            }\n""".replace("delete new char[0];", "delete[] new char[0];")
        self.assertEqual(self.commands(source + PLAIN % "work()", ALIVE, ALIVE), ["READY", "1", "1"])

    def test_a_scene_stays_while_a_call_is_under_way(self):
        source = '''#include <dragoman.hpp>
            struct MLPlay { dragoman::Command update(const dragoman::Scene& scene) {
                auto ball = scene["ball"];
                std::size_t size = dragoman::call("big").get<std::string>().size();
                return json{ball[0].get<int>(), ball[1].get<int>(), size, scene["after"].to_json()}; } };'''
        lines = ['__init__ {"args": [], "kwargs": {}, "dragoman": {"protocol": 1}}']
        for number in (1, 2, 3):
            lines.append("__scene_info__ " + json.dumps({"ball": [number, 7], "pad": "p" * 30000, "after": number}))
            lines.append("__return__ " + json.dumps({"id": number, "value": "x" * 100000 * number}))
        done = subprocess.run([self.compile(source)], input="\n".join(lines) + "\n", capture_output=True, text=True, timeout=20)
        commands = [line for line in done.stdout.splitlines() if line.startswith("__command__ [")]
        self.assertEqual(commands, [f"__command__ [{n}, 7, {n}00000, {n}]" for n in (1, 2, 3)], done.stderr)

    def test_values_come_back_as_python_writes_them(self):
        program = self.compile(PLAIN % 'scene["v"]')
        values = [0, -1, 2**63, -(2**63), 1.0, 0.1, 1e-7, 1e22, 123456789.125, "é 中 😀\x7f\u2028", [], {}, [[]], None, True, {"a": [1, {"b": "\n"}]}]
        lines = self.talk(program, *({"v": value} for value in values))
        self.assertEqual([line.removeprefix("__command__ ") for line in lines[1:]], [json.dumps(value) for value in values])


if __name__ == "__main__":
    options, rest = OPTIONS.parse_known_args()
    compiler = Compiler(options.client, options.manifest)
    unittest.main(argv=sys.argv[:1] + rest)
