#!/usr/bin/env python3
"""Hot reload as a script's client sees it: what it gives to its next version, and which files it says it uses.

    reload_test.py CLIENT_FOLDER      # clients/python, or the built one with the extension
"""

import importlib.util
import json
import os
import py_compile
import shutil
import unittest
from pathlib import Path

from script_support import SCENE, Folder, talk

ASK = '__state__ {"ask": true}'


def init(role="player", state=None, **broker):
    """`state`: what the version before gives; then the last of the returned lines is that."""
    told = {"protocol": 1, "name": "1P", "role": role, "params": {}, "players": ["1P"], "seed": 7} | broker
    if state is not None:
        told["reload"] = {"version": 2, "state": True}
    return {"args": [], "kwargs": {}, "dragoman": told}


class Said(list):
    """[(header, value)]"""

    def __init__(self, lines):
        parts = [line.partition(" ") for line in lines]
        super().__init__((header, body if body == "READY" else json.loads(body)) for header, _, body in parts)

    def all(self, header):
        return [value for name, value in self if name == header]

    def one(self, header):
        (value,) = self.all(header)
        return value


def say(source, *lines, role="player", state=None, folder=None, code=0, **broker):
    """What a script says to these lines, which follow the state that it asks for where there is one."""
    given = [f"__state__ {json.dumps({'give': state})}"] if state is not None else []
    with Folder(source) as own:
        script = folder.script if folder else own.script
        said, came, output = talk(script, *given, *lines, init=init(role, state, **broker))
        if came != code:
            raise AssertionError(f"exit {came}: {said[-1:]} {output}")
        return Said(said)


def player(hook, update="return self.seen"):
    return f"class MLPlay:\n  def __init__(self): self.seen = 3\n  def update(self, s): {update}\n{hook}\n"


def giving(expression):
    return player(f"  def __dragoman_preserve_state__(self): return {expression}")


class Hooks(unittest.TestCase):
    def test_may_be_named_after_ecscope(self):
        source = player(
            "  def __ecscope_preserve_state__(self): return [self.seen]\n"
            "  def __ecscope_restore_state__(self, data): self.seen = data[0] + 1"
        )
        said = say(source, ASK, SCENE, state=[7])
        self.assertIn("state", said.one("__hello__")["features"])
        self.assertEqual(said.all("__state__"), [{"ask": True}, {"state": [8]}])

    def test_of_a_module_without_a_class_are_functions(self):
        source = (
            "def __dragoman_preserve_state__(): return {'x': x}\n"
            "def __dragoman_restore_state__(data): globals().update(data)\n"
            "def add(n): return x + n\n"
        )
        call = '__call__ {"id": 1, "method": "add", "params": [1]}'
        said = say(source, call, ASK, role="verb", state={"x": 4})
        self.assertEqual(said[-2:], [("__return__", {"id": 1, "value": 5}), ("__state__", {"state": {"x": 4}})])

    def test_of_a_script_with_a_loop_of_its_own_are_functions_too(self):
        source = (
            "from mlgame.communication import ml as comm\n"
            "def __dragoman_restore_state__(data): global x; x = data\n"
            "def ml_loop():\n"
            "  comm.ml_ready()\n"
            "  while True: comm.send_to_game({'command': [comm.recv_from_game()['frame'], x]})\n"
        )
        said = say(source, SCENE, state=5)
        self.assertEqual([header for header, _ in said], ["__hello__", "__state__", "__command__", "__command__"])
        self.assertEqual(said[-1][1], [0, 5])

    def test_that_only_takes_gives_nothing(self):
        said = say(player("  def __dragoman_restore_state__(self, data): self.seen = data"), SCENE, state=9)
        self.assertNotIn("state", said.one("__hello__")["features"])
        self.assertEqual(said[-1], ("__command__", 9))

    def test_that_only_gives_is_ready_at_once(self):
        said = say(giving("self.seen"), state=9)
        self.assertEqual([header for header, _ in said], ["__hello__", "__command__"])

    def test_win_over_kept_attributes(self):
        self.assertEqual(say(giving("'mine'"), ASK, keep_attributes=True).one("__state__"), {"state": "mine"})

    def test_exit_is_the_scripts_own(self):
        hook = "  def __dragoman_preserve_state__(self):\n    import sys; sys.exit(5)"
        self.assertEqual(say(player(hook), ASK, code=5).all("__state__"), [])


class Failures(unittest.TestCase):
    def error(self, source):
        """What asking says; the script must play on."""
        said = say(source, SCENE, ASK, SCENE)
        self.assertEqual([header for header, _ in said[-3:]], ["__command__", "__state__", "__command__"])
        return said.one("__state__")["error"]

    def test_of_a_hook_name_the_line_at_fault_and_the_scripts_own_frames(self):
        error = self.error(player("  def __dragoman_preserve_state__(self):\n    return 1 / 0"))
        self.assertEqual((error["code"], error["line"], error["source"]), ("raised", 5, "return 1 / 0"))
        self.assertTrue(error["file"].endswith("a script é.py"))
        self.assertIn("ZeroDivisionError", error["trace"])
        self.assertNotIn("dragoman/", error["trace"])

    def test_show_the_line_that_runs_and_not_what_was_saved_since(self):
        saves = "open(__file__, 'w').write('saved since\\n' * 20)\n"
        error = self.error(saves + player("  def __dragoman_preserve_state__(self):\n    return 1 / 0"))
        self.assertEqual((error["line"], error["source"]), (6, "return 1 / 0"))
        self.assertIn("    return 1 / 0\n", error["trace"])
        error = self.error(saves + giving("object()"))
        self.assertEqual(error["source"], "def __dragoman_preserve_state__(self): return object()")

    def test_show_no_line_of_a_module_that_was_saved_since(self):
        hook = "  def __dragoman_preserve_state__(self):\n    import helper\n    return helper.fails()"
        source = "import os\nhere = os.path.dirname(__file__)\nopen(here + '/helper.py', 'w').write('def fails():\\n  return 1 / 0\\n')\n"
        late = "import helper\nos.utime(here + '/helper.py', (9e9, 9e9))\n"
        error = self.error(source + late + player(hook))
        self.assertEqual((error["line"], error.get("source")), (2, None))
        self.assertNotIn("return 1 / 0", error["trace"])

    def test_to_be_json_name_the_hook(self):
        wrong = {
            "{1, 2}": "a set",
            "{'a': [b'x']}": "bytes",
            "[float('nan')]": "nan",
            "'\\ud800'": "surrogate",
            "[1 << 64]": "64 bits",
            "self": "MLPlay",
        }
        for value, part in wrong.items():
            error = self.error(giving(value))
            self.assertIn(part, error["message"])
            self.assertEqual((error["code"], error["line"]), ("bad_value", 4))

    def test_to_end_are_noticed(self):
        for start, part in (
            ("x = []; x.append(x)", "holds itself"),
            ("x = 1\n    for i in range(9999): x = [x]", "too deeply"),
            ("x = []\n    for i in range(99): x = [x] * 9", "16 MiB"),
            ("x = {}\n    for i in range(99): x = {'a': x, 'b': x, 1: x}", "16 MiB"),
        ):
            hook = f"  def __dragoman_preserve_state__(self):\n    {start}\n    return x"
            self.assertIn(part, self.error(player(hook))["message"])

    def test_for_want_of_memory_are_told(self):
        hook = (
            "  def __dragoman_preserve_state__(self):\n"
            "    import resource\n"
            "    used = int(open('/proc/self/statm').read().split()[0]) * resource.getpagesize()\n"
            "    resource.setrlimit(resource.RLIMIT_AS, (used + (4 << 20), -1))\n"
            "    return ['x' * 1000000] * 15"
        )
        self.assertIn("MemoryError", self.error(player(hook))["message"])

    def test_to_take_end_the_script(self):
        source = player("  def __dragoman_restore_state__(self, data):\n    self.seen = data['no']")
        said = say(source, SCENE, state={"yes": 1}, code=1)
        error = said.one("__error__")
        self.assertEqual((error["code"], error["message"]), ("raised", "KeyError: 'no'"))
        self.assertEqual((error["line"], error["source"]), (5, "self.seen = data['no']"))


GAME = """
import dragoman
class Game(dragoman.Game):
  def __init__(self): self.made = {made}
  def setup(self): self.entity, self.numbers, self.made = 5, [], 2
  def update(self, commands): self.numbers.append(self.random.random())
  def scenes(self): return {{"1P": {{"made": self.made, "entity": self.entity, "numbers": self.numbers}}}}
"""


def update(frame, **more):
    told = {"frame": frame, "round": 2, "seed": 8, "dt": 0.1, "start": frame == 0, "commands": {}} | more
    return f"__update__ {json.dumps(told)}"


class Games(unittest.TestCase):
    def test_go_on_with_what_their_setup_has_made_and_the_same_random_numbers(self):
        first = say(GAME.format(made=1), update(0), update(1), update(2), ASK, update(3), role="game")
        state = first.one("__state__")["state"]
        second = say(GAME.format(made=1), update(3), role="game", state=state)
        scene, other = (said.all("__done__")[-1]["scenes"]["1P"] for said in (first, second))
        self.assertEqual(len(set(scene["numbers"])), 3)
        self.assertEqual(scene | {"made": 1}, other)

    def test_keep_what_their_constructor_made_where_the_run_says_so(self):
        state = {"made": 2, "entity": 5, "numbers": [], "players": ["nobody"]}
        said = say(GAME.format(made=1), update(3), role="game", state=state, keep_attributes=True)
        self.assertEqual(said.one("__done__")["scenes"]["1P"]["made"], 2)

    def test_with_a_hook_keep_their_random_numbers(self):
        hooks = (
            "  def __dragoman_preserve_state__(self): return {'kept': list(self.numbers)}\n"
            "  def __dragoman_restore_state__(self, data): self.entity, self.numbers = sorted(data), data['kept']\n"
        )
        first = say(GAME.format(made=2) + hooks, update(0), update(1), ASK, update(2), role="game")
        second = say(GAME.format(made=2) + hooks, update(2), role="game", state=first.one("__state__")["state"])
        scene, other = (said.all("__done__")[-1]["scenes"]["1P"] for said in (first, second))
        self.assertEqual(scene["numbers"], other["numbers"])
        self.assertEqual(other["entity"], ["kept"])


class KeptAttributes(unittest.TestCase):
    def state(self, source):
        return say(source, ASK, keep_attributes=True).one("__state__")["state"]

    def test_are_plain_data_only(self):
        source = (
            "import collections\n"
            "class MLPlay:\n"
            "  def __init__(self):\n"
            "    self.none, self.text, self.pair, self.deep = None, 'é', (1, 2.5), {'a': [{'b': True}]}\n"
            "    self.set, self.bytes, self.keys, self.nan = {1}, b'x', {1: 2}, float('nan')\n"
            "    self.derived, self.itself, self.half = collections.Counter(), [], '\\ud800'\n"
            "    self.itself.append(self.itself)\n"
            "  def update(self, s): pass\n"
        )
        self.assertEqual(self.state(source), {"none": None, "text": "é", "pair": [1, 2.5], "deep": {"a": [{"b": True}]}})

    def test_may_lie_in_slots(self):
        source = "class Base: __slots__ = 'a', '__b'\nclass MLPlay(Base):\n  def __init__(self): self.a = 1\n  def update(self, s): 0\n"
        self.assertEqual(self.state(source), {"a": 1})

    def test_replace_no_method_and_nothing_that_is_no_plain_data_now(self):
        source = player(
            "  other = 0\n  def method(self): pass\n  @property\n  def fixed(self): return 6",
            "return [self.seen(), self.fixed, self.other, callable(self.method)]",
        ).replace("self.seen = 3", "self.seen = lambda: 4")
        state = {"seen": 1, "fixed": 1, "method": 1, "other": 1}
        said = say(source, SCENE, state=state, keep_attributes=True)
        self.assertEqual(said[-1], ("__command__", [4, 6, 1, True]))
        self.assertIn("seen, fixed, method", said.one("__log__")["message"])

    def test_of_a_version_that_gave_something_else_cannot_be_taken(self):
        said = say(player(""), state=[1], keep_attributes=True, code=1)
        self.assertIn("the version before gave a list", said.one("__error__")["message"])


def names(said, folder):
    """The files that it said it uses, by line, as paths in the folder."""
    return [sorted(os.path.relpath(file, folder.name) for file in body["files"]) for body in said.all("__uses__")]


class Uses(unittest.TestCase):
    def used(self, source, *lines, code=0, **neighbours):
        with Folder(source, **neighbours) as folder:
            return names(say("", *lines, folder=folder, code=code), folder)

    def test_are_all_modules_that_were_imported_but_not_the_languages_own(self):
        with Folder("import package.part, one, json, sqlite3, dragoman\nclass MLPlay:\n  def update(self, s): 0\n") as folder:
            Path(folder.name, "package").mkdir()
            Path(folder.name, "space").mkdir()
            Path(folder.name, "package/__init__.py").write_text("")
            Path(folder.name, "package/part.py").write_text("from . import __init__")
            Path(folder.name, "one.py").write_text("import two")
            Path(folder.name, "two.py").write_text("import one, space.three")
            Path(folder.name, "space/three.py").write_text("")
            said = say("", SCENE, folder=folder)
            files = ["one.py", "package/__init__.py", "package/part.py", "space/three.py", "two.py"]
            self.assertEqual(names(said, folder), [files])
            self.assertEqual([header for header, _ in said], ["__hello__", "__uses__", "__command__", "__command__"])

    def test_are_those_that_importlib_and_runpy_run_too(self):
        source = (
            "import importlib.util, runpy, os\n"
            "here = os.path.dirname(__file__)\n"
            "spec = importlib.util.spec_from_file_location('x', here + '/../' + os.path.basename(here) + '/one.py')\n"
            "spec.loader.exec_module(importlib.util.module_from_spec(spec))\n"
            "runpy.run_path(here + '/two.py')\n"
            "class MLPlay:\n"
            "  def update(self, s): 0\n"
        )
        self.assertEqual(self.used(source, one="", two=""), [["one.py", "two.py"]])

    def test_are_extension_modules_and_modules_without_source_too(self):
        with Folder("import _lsprof, compiled\nclass MLPlay:\n  def update(self, s): 0\n", compiled="") as folder:
            library = importlib.util.find_spec("_lsprof").origin
            shutil.copy(library, folder.name)
            py_compile.compile(folder.name + "/compiled.py", folder.name + "/compiled.pyc")
            os.remove(folder.name + "/compiled.py")
            self.assertEqual(names(say("", folder=folder), folder), [["_lsprof" + library.partition("_lsprof")[2], "compiled.pyc"]])

    def test_that_are_at_fault_are_named_before_the_error(self):
        self.assertEqual(self.used("import one", one="import two", two="1 / 0", code=1), [["one.py", "two.py"]])
        self.assertEqual(self.used("import one", one="def f(:", code=1), [["one.py"]])

    def test_are_named_before_the_next_answer_when_they_come_later(self):
        with Folder("class MLPlay:\n  def update(self, s):\n    import one\n", one="") as folder:
            said = say("", SCENE, SCENE, folder=folder)
        headers = [header for header, _ in said]
        self.assertEqual(headers, ["__hello__", "__command__", "__uses__", "__command__", "__command__"])

    def test_are_data_files_that_were_opened_to_be_read(self):
        source = (
            "import dragoman, pathlib\n"
            "with dragoman.open_data('new.txt', 'w') as file: file.write('é')\n"
            "class MLPlay:\n"
            "  def update(self, s):\n"
            "    with dragoman.open_data('no/../data.bin', 'rb') as file: data = file.read(1)\n"
            "    with dragoman.open_data(pathlib.Path(__file__).parent / 'new.txt', encoding='utf-8') as file: new = file.read()\n"
            "    try: dragoman.open_data('missing.txt')\n"
            "    except FileNotFoundError: return [data[0], new]\n"
        )
        with Folder(source) as folder:
            Path(folder.name, "no").mkdir()
            Path(folder.name, "data.bin").write_bytes(b"\7")
            said = say("", SCENE, folder=folder)
            self.assertEqual(names(said, folder), [["data.bin", "missing.txt", "new.txt"]])
        self.assertEqual(said[-1], ("__command__", [7, "é"]))

    def test_whose_names_are_no_text_are_left_out(self):
        with Folder("import dragoman\nclass MLPlay:\n  def update(self, s): dragoman.open_data(b'\\xff.txt')\n") as folder:
            Path(os.fsdecode(os.fsencode(folder.name) + b"/\xff.txt")).write_text("")
            self.assertEqual(names(say("", SCENE, folder=folder), folder), [])

    def test_are_read_anew_though_their_bytecode_looks_fresh(self):
        source = "import one\nclass MLPlay:\n  def update(self, s): return one.VALUE\n"
        with Folder(source, one="VALUE = 1") as folder:
            one = Path(folder.name, "one.py")
            times = one.stat().st_atime_ns, one.stat().st_mtime_ns
            py_compile.compile(str(one), invalidation_mode=py_compile.PycInvalidationMode.TIMESTAMP)
            one.write_text("VALUE = 2")
            os.utime(one, ns=times)
            self.assertEqual(say("", SCENE, folder=folder)[-1], ("__command__", 2))


if __name__ == "__main__":
    unittest.main()
