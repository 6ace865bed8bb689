"""Plain data: None, bool, int, float, str, lists and tuples of these, dicts of these with str keys. Exactly these types:
what is derived from them would come back as another type."""

from . import json_text

CONTAINERS = list, tuple, dict
KINDS = str, int, float, bool, type(None), *CONTAINERS
DEEPEST = 250


class TooLong(ValueError):
    pass


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
            raise TooLong
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
    waiting, seen = [value], set()
    while waiting:
        value = waiting.pop()
        kind = type(value)
        if id(value) in seen:
            continue
        if kind in CONTAINERS:
            seen.add(id(value))
        if kind is list or kind is tuple:
            waiting += value
        elif kind is dict:
            if not all(type(key) is str for key in value):
                return False
            waiting += value.values()
        elif kind not in KINDS or kind is float and value - value != 0:
            return False
    return True


def _too_deep():
    return ValueError("the state is nested too deeply for JSON, or holds itself")


def measure(value, most):
    """Raises where its text is certainly longer than that, or cannot be, before anybody writes it: a few lists that hold
    each other many times over make a text without end."""
    known = {}  # {id of a container: (length, levels)}, or None while it is being measured

    def measured(value, depth):
        if isinstance(value, str):
            return len(value) + 2, 0
        if not isinstance(value, (dict, list, tuple)):
            if isinstance(value, int) and not -(1 << 63) <= value < 1 << 64:
                raise ValueError("the state holds an integer of more than 64 bits")
            return 1, 0
        found = known.get(id(value), ())
        if found == ():
            known[id(value)] = None
            found = known[id(value)] = of_container(value, depth)
        if found is None or depth + found[1] > DEEPEST:
            raise _too_deep()
        return found

    def of_container(container, depth):
        if depth > DEEPEST:
            raise _too_deep()
        length, levels = 2, 0
        if isinstance(container, dict):
            length += sum(len(key) + 4 if isinstance(key, str) else 4 for key in container)
            container = container.values()
        for item in container:
            more, below = measured(item, depth + 1)
            length += more + 1
            levels = max(levels, below)
            if length > most:
                raise TooLong
        return length, levels + 1

    if measured(value, 0)[0] > most:
        raise TooLong
