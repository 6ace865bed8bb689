#!/usr/bin/env python3
"""What the conversations do not reach: the forms of MLPlay, JSON against the json module, and failures' last words.

    client_test.py CLIENT_FOLDER      # clients/python, or the built one with the extension
"""

import json
import os
import random
import sys
import threading
import unittest

from script_support import CLIENT, SCENE, Folder, talk

sys.path.insert(0, str(CLIENT))

from dragoman import json_text  # noqa: E402
from dragoman.channel import Channel  # noqa: E402
from dragoman.player import Parameters, arguments  # noqa: E402

try:
    from dragoman import _dragoman
except ImportError:
    _dragoman = None

INIT = {
    "args": ["left", 2],
    "kwargs": {"level": 3},
    "dragoman": {"protocol": 1, "name": "1P", "role": "player", "params": {"difficulty": "EASY"}},
}


def given(constructor):
    return arguments(Parameters(constructor, True), INIT)


class FormsOfTheConstructor(unittest.TestCase):
    def test_nothing(self):
        self.assertEqual(given(lambda self: None), ([], {}))

    def test_configured_arguments_as_far_as_there_is_room(self):
        self.assertEqual(given(lambda self, side: None), (["left"], {}))
        self.assertEqual(given(lambda self, side, n, level: None), (["left", 2], {"level": 3}))
        self.assertEqual(given(lambda self, side, *, level=0: None), (["left"], {"level": 3}))

    def test_ai_name(self):
        self.assertEqual(given(lambda self, ai_name: None), ([], {"ai_name": "1P"}))
        self.assertEqual(given(lambda self, *, ai_name: None), ([], {"ai_name": "1P"}))

    def test_ai_name_and_game_params(self):
        params = {"difficulty": "EASY"}
        self.assertEqual(given(lambda self, ai_name, game_params: None), ([], {"ai_name": "1P", "game_params": params}))
        named = given(lambda self, ai_name, *args, **kwargs: None)
        self.assertEqual(named, ([], {"ai_name": "1P", "game_params": params, "level": 3}))

    def test_anything(self):
        args, kwargs = given(lambda self, *args, **kwargs: None)
        self.assertEqual(args, ["left", 2])
        self.assertEqual(kwargs, {"level": 3, "ai_name": "1P", "game_params": {"difficulty": "EASY"}})


def channels(read_from, write_to):
    yield Channel(read_from, write_to)
    if _dragoman:
        yield _dragoman.Channel(read_from, write_to, b"", json_text.decode, json_text.encode)


def received(text):
    """What each kind of channel makes of a scene."""
    for number in range(2 if _dragoman else 1):
        read_from, write_to = os.pipe()
        channel = list(channels(read_from, write_to))[number]

        def feed():
            with open(write_to, "wb") as stream:
                stream.write(b"__scene_info__ " + text + b"\n")

        feeding = threading.Thread(target=feed)
        feeding.start()
        try:
            yield channel.receive()[1]
        finally:
            feeding.join()
            os.close(read_from)


class Json(unittest.TestCase):
    TEXTS = (
        b'-0 -0.0 1E400 1e5 12345678901234567890 123456789012345678901234567890 -9223372036854775809 5e-324 255 257 -6'
        b' "\\ud800" "\\ud83d\\ude00" {"a":1,"b":2,"a":3} "" "\\u0000" {"\\u0000":{}} [[],{},[{}]] {"":""} "\x7f"'
    ).split(b" ") + [b" [1 , 2 ] ", b"[" * 200 + b"]" * 200, b"[" + b"1," * 30000 + b"1]", b'"' + b"x" * 200000 + b'"']

    def test_is_read_as_json_loads_reads_it(self):
        for text in self.TEXTS:
            for value in received(text):
                self.assertEqual(repr(value), repr(json.loads(text)), text[:40])

    def test_what_is_not_json_is_an_error(self):
        for text in (b"", b"{", b"[1,]", b"nul", b"NaN", b'"\x01"', b"01", b'"\xff"', b"1 2", b"[1}"):
            with self.assertRaises(ValueError, msg=text):
                list(received(text))

    def test_is_written_as_json_dumps_writes_it(self):
        source = random.Random(1)
        for _ in range(500):
            value = self._anything(source)
            self.assertEqual(json_text.encode(value), json.dumps(value))
            if _dragoman:
                self.assertIn(_dragoman.encode(value), (None, json.dumps(value)))

    def _anything(self, source, depth=0):
        kind = source.randrange(8 if depth < 5 else 6)
        if kind == 0:
            return source.randrange(-(2**70), 2**70)
        if kind == 1:
            return source.uniform(-1, 1) * 10 ** source.randrange(-300, 300)
        if kind == 2:
            return "".join(chr(source.choice([source.randrange(256), source.randrange(0x110000)])) for _ in range(9))
        if kind < 6:
            return source.choice([None, True, False, source.randrange(300)])
        items = [self._anything(source, depth + 1) for _ in range(source.randrange(6))]
        return items if kind == 6 else {f"ключ {index}": item for index, item in enumerate(items)}

    def test_numpy_is_converted_and_nonsense_is_named(self):
        class Number:
            def tolist(self):
                return 3

            item = tolist

        self.assertEqual(json_text.encode({"a": [Number()], Number(): (1, 2)}), '{"a": [3], "3": [1, 2]}')
        itself = []
        itself.append(itself)
        for value, part in (({1}, "set"), ({"a": [{2}]}, "['a'][0]"), (float("nan"), "nan"), (itself, "holds itself")):
            with self.assertRaises((TypeError, ValueError)) as caught:
                json_text.encode(value, "the command")
            self.assertIn(part, str(caught.exception))


class Lines(unittest.TestCase):
    def test_come_in_pieces_of_any_size(self):
        source = random.Random(5)
        values = [{"i": i, "s": "é" * source.choice([0, 9, 70000]) if i % 7 == 0 else "x"} for i in range(100)]
        data = b"output\n" + b"".join(f"__scene_info__ {json.dumps(value)}\r\n".encode() for value in values) + b"__sce"
        for number in range(2 if _dragoman else 1):
            read_from, write_to = os.pipe()
            channel = list(channels(read_from, write_to))[number]

            def feed():
                at = 0
                while at < len(data):
                    at += os.write(write_to, data[at : at + source.choice([1, 3, 100, 5000, 200000])])
                os.close(write_to)

            feeding = threading.Thread(target=feed)
            feeding.start()
            for value in values:
                self.assertEqual(channel.receive(), ("__scene_info__", value))
            self.assertIsNone(channel.receive())
            feeding.join()
            os.close(read_from)

    def test_of_several_threads_stay_whole(self):
        for number in range(2 if _dragoman else 1):
            read_from, write_to = os.pipe()
            channel = list(channels(read_from, write_to))[number]

            def say(name):
                for size in (1, 3000, 90000) * 10:
                    channel.send("__log__", {"name": name, "text": "y" * size})

            threads = [threading.Thread(target=say, args=(name,)) for name in range(4)]
            for thread in threads:
                thread.start()
            with open(read_from, "rb") as stream:
                for _ in range(4 * 30):
                    self.assertIn("name", json.loads(stream.readline().removeprefix(b"__log__ ")))
            for thread in threads:
                thread.join()
            os.close(write_to)


def play(source, *lines, init=INIT, **neighbours):
    """The lines that a script says, without those about itself; its exit code and its plain output."""
    with Folder(source, **neighbours) as folder:
        said, code, output = talk(folder.script, *lines, init=init)
        return [line for line in said if not line.startswith(("__hello__ ", "__uses__ "))], code, output


OVER = '__scene_info__ {"frame": 1, "status": "GAME_OVER"}'


class Scripts(unittest.TestCase):
    def test_keyboard_is_given_to_those_who_take_it(self):
        forms = [("s", "'none'"), ("s, k", "k"), ("s, k=None, *more", "k"), ("s, *k", "k[0]"), ("s, *, keyboard", "keyboard")]
        for parameters, seen in forms:
            source = f"class MLPlay:\n  def update(self, {parameters}): return {seen}\n"
            expected = '"none"' if parameters == "s" else "[]"
            self.assertEqual(play(source, SCENE)[0][1], f"__command__ {expected}", parameters)

    def test_loop_of_mlgame_beta_6(self):
        source = (
            "from mlgame.communication import ml as comm\n"
            "def ml_loop(side, n):\n"
            "  comm.ml_ready()\n"
            "  while True:\n"
            "    scene = comm.recv_from_game()\n"
            "    if scene['status'] != 'GAME_ALIVE': comm.ml_ready(); continue\n"
            "    comm.send_to_game({'frame': scene['frame'], 'command': side})\n"
        )
        said = ["__command__ READY", '__command__ "left"', "__command__ RESET", "__command__ READY"]
        self.assertEqual(play(source, SCENE, OVER), (said, 0, ""))

    def test_is_a_module_with_neighbours_and_not_main(self):
        source = (
            "import sys, os, helper\n"
            "if __name__ == '__main__': sys.exit(5)\n"
            "print(os.path.dirname(__file__) == sys.path[0], sys.argv == [__file__], end='')\n"
            "class MLPlay:\n"
            "  def update(self, s): return helper.VALUE\n"
        )
        said, code, output = play(source, SCENE, helper="VALUE = 41")
        self.assertEqual((said[1], code, output), ("__command__ 41", 0, "True True"))

    def _error(self, source, *lines, **neighbours):
        said, code, _ = play(source, *lines, **neighbours)
        self.assertEqual(code, 1)
        self.assertTrue(said[-1].startswith("__error__ "), said)
        return json.loads(said[-1].removeprefix("__error__ "))

    def test_a_neighbour_that_does_not_compile(self):
        error = self._error("import helper", helper="x = 1\ndef f(:\n")
        self.assertEqual((error["code"], error["line"], error["source"]), ("compile_error", 2, "def f(:"))
        self.assertTrue(error["file"].endswith("helper.py"))

    def test_the_trace_holds_the_users_frames_only(self):
        error = self._error("class MLPlay:\n  def update(self, s):\n    return 1 / 0\n", SCENE)
        self.assertEqual((error["code"], error["line"], error["source"]), ("raised", 3, "return 1 / 0"))
        self.assertNotIn("dragoman", error["trace"])

    def test_endless_recursion_and_a_message_without_end(self):
        error = self._error("def f(): f()\nclass MLPlay:\n  def update(self, s): f()\n", SCENE)
        self.assertIn("RecursionError", error["message"])
        error = self._error("class MLPlay:\n  def update(self, s): raise ValueError('\\ud800' * 10**6)\n", SCENE)
        self.assertLess(len(json.dumps(error)), 1 << 19)

    def test_a_set_is_no_command(self):
        error = self._error("class MLPlay:\n  def update(self, s): return {1}\n", SCENE)
        self.assertIn("the command is a set", error["message"])
        self.assertTrue(error["file"].endswith("a script é.py"))

    def test_last_words_before_a_hard_end(self):
        source = "import os\nclass MLPlay:\n  def update(self, s): print('last words', end=''); os._exit(9)\n"
        self.assertEqual(play(source, SCENE)[1:], (9, "last words"))

    def test_without_update(self):
        error = self._error("class MLPlay: pass\n")
        self.assertEqual(error["code"], "compile_error")
        self.assertIn("update", error["message"])


if __name__ == "__main__":
    unittest.main()
