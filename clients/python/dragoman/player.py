"""The loop around MLPlay, in all the forms that MLGame has called it over the years."""

from types import MethodType

VARARGS, VARKEYWORDS = 4, 8  # bits of co_flags; `inspect` would take longer to import than all of this


class Parameters:
    """What a function can be called with, leaving out `self`."""

    def __init__(self, function, bound):
        while hasattr(function, "__wrapped__"):
            function = function.__wrapped__
        if isinstance(function, MethodType):
            function, bound = function.__func__, True
        code = getattr(function, "__code__", None)
        self.known = code is not None
        if not self.known:
            return
        count = code.co_argcount
        self.positional = list(code.co_varnames[1 if bound and count else 0 : count])
        self.keyword_only = code.co_varnames[count : count + code.co_kwonlyargcount]
        self.more = bool(code.co_flags & VARARGS)
        self.more_keywords = bool(code.co_flags & VARKEYWORDS)

    def named(self, name):
        return name in self.positional or name in self.keyword_only


def play(here, MLPlay):
    ml = _construct(here, MLPlay)
    here.keep(ml)
    here.ready()
    keyboard = _wants_keyboard(ml.update)
    next_scene, command = here.scene, here.command
    while True:
        scene = next_scene()
        over = scene.get("status", "GAME_ALIVE") != "GAME_ALIVE"
        if keyboard:
            answer = ml.update(scene, [])
        elif keyboard is None:
            answer = ml.update(scene, keyboard=[])
        else:
            answer = ml.update(scene)
        if over or (isinstance(answer, str) and answer == "RESET"):
            here.reset()
            if hasattr(ml, "reset"):
                ml.reset()
            here.ready()
        else:
            command(answer)


def play_loop(here, ml_loop):
    """MLGame beta 6: the script has the loop, and calls mlgame.communication.ml."""
    args, kwargs = arguments(Parameters(ml_loop, False), here.init_args())
    here.keep(here.module)
    ml_loop(*args, **kwargs)


def _construct(here, MLPlay):
    constructor = getattr(MLPlay, "__init__", None) if isinstance(MLPlay, type) else MLPlay
    if constructor is object.__init__:
        return MLPlay()
    args, kwargs = arguments(Parameters(constructor, isinstance(MLPlay, type)), here.init_args())
    return MLPlay(*args, **kwargs)


def arguments(parameters, init):
    """The configured arguments, and the newer MLGame's ai_name and game_params, as far as there is room for them."""
    args, kwargs = list(init.get("args") or ()), dict(init.get("kwargs") or {})
    if not parameters.known:
        return args, kwargs
    broker = init.get("dragoman") or {}
    newer = {"ai_name": broker.get("name") or (args[0] if args else ""), "game_params": broker.get("params") or {}}
    kwargs = {name: value for name, value in kwargs.items() if parameters.more_keywords or parameters.named(name)}
    for name, value in newer.items():
        if parameters.named(name) or parameters.more_keywords:
            kwargs.setdefault(name, value)
    if any(name in parameters.positional for name in newer):
        return [], kwargs
    if not parameters.more:
        args = args[: len(parameters.positional)]
    for name in parameters.positional[: len(args)]:
        kwargs.pop(name, None)
    return args, kwargs


def _wants_keyboard(update):
    """Whether update takes it: True by position, None by keyword only, False not at all."""
    parameters = Parameters(update, False)
    if not parameters.known:
        return False
    if parameters.more or len(parameters.positional) > 1:
        return True
    return None if "keyboard" in parameters.keyword_only else False
