"""A broker that is just enough for one script with systems: a world of tables in memfds, laid out as ecs/layout/plane.h
says, and the lines of docs/protocol.md section 8. Its tables never change their shape; commands are only decoded."""

import ctypes
import fcntl
import json
import mmap
import os
import select
import socket
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path

MOST_TABLES, MOST_COMPONENTS, MOST_SYSTEMS = 16384, 256, 256
NONE, NOWHERE = 0xFFFFFFFF, 0xFFFFFFFFFFFFFFFF
READ, WRITE, REPLACE, STAGED = 1, 2, 3, 4
FORMATS = {
    "bool": "?", "i8": "b", "i16": "h", "i32": "i", "i64": "q", "u8": "B", "u16": "H", "u32": "I", "u64": "Q",
    "f32": "f", "f64": "d", "entity": "Q",
}  # fmt: skip
COMMANDS = {1: "create", 2: "create_many", 3: "destroy", 4: "add", 5: "remove", 6: "set"}
u8, u16, u32, u64, f64 = ctypes.c_uint8, ctypes.c_uint16, ctypes.c_uint32, ctypes.c_uint64, ctypes.c_double
name_bytes = ctypes.c_char * 72


class Table(ctypes.Structure):
    _fields_ = [("rows", u32), ("reserved", u32), ("entities", u64)]


class ColumnPlace(ctypes.Structure):
    _fields_ = [("front", u64), ("back", u64), ("version", u64), ("reserved", u64)]


class Directory(ctypes.Structure):
    _fields_ = [("plane_version", u32), ("tables", u32), ("components", u32), ("reserved", u32)]
    _fields_ += [("index_bytes", u64), ("ids_bytes", u64), ("arena_bytes", u64 * MOST_COMPONENTS)]


class ViewComponent(ctypes.Structure):
    _fields_ = [("name", name_bytes), ("hash", u64), ("id", u32), ("size", u32), ("alignment", u32), ("access", u32)]
    _fields_ += [("descriptor", u32), ("defaults", u32), ("staging", u32), ("reserved", u32)]


class ViewSystem(ctypes.Structure):
    _fields_ = [("name", name_bytes), ("list", u32), ("changed", u32), ("changed_ids", u16 * 16)]
    _fields_ += [("access", u8 * MOST_COMPONENTS)]


class View(ctypes.Structure):
    _fields_ = [("plane_version", u32), ("components", u32), ("systems", u32), ("spin_us", u32), ("control_bytes", u64)]
    _fields_ += [("handles", u64), ("most_handles", u64), ("commands", u64), ("command_bytes", u64), ("written", u64)]
    _fields_ += [("component", ViewComponent * MOST_COMPONENTS), ("system", ViewSystem * MOST_SYSTEMS)]


class Control(ctypes.Structure):
    _fields_ = [("go", u32), ("system", u32), ("tick", u64), ("dt", f64), ("since", u64), ("handles_ready", u64)]
    _fields_ += [("broker_sleeps", u32), ("broker_reserved", u32), ("pad", u8 * 16)]
    _fields_ += [("done", u32), ("script_sleeps", u32), ("command_bytes", u64), ("handles_used", u64), ("pad2", u8 * 40)]


COLUMNS_OFFSET = 4096 + ctypes.sizeof(Table) * MOST_TABLES
DIRECTORY_BYTES = COLUMNS_OFFSET + ctypes.sizeof(ColumnPlace) * MOST_COMPONENTS * MOST_TABLES
LIST_BYTES = 4 * MOST_TABLES
DEFAULTS = ctypes.sizeof(View) + 64
MOST_HANDLES, COMMAND_BYTES = 4096, 8 << 20


WARM_START = os.environ.get("WARM_START")  # the program of that name: then scripts are forked instead of started


def take_places(descriptors):
    """In the child: they become 3, 4, ..."""
    high = [fcntl.fcntl(descriptor, fcntl.F_DUPFD, 64) for descriptor in descriptors]
    for place, descriptor in enumerate(high, 3):
        os.dup2(descriptor, place)


class File:
    """A memfd that is mapped here."""

    def __init__(self, name, size):
        self.descriptor = os.memfd_create(name)
        os.ftruncate(self.descriptor, size)
        self.memory = mmap.mmap(self.descriptor, size)

    def at(self, kind, offset=0):
        return kind.from_buffer(self.memory, offset)


def aligned(offset, alignment=64):
    return -(-offset // alignment) * alignment


class Component:
    """A declaration with its place in a row."""

    def __init__(self, number, name, fields):
        self.id, self.name, self.fields = number, name, []
        end, self.alignment = 0, 1
        for declaration in fields:
            field, _, rest = declaration.partition(":")
            kind, _, default = rest.partition("=")
            kind, _, count = kind.strip().partition("[")
            count = int(count.rstrip("] ")) if count else 0
            told = {"name": field.strip(), "type": kind, "count": count, "offset": -1}
            if kind in FORMATS:
                size = struct.calcsize(FORMATS[kind])
                told["offset"] = end = aligned(end, size)
                end += size * (count or 1)
                self.alignment = max(self.alignment, size)
            told["default"] = json.loads(default) if default.strip() else ([0] * count if count else 0)
            self.fields.append(told)
        self.size = aligned(end, self.alignment)

    def told(self):
        return {"name": self.name, "id": self.id, "size": self.size, "alignment": self.alignment, "fields": self.fields}

    def pack(self, values):
        row = bytearray(self.size)
        for field in self.fields:
            if field["offset"] < 0:
                continue
            value = values.get(field["name"], field["default"])
            many = value if field["count"] else [value]
            struct.pack_into(f"<{len(many)}{FORMATS[field['type']]}", row, field["offset"], *many)
        return bytes(row)

    def unpack(self, row):
        values = {}
        for field in self.fields:
            if field["offset"] < 0:
                continue
            many = struct.unpack_from(f"<{field['count'] or 1}{FORMATS[field['type']]}", row, field["offset"])
            values[field["name"]] = list(many) if field["count"] else many[0]
        return values


class FakeBroker:
    """`tables`: [{component: [row as dict, ...]}]; `more`: components that the script does not declare."""

    def __init__(
        self, client, source, tables=(), more=None, spin=50, handles=1000, access_of=None, room=0, environment=None
    ):
        self.tables, self.more, self.spin, self.ready_handles = list(tables), more or {}, spin, handles
        self.access_of = access_of or {}
        self.room = room
        self.folder = tempfile.TemporaryDirectory()
        script = Path(self.folder.name, "a_script.py")
        script.write_text(source)
        ours, theirs = socket.socketpair()
        self.socket = ours
        self.go, self.done = os.eventfd(0), os.eventfd(0)
        self.output = tempfile.TemporaryFile("w+")
        variables = {"DRAGOMAN_OUTPUT": "3", "DRAGOMAN_PLANE": "4,5,6"} | (environment or {})
        ends = self.output.fileno(), theirs.fileno(), self.go, self.done
        self.process = subprocess.Popen(
            [WARM_START, str(script)] if WARM_START else ["/usr/bin/python3", "-u", str(Path(client) / "run.py"), str(script)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.output,
            pass_fds=(3, 4, 5, 6), preexec_fn=lambda: take_places(ends), env=os.environ | variables,
        )  # fmt: skip
        theirs.close()
        self.ticks = 0
        self.unheard = []  # lines that a tick has come upon

    def start(self):
        """Up to and with attach; the script's __hello__."""
        self.say("__init__", {"args": [], "kwargs": {}, "dragoman": {"protocol": 1, "name": "s", "role": "system"}})
        self.hello = self.expect("__hello__")
        self.expect("__command__")
        self.attach()
        return self.hello

    def attach(self):
        self.lay_out(self.hello)
        files = [self.view_file, self.control_file, self.directory_file, self.index_file, self.ids_file, *self.arena_list]
        socket.send_fds(self.socket, [b"x"], [file.descriptor for file in files])
        systems = [system["name"] for system in self.hello["systems"]]
        told = [component.told() for component in self.components]
        self.say("__update__", {"frame": 0, "attach": {"components": told, "systems": systems}})
        self.expect("__done__")

    # --- lines ---

    def say(self, header, body):
        self.process.stdin.write(f"{header} {json.dumps(body)}\n".encode())
        self.process.stdin.flush()

    def hear(self):
        """The next line with a header, as (header, body); None at the end."""
        return self.unheard.pop(0) if self.unheard else self._read()

    def _read(self):
        while line := self.process.stdout.readline().decode():
            header, _, body = line.rstrip("\n").partition(" ")
            if header.startswith("__"):
                return header, body if body == "READY" else json.loads(body)
        return None

    def expect(self, header):
        heard = self.hear()
        if not heard or heard[0] != header:
            raise AssertionError(f"{header} expected, not {heard}: {self.errors()}")
        return heard[1]

    def errors(self):
        """What the script has printed, and its stderr."""
        self.output.seek(0)
        return self.output.read()

    def end(self):
        self.process.stdin.close()
        code = self.process.wait(10)
        self.process.stdout.close()
        self.folder.cleanup()
        self.output.close()
        self.socket.close()
        for descriptor in (self.go, self.done):
            os.close(descriptor)
        return code

    # --- the world ---

    def lay_out(self, hello):
        declared = self.more | {component["name"]: component["fields"] for component in hello["components"]}
        self.components = [Component(number, name, fields) for number, (name, fields) in enumerate(declared.items())]
        self.by_name = {component.name: component for component in self.components}
        if len(self.tables) > MOST_TABLES:
            raise ValueError("too many tables")
        self.view_file = File("view", DEFAULTS + MOST_COMPONENTS * 1024 + LIST_BYTES * (len(hello["systems"]) + 1))
        written = 4096 + MOST_HANDLES * 8 + COMMAND_BYTES
        control_bytes = written + MOST_COMPONENTS * MOST_TABLES
        self.control_file = File("control", control_bytes)
        self.directory_file = File("directory", DIRECTORY_BYTES)
        self.view, self.control = self.view_file.at(View), self.control_file.at(Control)
        view = self.view
        view.plane_version, view.components, view.systems = 1, len(self.components), len(hello["systems"])
        view.spin_us, view.control_bytes, view.written = self.spin, control_bytes, written
        view.handles, view.most_handles = 4096, MOST_HANDLES
        view.commands, view.command_bytes = 4096 + MOST_HANDLES * 8, COMMAND_BYTES
        self.tell_systems(hello["systems"])
        self.place_rows()
        handles = (u64 * MOST_HANDLES).from_buffer(self.control_file.memory, view.handles)
        for number in range(MOST_HANDLES):
            handles[number] = 1 << 32 | (self.entities + number)

    def accesses(self, system):
        """{component's name: access} of a system as __hello__ declares it."""
        if system.get("exclusive"):
            return {component.name: WRITE for component in self.components}
        written = REPLACE if system.get("mode") == "replace" else WRITE
        access = {name: READ for name in system.get("read", ())}
        return access | {name: self.access_of.get(name, written) for name in system.get("write", ())}

    def tell_systems(self, systems):
        strongest = {}
        for number, system in enumerate(systems):
            told = self.view.system[number]
            told.name = system["name"].encode()
            access = self.accesses(system)
            for name, kind in access.items():
                told.access[self.by_name[name].id] = kind
                strongest[name] = max(strongest.get(name, 0), kind)
            told.changed = len(system.get("changed", ()))
            for i, name in enumerate(system.get("changed", ())):
                told.changed_ids[i] = self.by_name[name].id
            told.list = DEFAULTS + MOST_COMPONENTS * 1024 + LIST_BYTES * number
            needed = (set(access) - set(system.get("optional", ()))) | set(system.get("with", ()))
            if system.get("exclusive"):
                needed = set()
            unwanted = set(system.get("without", ()))
            tables = enumerate(self.tables)
            matching = [i for i, table in tables if needed <= set(table) and not unwanted & set(table)]
            packed = struct.pack(f"<{len(matching) + 1}I", len(matching), *matching)
            self.view_file.memory[told.list : told.list + len(packed)] = packed
        self.arena_list, self.arenas = [], {}
        for component in self.components:
            told = self.view.component[component.id]
            told.name, told.id = component.name.encode(), component.id
            told.size, told.alignment = component.size, component.alignment
            told.access = strongest.get(component.name, 0)
            told.defaults = DEFAULTS + component.id * 1024
            defaults = component.pack({})
            self.view_file.memory[told.defaults : told.defaults + len(defaults)] = defaults
            told.descriptor = told.staging = NONE
            if told.access and component.size:
                told.descriptor = self.add_arena(component)
            if told.access == STAGED and component.size:
                told.staging = self.add_arena(component, "staging")

    def add_arena(self, component, kind="arena"):
        room = sum(aligned(len(table.get(component.name, ())) * component.size) for table in self.tables)
        file = self.arenas[component.name, kind] = File(component.name, aligned(max(2 * room, 1) + self.room, 4096))
        self.arena_list.append(file)
        return 4 + len(self.arena_list)

    def place_rows(self):
        self.entities = sum(len(next(iter(table.values()))) for table in self.tables) + 1  # handle 0 is nobody
        self.index_file = File("index", aligned(16 * (self.entities + MOST_HANDLES), 4096))
        self.ids_file = File("ids", aligned(8 * self.entities, 4096))
        directory = self.directory_file.at(Directory)
        directory.plane_version, directory.tables, directory.components = 1, len(self.tables), len(self.components)
        directory.index_bytes, directory.ids_bytes = len(self.index_file.memory), len(self.ids_file.memory)
        self.directory = directory
        slots = (u32 * (4 * (self.entities + MOST_HANDLES))).from_buffer(self.index_file.memory)
        for number in range(self.entities + MOST_HANDLES):
            slots[4 * number] = NONE
        for component in self.components:
            for number in range(len(self.tables)):
                place = self.place(component, number)
                place.front = place.back = NOWHERE
        used = {component.name: 0 for component in self.components}
        entity = 1
        for number, table in enumerate(self.tables):
            told = self.directory_file.at(Table, 4096 + 16 * number)
            told.rows, told.entities = len(next(iter(table.values()))), 8 * entity
            for row in range(told.rows):
                slots[4 * entity : 4 * entity + 3] = (number, row, 1)
                struct.pack_into("<Q", self.ids_file.memory, 8 * entity, 1 << 32 | entity)
                entity += 1
            for name, rows in table.items():
                component = self.by_name[name]
                place = self.place(component, number)
                place.version = 1
                place.front, place.back = used[name], used[name] + aligned(len(rows) * component.size)
                used[name] = place.back + aligned(len(rows) * component.size)
                directory.arena_bytes[component.id] = used[name]
                if (name, "arena") in self.arenas:
                    data = b"".join(component.pack(row) for row in rows)
                    self.arenas[name, "arena"].memory[place.front : place.front + len(data)] = data

    def place(self, component, table):
        size = ctypes.sizeof(ColumnPlace)
        return self.directory_file.at(ColumnPlace, COLUMNS_OFFSET + size * (component.id * MOST_TABLES + table))

    def marked(self, name, table):
        return bool(self.control_file.memory[self.view.written + self.by_name[name].id * MOST_TABLES + table])

    def rows(self, name, table=0, buffer="front"):
        """The rows of a column as dicts."""
        component = self.by_name[name]
        place = self.place(component, table)
        memory = self.arenas[name, "staging" if buffer == "staging" else "arena"].memory
        start = place.back if buffer == "back" else place.front
        count = self.directory_file.at(Table, 4096 + 16 * table).rows
        ends = range(start, start + count * component.size, component.size)
        return [component.unpack(memory[at : at + component.size]) for at in ends]

    # --- ticks ---

    def begin(self, system=0, dt=0.5, since=0):
        control = self.control
        control.system, control.dt, control.since = system, dt, since
        control.tick, self.ticks = self.ticks, self.ticks + 1
        control.handles_ready = self.ready_handles
        control.command_bytes = control.handles_used = 0
        control.go += 1

    def tick(self, system=0, dt=0.5, since=0, timeout=10):
        """Runs it by the shared word; its commands."""
        self.begin(system, dt, since)
        if self.control.script_sleeps:
            os.eventfd_write(self.go, 1)
        end = time.monotonic() + timeout
        while self.control.done != self.control.go:
            if select.select([self.process.stdout], [], [], 0)[0]:
                heard = self._read()
                if heard is None or heard[0] == "__error__":
                    raise Failed(heard and heard[1])
                self.unheard.append(heard)  # said while the system ran, or after the run before
            if time.monotonic() > end:
                raise AssertionError(f"not done in {timeout} s: {self.errors()}")
            if self.control.script_sleeps:  # what a script on the way to sleep has missed
                os.eventfd_write(self.go, 1)
        return self.commands()

    def tick_by_line(self, system=0, dt=0.5):
        self.begin(system, dt)
        self.say("__update__", {"frame": 7, "system": self.hello["systems"][system]["name"]})
        heard = self.hear()
        if heard is None or heard[0] != "__done__":
            raise Failed(heard and heard[1])
        return self.commands()

    def commands(self):
        """[(kind, entity, {component: rows or None})]"""
        memory, at = self.control_file.memory, self.view.commands
        end, decoded = at + self.control.command_bytes, []
        while at < end:
            kind, parts, count, size, entity = struct.unpack_from("<HHIQQ", memory, at)
            inside, given = at + 24, {}
            for _ in range(parts):
                number, _, length = struct.unpack_from("<IIQ", memory, inside)
                component = self.components[number]
                ends = range(inside + 16, inside + 16 + length, component.size or 1)
                rows = [component.unpack(memory[i : i + component.size]) for i in ends]
                given[component.name] = rows or None
                inside += 16 + aligned(length, 8)
            decoded.append((COMMANDS[kind], entity, given) if kind != 2 else (COMMANDS[kind], entity, given, count))
            at += size
        return decoded


class Failed(Exception):
    """The script said __error__."""

    def __init__(self, body):
        super().__init__(body["message"] if body else "the script ended")
        self.body = body


if __name__ == "__main__":
    sys.exit("fake_broker.py is used by systems_test.py")
