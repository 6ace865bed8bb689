"""The broker's world as a game sees it. Writes wait here and travel in front of the next call that reads."""

from .json_text import encode


class World:
    def __init__(self, session):
        self._session = session
        self._writes = []  # each as JSON text: what the game changes in its own values afterwards changes nothing here

    def component(self, name, *fields):
        """Declares a component: component("Ball", "x: f32", "y: f32", "speed: f32 = 7")."""
        self._read("component", {"name": name, "fields": fields})

    def create(self, components=None):
        """A new entity: create({"Ball": {"x": 93, "y": 395}})."""
        return self._read("create", {"components": components or {}})

    def destroy(self, entity):
        self._write("destroy", {"entity": entity})

    def add(self, entity, component, values=None):
        self._write("add", {"entity": entity, "component": component, "values": values or {}})

    def remove(self, entity, component):
        self._write("remove", {"entity": entity, "component": component})

    def set(self, entity, component, values):
        """Changes the given fields only."""
        self._write("set", {"entity": entity, "component": component, "values": values})

    def get(self, entity, component):
        return self._read("get", {"entity": entity, "component": component})

    def alive(self, entity):
        return self._read("alive", {"entity": entity})

    def has(self, entity, component):
        return self._read("has", {"entity": entity, "component": component})

    def query(self, *components, with_=(), without=()):
        """A list of (entity, {first component}, {second component}, ...), in a fixed order."""
        params = {"components": components}
        if with_:
            params["with"] = [with_] if isinstance(with_, str) else with_
        if without:
            params["without"] = [without] if isinstance(without, str) else without
        return [tuple(row) for row in self._read("query", params)]

    def one(self, component):
        """The single row of query(component)."""
        rows = self.query(component)
        if len(rows) != 1:
            raise LookupError(f"exactly one entity with {component} expected, there are {len(rows)}")
        return rows[0]

    def batch(self, calls):
        """Several calls at once, [["set", {...}], ["get", {...}]]; all happen or none does. Their values as a list."""
        calls = list(calls)
        waiting = self._take()
        values = self._session.call_text(
            "world.batch", _batch(waiting + [encode(call, "the call") for call in calls])
        )
        return values[len(waiting) :]

    def _write(self, method, params):
        self._writes.append(encode([method, params], f"what {method} was given"))

    def _read(self, method, params):
        return self.call("world." + method, params)

    def call(self, method, params):
        """Any of the broker's calls about the world, after the writes that wait."""
        params = encode({} if params is None else params, f"what {method} was given")
        if not self._writes:
            return self._session.call_text(method, params)
        read = f"[{encode(method.removeprefix('world.'))}, {params}]"
        return self._session.call_text("world.batch", _batch([*self._take(), read]))[-1]

    def _take(self):
        writes, self._writes = self._writes, []
        return writes

    def take_changes(self):
        """The writes that wait, as the JSON text of a list."""
        return f"[{', '.join(self._take())}]"

    def forget(self):
        self._writes = []


def _batch(calls):
    return f'{{"calls": [{", ".join(calls)}]}}'
