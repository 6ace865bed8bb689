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
import threading  # noqa: E402, F401
import time  # noqa: E402, F401
import traceback  # noqa: E402, F401
import typing  # noqa: E402, F401
from importlib.machinery import SourceFileLoader  # noqa: E402

from . import failure, player  # noqa: E402, F401

try:
    from . import _dragoman  # noqa: F401
except ImportError:
    pass

RUN = sys.path[0] + "/run.py"

class Start(ctypes.Structure):
    _fields_ = (("arguments", ctypes.POINTER(ctypes.c_char_p)), ("environment", ctypes.POINTER(ctypes.c_char_p)))


def serve(namespace, library, tier):
    """Returns in a script's process only, with the code that comes next. `namespace` is __main__'s."""
    with open(RUN, "rb") as source:
        code = compile(source.read(), RUN, "exec", dont_inherit=True)
    launcher = ctypes.PyDLL(library)  # which keeps the interpreter's lock, as os.fork() does
    launcher.dragoman_serve.restype = ctypes.POINTER(Start)
    gc.collect()
    gc.freeze()  # else the first collection would copy all of this into each script's own memory
    start = launcher.dragoman_serve(tier.encode())
    if not start:
        os._exit(0)  # the broker is gone
    arguments, environment = _texts(start.contents.arguments), _texts(start.contents.environment)
    ctypes.pythonapi.PyOS_AfterFork_Child()
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)  # as the interpreter's own start has it
    _take_environment(environment)
    launcher.dragoman_started()
    sys.orig_argv = [os.fsdecode(word) for word in arguments]
    sys.argv = sys.orig_argv[sys.orig_argv.index(RUN) :]
    _take_user_site()
    _give_way(sys.argv[1])
    _forget(namespace)
    return code


def _texts(pointers):
    texts = []
    while pointers[len(texts)] is not None:
        texts.append(pointers[len(texts)])
    return texts


def _take_environment(texts):
    pairs = [text.split(b"=", 1) for text in texts]
    os.environb.clear()
    os.environb.update(pairs)
    posix.environ.clear()
    posix.environ.update(pairs)


def _take_user_site():
    """Its name: there is no such folder. This interpreter had another home when it looked."""
    site.USER_BASE = site.USER_SITE = None
    site.getusersitepackages()


def _give_way(script):
    """A module beside the script comes before one of the same name that has been loaded here already."""
    try:
        beside = os.listdir(os.path.dirname(script))
    except OSError:
        return
    stems = {file.partition(".")[0] for file in beside}
    for name in [name for name in sys.modules if name.partition(".")[0] in stems and name not in USUAL]:
        del sys.modules[name]


def _forget(namespace):
    """__main__ is run.py, and nobody was here."""
    del sys.modules[__name__], sys.modules["dragoman"].warm
    builtins = namespace["__builtins__"]
    namespace.clear()
    namespace.update(
        __name__="__main__",
        __doc__=None,
        __package__=None,
        __loader__=SourceFileLoader("__main__", RUN),
        __spec__=None,
        __annotations__={},
        __builtins__=builtins,
        __file__=RUN,
        __cached__=None,
    )
