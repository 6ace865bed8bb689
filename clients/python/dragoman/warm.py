"""An interpreter that has started already, and forks itself for each script. Never runs a script's code before the fork."""

import os
import posix
import site
import sys

from . import channel, main  # noqa: F401

USUAL = set(sys.modules)  # what a start from nothing has loaded when it comes to the script

# What most scripts import, and what the client itself comes to later.
import bisect  # noqa: E402, F401
import collections.abc  # noqa: E402, F401
import copy  # noqa: E402, F401
import ctypes  # noqa: E402
import dataclasses  # noqa: E402, F401
import datetime  # noqa: E402, F401
import enum  # noqa: E402, F401
import functools  # noqa: E402, F401
import gc  # noqa: E402
import heapq  # noqa: E402, F401
import itertools  # noqa: E402, F401
import json  # noqa: E402, F401
import math  # noqa: E402, F401
import operator  # noqa: E402, F401
import random  # noqa: E402, F401
import re  # noqa: E402, F401
import signal  # noqa: E402
import string  # noqa: E402, F401
import time  # noqa: E402, F401
import traceback  # noqa: E402, F401
import typing  # noqa: E402, F401
from importlib.machinery import SourceFileLoader  # noqa: E402

from . import failure, player, state  # noqa: E402, F401

try:
    from . import _dragoman  # noqa: F401
except ImportError:
    pass

RUN = sys.path[0] + "/run.py"
HOME = b"/tmp"  # which scripts have, unless their language says otherwise


class Start(ctypes.Structure):
    _fields_ = (
        ("arguments", ctypes.c_void_p),
        ("arguments_size", ctypes.c_size_t),
        ("environment", ctypes.c_void_p),
        ("environment_size", ctypes.c_size_t),
    )


# Whatever the script's process does here, it does with pages that it has to copy first: little, and made ready before.


def serve(namespace, library, tier):
    """Returns in a script's process only, with the code that comes next. `namespace` is __main__'s."""
    with open(RUN, "rb") as source:
        code = compile(source.read(), RUN, "exec", dont_inherit=True)
    runs = _namespace_of_run(namespace["__builtins__"])
    loaded_here = _loaded_here()
    package = sys.modules["dragoman"]
    _take_user_site(HOME)
    launcher = ctypes.PyDLL(library)  # which keeps the interpreter's lock, as os.fork() does
    launcher.dragoman_serve.restype = ctypes.POINTER(Start)
    started, after_fork = launcher.dragoman_started, ctypes.pythonapi.PyOS_AfterFork_Child
    gc.collect()
    gc.freeze()  # else the first collection would copy all of this into each script's own memory
    start = launcher.dragoman_serve(tier.encode())
    if not start:
        os._exit(0)  # the broker is gone
    start = start.contents
    arguments = _texts(start.arguments, start.arguments_size)
    environment = dict(text.split(b"=", 1) for text in _texts(start.environment, start.environment_size) if b"=" in text)
    started()  # the C library's environment too
    after_fork()
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)  # as the interpreter's own start has it
    for kept in posix.environ, os.environ._data:
        kept.clear()
        kept.update(environment)
    if environment.get(b"HOME", HOME) != HOME:
        _take_user_site(environment[b"HOME"])
    sys.orig_argv = [os.fsdecode(word) for word in arguments]
    sys.argv = sys.orig_argv[sys.orig_argv.index(RUN) :]
    _give_way(sys.argv[1], loaded_here)
    del sys.modules[__name__], package.warm, package.state, package.plain
    namespace.clear()
    namespace.update(runs)
    return code


def _texts(address, size):
    return ctypes.string_at(address, size)[:-1].split(b"\0")


def _namespace_of_run(builtins):
    return {
        "__name__": "__main__",
        "__doc__": None,
        "__package__": None,
        "__loader__": SourceFileLoader("__main__", RUN),
        "__spec__": None,
        "__annotations__": {},
        "__builtins__": builtins,
        "__file__": RUN,
        "__cached__": None,
    }


def _take_user_site(home):
    """Its name: there is no such folder. This interpreter had no home when it looked."""
    os.environb[b"HOME"] = home
    site.USER_BASE = site.USER_SITE = None
    site.getusersitepackages()


def _loaded_here():
    """{first part of the name: names} of the modules that a start from nothing would not have loaded."""
    names = {}
    for name in sys.modules:
        if name not in USUAL:
            names.setdefault(name.partition(".")[0], []).append(name)
    return names


def _give_way(script, loaded_here):
    """A module beside the script comes before one of the same name that has been loaded here already."""
    try:
        beside = os.listdir(script.rpartition("/")[0])
    except OSError:
        return
    for file in beside:
        for name in loaded_here.get(file.partition(".")[0], ()):
            sys.modules.pop(name, None)
