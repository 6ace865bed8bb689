"""Does what the scene's key `do` says: see ../README.md."""

import os
import signal
import sys
import time

import dragoman


def hang():
    while True:
        time.sleep(3600)


class MLPlay:
    def __init__(self, *args, **kwargs):
        self.on_reset = None
        params = dragoman.get_init_args().get("dragoman", {}).get("params", {})
        vice = params.get("init")
        if vice == "raise":
            raise ValueError("raised in the constructor")
        if vice == "hang":
            hang()
        if vice == "exit":
            sys.exit(7)
        if vice == "print":
            print("constructed")

    def update(self, scene):
        self.on_reset = scene.get("on_reset", self.on_reset)
        return VICES[scene.get("do", "return")](scene)

    def reset(self):
        vice, self.on_reset = self.on_reset, None
        if vice == "raise":
            raise ValueError("raised in reset")
        if vice == "exit":
            sys.exit(7)
        if vice == "hang":
            hang()


def _value(scene):
    return scene.get("value")


def _print(scene):
    print(scene["text"], flush=True)
    return _value(scene)


def _stderr(scene):
    print(scene["text"], file=sys.stderr, flush=True)
    return _value(scene)


def _flood(scene):
    stream = getattr(sys, scene["stream"])
    lines, rest = divmod(scene["bytes"], 80)
    stream.write(("x" * 79 + "\n") * lines + "x" * rest)
    stream.flush()
    return _value(scene)


def _raise(scene):
    raise ValueError(scene["text"])


def _busy(scene):
    while True:
        pass


def _sleep(scene):
    time.sleep(scene["seconds"])
    return _value(scene)


def _drip(scene):
    while True:
        print("drip", flush=True)
        time.sleep(0.02)


def _log(scene):
    dragoman.log(scene["level"], scene["text"])
    return _value(scene)


def _call(scene):
    try:
        return dragoman.call(scene["method"], scene.get("params"))
    except dragoman.CallError as error:
        return {"error": error.code}


def _twice(scene):
    dragoman.send_command(_value(scene))
    return _value(scene)


VICES = {
    "return": _value,
    "print": _print,
    "stderr": _stderr,
    "flood": _flood,
    "raise": _raise,
    "exit": lambda scene: sys.exit(scene["code"]),
    "segfault": lambda scene: os.kill(os.getpid(), signal.SIGSEGV),
    "abort": lambda scene: os.abort(),
    "hang": lambda scene: hang(),
    "busy": _busy,
    "sleep": _sleep,
    "drip": _drip,
    "log": _log,
    "call": _call,
    "twice": _twice,
    "init": lambda scene: dragoman.get_init_args(),
    "scene": lambda scene: scene,
}


def add(a, b):
    return a + b


def again(method, params):
    return dragoman.call(method, params)
