"""What a script declares at its top level: components and systems."""

from .json_text import encode
from .player import Parameters

ORDERS = "Startup", "PreUpdate", "Update", "PostUpdate"
CREATED_BY_EXCLUSIVE = 65536

components = {}  # {name: declarations}
systems = []
attached = False  # whether the broker has told where the world is


class System:
    def __init__(self, function, told):
        self.function = function
        self.name = told["name"]
        self.told = told  # as __hello__ says it


def component(name, *fields):
    """component("Position", "x: f32", "y: f32 = 1"), or before a class whose annotations are its fields' types."""
    if isinstance(name, type):
        _component(name.__name__, _fields_of(name))
    else:
        _component(name, list(fields))
    return name


def _component(name, fields):
    if not isinstance(name, str):
        raise TypeError(f"component: a name expected, not {name!r}")
    for field in fields:
        if not isinstance(field, str):
            raise TypeError(f'component {name}: declarations such as "x: f32 = 1" expected, not {field!r}')
    if components.setdefault(name, fields) != fields:
        raise ValueError(f"component {name} is declared twice, as {components[name]} and as {fields}")


def _fields_of(kind):
    fields = []
    for name, annotation in kind.__dict__.get("__annotations__", {}).items():
        if not isinstance(annotation, str):
            raise TypeError(f'{kind.__name__}.{name}: a type as text expected, such as "f32", not {annotation!r}')
        annotation = annotation.strip("\"'")  # under `from __future__ import annotations` the quotes are part of it
        default = f" = {encode(getattr(kind, name), f'{kind.__name__}.{name}')}" if hasattr(kind, name) else ""
        fields.append(f"{name}: {annotation}{default}")
    return fields


def system(
    function=None,
    *,
    read=(),
    write=(),
    with_=(),
    without=(),
    optional=(),
    changed=(),
    order="Update",
    before=(),
    after=(),
    every=1,
    rate=None,
    mode=None,
    creates=0,
    exclusive=False,
    name=None,
):
    """Before a function of (tables, dt). docs/ecs.md says what each word means."""
    if order not in ORDERS:
        raise ValueError(f"system: order is one of {', '.join(ORDERS)}, not {order!r}")

    def declared(function):
        told = {"name": name or function.__name__, "order": order}
        for key, names in (("read", read), ("write", write), ("with", with_), ("without", without)):
            told[key] = _names(key, names)
        for key, names in (("optional", optional), ("changed", changed), ("before", before), ("after", after)):
            if names:
                told[key] = _names(key, names)
        for key, value, usual in (("every", every, 1), ("rate", rate, None), ("mode", mode, None), ("creates", creates, 0)):
            if value != usual:
                told[key] = value
        if exclusive:
            told["exclusive"] = True
        _add(System(function, told))
        return function

    return declared if function is None else declared(function)


def register_system(system_object):
    """An object, or a class of one, with `name`, `execution_order` and update(delta_time); access as attributes."""
    it = system_object() if isinstance(system_object, type) else system_object
    update = getattr(it, "update", None)
    if not callable(update):
        raise TypeError(f"register_system: {type(it).__name__} has no update(delta_time)")
    words = ("read", "write", "with_", "without", "optional", "changed", "before", "after")
    words += ("every", "rate", "mode", "creates", "exclusive")
    given = {word: getattr(it, word) for word in words if hasattr(it, word)}
    if not given.keys() & {"read", "write", "with_", "exclusive"}:
        given.setdefault("exclusive", True)
        given.setdefault("creates", CREATED_BY_EXCLUSIVE)
    wants_tables = len(getattr(Parameters(update, False), "positional", ())) > 1
    system(
        update if wants_tables else lambda tables, dt: update(dt),
        name=getattr(it, "name", type(it).__name__),
        order=getattr(it, "execution_order", "Update"),
        **given,
    )
    return system_object


def _names(key, names):
    if isinstance(names, (str, type)):
        names = [names]
    plain = [name.__name__ if isinstance(name, type) else name for name in names]
    for name in plain:
        if not isinstance(name, str):
            raise TypeError(f"system: {key} takes names, not {name!r}")
    return plain


def _add(added):
    if any(there.name == added.name for there in systems):
        raise ValueError(f"system {added.name} is declared twice")
    systems.append(added)


def hello():
    """What __hello__ says of them."""
    return {
        "components": [{"name": name, "fields": fields} for name, fields in components.items()],
        "systems": [system.told for system in systems],
    }


def check(told):
    """That the world's components are what the script takes them for."""
    there = {component["name"]: component["fields"] for component in told}
    for name, fields in components.items():
        if name not in there:
            raise RuntimeError(f"the world has no component {name}, which this script declares")
        ours = [_name_and_type(field) for field in fields]
        theirs = [(field["name"], _type_name(field)) for field in there[name]]
        for mine, other in zip(ours, theirs):
            if mine != other:
                raise RuntimeError(f"{name}.{mine[0]} is {mine[1]} here, but in the world {name}.{other[0]} is {other[1]}")
        if len(ours) != len(theirs):
            raise RuntimeError(f"{name} has {len(ours)} fields here, but {len(theirs)} in the world")


def _name_and_type(declaration):
    name, _, rest = declaration.partition(":")
    return name.strip(), rest.partition("=")[0].replace(" ", "")


def _type_name(field):
    return f"{field['type']}[{field['count']}]" if field.get("count") else field["type"]
