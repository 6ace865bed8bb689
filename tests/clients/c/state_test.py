#!/usr/bin/env python3
"""What a C script gives to its next version, and what it takes, compiled as the manifest says."""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "cpp"))
from compiling import Compiler

OPTIONS = argparse.ArgumentParser(description=__doc__)
OPTIONS.add_argument("--client", type=Path, required=True, help="share/dragoman/clients/c of the build")
OPTIONS.add_argument("--manifest", type=Path, required=True, help="compilers/c/language.toml")

ASK = ("__state__", {"ask": True})
SOURCE = r"""
#include <dragoman.h>
#include <string.h>

static json_t* state;

DRAGOMAN_VERB(hold) {
    const char* what = json_string_value(dragoman_param(params, 0, "what"));
    state = NULL;
    if (strcmp(what, "deep") == 0 || strcmp(what, "deeper") == 0) {
        state = json_array();
        for (int i = strcmp(what, "deep") == 0 ? 1 : 0; i < 255; ++i) state = json_pack("[o]", state);
    }
    if (strcmp(what, "circle") == 0) {
        state = json_pack("{s:[]}", "list");
        json_array_append(json_object_get(state, "list"), state);
    }
    if (strcmp(what, "wide") == 0) {
        state = json_array();
        for (int i = 0; i < 60; ++i) state = json_pack("[O,o]", state, state);
    }
    if (strcmp(what, "twelve") == 0) state = json_integer(12);
    return json_null();
}

DRAGOMAN_VERB(held) { return state ? json_incref(state) : json_null(); }

DRAGOMAN_VERB(read_data) {
    FILE* file = dragoman_open_data(json_string_value(dragoman_param(params, 0, "path")), json_string_value(dragoman_param(params, 1, "mode")));
    if (!file) return json_false();
    fclose(file);
    return json_true();
}

json_t* dragoman_preserve_state(void) {
    if (!state) dragoman_raise("nothing is held");
    return json_is_integer(state) && json_integer_value(state) == 13 ? NULL : json_incref(state);
}

void dragoman_restore_state(json_t* given) { state = json_incref(given); }
"""


class StateTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = Path(folder.name)
        cls.script = cls.folder / "script.c"
        cls.program, _ = compiler.compile(cls.script, SOURCE)

    def talk(self, *lines, **about):
        init = {"protocol": 1, "name": "v", "role": "verb", "script": str(self.script)} | about
        said = [("__init__", {"args": [], "kwargs": {}, "dragoman": init}), *lines]
        environment = {name: value for name, value in os.environ.items() if name != "DRAGOMAN_OUTPUT"}
        text = "".join(f"{header} {json.dumps(body)}\n" for header, body in said)
        done = subprocess.run([self.program], input=text, capture_output=True, text=True, timeout=60, env=environment)
        came = [line.partition(" ") for line in done.stdout.splitlines()]
        self.assertEqual((came.pop(0)[0], done.returncode), ("__hello__", 0))
        return [(header, body if body == "READY" else json.loads(body)) for header, _, body in came]

    def call(self, name, *params):
        return ("__call__", {"id": 1, "method": name, "params": params})

    def given(self, what):
        return self.talk(self.call("hold", what), ASK)[-1][1]

    def test_a_value_is_given_and_taken(self):
        self.assertEqual(self.given("twelve"), {"state": 12})
        came = self.talk(("__state__", {"give": 12}), self.call("held"), reload={"version": 2, "state": True})
        self.assertEqual(came, [ASK, ("__command__", "READY"), ("__return__", {"id": 1, "value": 12})])

    def test_null_is_a_state_too(self):
        came = self.talk(("__state__", {"give": None}), self.call("held"), reload={"version": 2, "state": True})
        self.assertEqual(came[-1], ("__return__", {"id": 1, "value": None}))

    def test_what_raises_names_its_line_and_the_script_goes_on(self):
        came = self.talk(ASK, self.call("held"))
        error = came[1][1]["error"]
        line = SOURCE.splitlines().index('    if (!state) dragoman_raise("nothing is held");') + 1
        self.assertEqual((error["code"], error["message"], error["line"]), ("raised", "nothing is held", line))
        self.assertEqual(error["source"], 'if (!state) dragoman_raise("nothing is held");')
        self.assertEqual(came[2][0], "__return__")

    def test_no_value_is_an_error(self):
        came = self.talk(("__state__", {"give": 13}), ASK, reload={"version": 2, "state": True})
        self.assertIn("returned NULL", came[-1][1]["error"]["message"])

    def test_what_is_too_deep_or_holds_itself_is_an_error(self):
        self.assertIn("state", self.given("deep"))
        for what in ("deeper", "circle", "wide"):
            error = self.given(what)["error"]
            self.assertIn("cannot be handed on", error["message"])
            self.assertEqual(error["file"], str(self.script))

    def test_a_script_that_has_not_started_has_no_state(self):
        came = self.talk(ASK, ("__state__", {"give": 5}), reload={"version": 2, "state": True})
        self.assertIn("not started", came[1][1]["error"]["message"])
        self.assertEqual(came[2], ("__command__", "READY"))

    def test_data_that_is_read_is_named_once_by_its_full_path(self):
        (self.folder / "data.txt").write_text("seven")
        paths = [("data.txt", "r"), ("./x/../data.txt", "rb"), ("missing", "r"), ("out.txt", "w"), ("data.txt", "r+"), ("/usr/bin/gcc", "r")]
        came = self.talk(*[self.call("read_data", *path) for path in paths])
        self.assertEqual([body for header, body in came if header == "__uses__"], [{"files": [f"{self.folder}/data.txt"]}])
        self.assertEqual([body["value"] for header, body in came if header == "__return__"], [True, True, False, True, True, True])


if __name__ == "__main__":
    options, rest = OPTIONS.parse_known_args()
    compiler = Compiler(options.client, options.manifest)
    unittest.main(argv=[sys.argv[0], *rest])
