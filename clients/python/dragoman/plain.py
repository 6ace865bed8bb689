"""Plain data: None, bool, int, float, str, lists and tuples of these, dicts of these with str keys. Exactly these types:
what is derived from them would come back as another type."""

from . import json_text

KINDS = str, int, float, bool, type(None), list, tuple, dict
DEEPEST = 250


class TooDeep(ValueError):
    def __init__(self):
        super().__init__("the state is nested too deeply for JSON, or holds itself")


class TooLong(ValueError):
    def __init__(self, most):
        super().__init__(f"the state is longer than {most >> 20} MiB")


def attributes(it):
    """(name, value) of all that the object itself holds."""
    for kind in reversed(type(it).__mro__):
        slots = kind.__dict__.get("__slots__", ())
        for name in [slots] if isinstance(slots, str) else slots:
            if name.startswith("__") and not name.endswith("__"):
                name = f"_{kind.__name__.lstrip('_')}{name}"
            if name not in ("__dict__", "__weakref__") and hasattr(it, name):
                yield name, getattr(it, name)
    yield from list(getattr(it, "__dict__", {}).items())


def text_of_attributes(it, own, most):
    """The JSON text of the object's plain attributes, and the names of the others; `own` are left out."""
    parts, unfit, length = [], [], 0
    for name, value in attributes(it):
        if name in own:
            continue
        text = text_of(value, most)
        if text is None:
            unfit.append(name)
            continue
        parts.append(f"{json_text.encode(name)}: {text}")
        length += len(parts[-1])
        if length > most:
            raise TooLong(most)
    return f"{{{', '.join(parts)}}}", unfit


def text_of(value, most):
    """Its JSON text, or None where it is no plain data."""
    try:
        text = json_text.quick_encode(value, most) if json_text.quick_encode else None
        if text is None:
            measure(value, most)
            if not is_plain(value):
                return None
            text = json_text.encode(value)
        json_text.check_text(text, "it")
        return text
    except TooLong:
        raise
    except ValueError:
        return None


def is_plain(value):
    """Of what has been measured."""
    waiting = [value]
    while waiting:
        value = waiting.pop()
        kind = type(value)
        if kind is list or kind is tuple:
            waiting += value
        elif kind is dict:
            if not all(type(key) is str for key in value):
                return False
            waiting += value.values()
        elif kind not in KINDS or kind is float and value - value != 0:
            return False
    return True


def measure(value, most):
    """Raises TooLong where its text is certainly longer than that, before anybody writes it: a few lists that hold each
    other many times over make a text without end."""
    length, waiting = 0, [(value, 0)]
    while waiting:
        value, depth = waiting.pop()
        length += len(value) + 2 if isinstance(value, str) else 1
        if length > most:
            raise TooLong(most)
        if depth > DEEPEST:
            raise TooDeep
        if isinstance(value, dict):
            length += sum(len(key) if isinstance(key, str) else 1 for key in value)
            waiting += [(item, depth + 1) for item in value.values()]
        elif isinstance(value, (list, tuple)):
            waiting += [(item, depth + 1) for item in value]
