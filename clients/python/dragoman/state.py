"""What a script knows, given to its next version and taken from the one before: one JSON value. docs/hot-reload.md."""

from . import json_text
from .failure import describe
from .plain import KINDS, TooLong, attributes, measure, text_of_attributes
from .session import GIVES, TAKES, hook

LONGEST = 16 << 20  # characters, which are bytes: the text is ASCII
RANDOM = "__random__"
GAMES_OWN = {"players", "params", "seed", "round", "frame", "dt", "absent", "lost", "world", "_random", "_random_round"}


class NoState(Exception):
    """The hook has returned, but not what can be a state."""

    def __init__(self, message, code="bad_value"):
        super().__init__(message)
        self.code = code


def _too_long():
    return NoState(f"the state is longer than {LONGEST >> 20} MiB", "too_long")


def answer(here):
    """To a broker that asks."""
    try:
        here.channel.send_line(f'__state__ {{"state": {_text(here)}}}')
    except (SystemExit, KeyboardInterrupt):
        raise
    except NoState as error:
        here.channel.send("__state__", {"error": _complain(here, error)})
    except BaseException as error:  # also where there was no memory for the text: then nothing has been sent
        here.channel.send("__state__", {"error": describe(error)})


def take(here):
    """Asks for the state of the version before, and waits for it."""
    it = here.kept
    restore = hook(it, TAKES)
    if restore is None and (hook(it, GIVES) or not _keeps_attributes(here)):
        return
    here.channel.send("__state__", {"ask": True})
    while "give" not in (body := here.next_state()):
        if not body.get("ask"):
            return  # the version before had nothing to give after all
        answer(here)
    state = body["give"]
    if _is_game(it) and isinstance(state, dict) and RANDOM in state:
        _take_random(it, state.pop(RANDOM))
    if restore is not None:
        restore(state)
    else:
        _take_attributes(here, state)


def _text(here):
    it = here.kept
    give = hook(it, GIVES)
    if it is None:
        raise NoState("this script is still being made", "no_state")
    if give is not None:
        text = _encode(give())
    elif _keeps_attributes(here):
        try:
            text, unfit = text_of_attributes(it, GAMES_OWN if _is_game(it) else (), LONGEST)
        except TooLong:
            raise _too_long() from None
        if unfit and not here.told_unfit:
            here.told_unfit = True
            here.log("debug", f"not kept over a reload, since they are no plain data: {', '.join(unfit)}")
    else:
        raise NoState("this script has nothing that gives a state", "no_state")
    if text.startswith("{") and _is_game(it) and it.__dict__.get("_random_round") == (it.seed, it.round):
        more = f'"{RANDOM}": {_encode({"of": it._random_round, "state": it._random.getstate()})}'
        text = f"{text[:-1]}{', ' if len(text) > 2 else ''}{more}}}"
    if len(text) > LONGEST:
        raise _too_long()
    return text


def _encode(value):
    try:
        text = json_text.quick_encode(value, LONGEST) if json_text.quick_encode else None
        if text is None:
            measure(value, LONGEST)
            text = json_text.encode(value, "the state")
        json_text.check_text(text, "the state")
        return text
    except TooLong:
        raise _too_long() from None
    except (TypeError, ValueError, RecursionError) as error:
        raise NoState(str(error)) from None


def _complain(here, error):
    """As describe() would, but at the hook."""
    body = {"code": error.code, "message": str(error), "trace": "", "file": here.script}
    code = getattr(hook(here.kept, GIVES), "__code__", None)
    if code is not None:
        from .failure import keep_lines, source_of

        file, line = code.co_filename, code.co_firstlineno
        keep_lines(file)
        body |= {"file": file, "line": line, "source": (source_of(file, line) or "").strip()}
    return body


def _is_game(it):
    from sys import modules

    game = modules.get("dragoman.game")
    return game is not None and isinstance(it, game.Game)


def _keeps_attributes(here):
    return _is_game(here.kept) or bool(here.broker.get("keep_attributes")) and here.kept is not here.module


def _take_attributes(here, state):
    it = here.kept
    if not isinstance(state, dict):
        raise TypeError(f"attributes are kept as an object, and the version before gave a {type(state).__name__}")
    own = GAMES_OWN if _is_game(it) else ()
    there = dict(attributes(it))
    everything = here.broker.get("keep_attributes")
    passed_over = []
    for name, value in state.items():
        if name in own or name in there and not everything:
            continue
        if name in there and type(there[name]) not in KINDS or name not in there and _is_taken(type(it), name):
            passed_over.append(name)
            continue
        try:
            setattr(it, name, value)
        except AttributeError:
            passed_over.append(name)
    if passed_over:
        here.log("debug", f"not taken from the version before, since they are something else now: {', '.join(passed_over)}")


def _is_taken(kind, name):
    """By a method or a property, which the attribute would hide."""
    value = getattr(kind, name, None)
    return callable(value) or hasattr(value, "__get__")


def _take_random(game, kept):
    from random import Random

    if not isinstance(kept, dict) or not isinstance(kept.get("state"), list):
        return  # of a game in another language: another generator
    version, numbers, gauss = kept["state"]
    game._random = Random()
    game._random.setstate((version, tuple(numbers), gauss))
    game._random_round = tuple(kept["of"])
