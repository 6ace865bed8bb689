"""Loads the script, finds out what it is, and runs it to the end."""

import os
import sys
import time

from .session import GIVES, TAKES, hook, session
from .uses import watch_loaders

EXPECTED = {
    "player": "class MLPlay with update(self, scene_info) and reset(self)",
    "game": "class Game(dragoman.Game) with setup(self), update(self, commands), scenes(self) and result(self)",
    "system": "functions with @dragoman.system(read=[...], write=[...])",
    "verb": "public functions",
}


FunctionType, ModuleType = type(lambda: None), type(sys)  # importing `types` for them takes longer


class NotAScript(Exception):
    """The file loads, but does not define what could be run."""


class DoesNotCompile(Exception):
    """Its cause says why."""


def run(channel, script):
    here = session(channel)
    here.script = script = os.path.abspath(script)
    watch_loaders()
    role = "player"
    try:
        init = here.init_args()
        role = (init.get("dragoman") or {}).get("role", "player")
        here.module = module = _load(here, script)
        here.verbs = {
            name: value
            for name, value in vars(module).items()
            if type(value) is FunctionType and not name.startswith("_") and value.__module__ == module.__name__
        }
        role, start = _role_of(module, role)
        here.gives = _can_give(here, module, role)
        here.hello(role)
        start(here)
    except SystemExit:
        raise
    except KeyboardInterrupt:
        raise SystemExit(130) from None
    except (NotAScript, DoesNotCompile) as error:
        _fail(error.__cause__ or error, "compile_error", role)
    except BaseException as error:
        _fail(error, "raised", role)


def _fail(error, code, role):
    from .failure import fail

    fail(error, code, role)


def _load(here, script):
    folder, _, file = script.rpartition("/")
    stem = file.removesuffix(".py")
    usable = stem.isidentifier() and stem not in sys.modules and stem not in sys.stdlib_module_names
    module = ModuleType(stem if usable else "dragoman_script")
    module.__file__ = script
    sys.modules[module.__name__] = module
    client = sys.path[0]
    sys.path[0] = folder
    if folder.endswith("/ml"):
        sys.path.append(folder[:-3])  # MLGame's scripts import from the game's folder too
    sys.path.append(client + "/mlgame_compat")
    sys.argv = [script]
    try:
        here.loaded = time.time_ns()
        with open(script, "rb") as file:
            here.source = file.read()
        code = compile(here.source, script, "exec", dont_inherit=True)
    except (SyntaxError, ValueError) as error:
        raise DoesNotCompile from error
    try:
        exec(code, module.__dict__)
    except SyntaxError as error:
        raise DoesNotCompile from error
    return module


def _can_give(here, module, role):
    it = getattr(module, {"player": "MLPlay", "game": "Game"}.get(role, ""), module)
    if hook(it, GIVES) or hook(it, TAKES):
        return hook(it, GIVES) is not None
    return role == "game" or it is not module and bool((here.broker or {}).get("keep_attributes"))


def _declares_systems(wanted):
    declare = sys.modules.get("dragoman.declare")
    return declare is not None and bool(declare.systems or wanted == "system" and declare.components)


def _role_of(module, wanted):
    if wanted == "system" and _declares_systems(wanted):
        return _system()
    if wanted != "game" and callable(getattr(module, "MLPlay", None)):
        if isinstance(module.MLPlay, type) and not callable(getattr(module.MLPlay, "update", None)):
            raise NotAScript(f"MLPlay of {module.__file__} has no update(self, scene_info)")
        from .player import play

        return "player", lambda here: play(here, module.MLPlay)
    if wanted == "game" and isinstance(getattr(module, "Game", None), type):
        from .game import host

        return "game", lambda here: host(here, module.Game)
    if wanted == "player" and callable(getattr(module, "ml_loop", None)):
        from .player import play_loop

        return "player", lambda here: play_loop(here, module.ml_loop)
    if wanted == "verb" and session().verbs:
        return "verb", _serve
    if _declares_systems(wanted) and not hasattr(module, "Game"):
        return _system()
    there = ", ".join(name for name in vars(module) if not name.startswith("_")) or "nothing"
    expected = EXPECTED.get(wanted, wanted)
    raise NotAScript(f"a {wanted}'s script defines {expected}; {module.__file__} defines: {there}")


def _system():
    from .host import declare, host

    declare(session())
    return "system", host


def _serve(here):
    here.keep(here.module)
    here.ready()
    while True:
        here.update()
