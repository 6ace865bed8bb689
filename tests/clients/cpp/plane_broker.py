"""A small broker's side of the data plane, for tests of clients: a world that holds still but for what systems write.

Lays out ecs/layout/plane.h in memfds, speaks the lines of a script with systems, and reads its commands without making them.
"""

import ctypes
import json
import mmap
import os
import select
import socket
import struct
import subprocess
import time

NONE, NOWHERE = 0xFFFFFFFF, 0xFFFFFFFFFFFFFFFF
MOST_TABLES, MOST_COMPONENTS, MOST_SYSTEMS = 16384, 256, 256
TABLES = 4096
COLUMNS = TABLES + 16 * MOST_TABLES
DIRECTORY_BYTES = COLUMNS + 32 * MOST_COMPONENTS * MOST_TABLES
VIEW_COMPONENTS, VIEW_SYSTEMS = 64, 64 + 112 * MOST_COMPONENTS
VIEW_END = VIEW_SYSTEMS + 368 * MOST_SYSTEMS
LIST_BYTES = 4 * MOST_TABLES
HANDLES, MOST_HANDLES, COMMAND_BYTES = 4096, 4096, 1 << 20
COMMANDS = HANDLES + 8 * MOST_HANDLES
MARKS = COMMANDS + COMMAND_BYTES
CONTROL_BYTES = MARKS + MOST_COMPONENTS * MOST_TABLES
ACCESS = {"none": 0, "read": 1, "write": 2, "replace": 3}
KINDS = {1: "create", 2: "create_many", 3: "destroy", 4: "add", 5: "remove", 6: "set"}
TYPES = {"bool": "?", "i8": "b", "i16": "h", "i32": "i", "i64": "q", "u8": "B", "u16": "H", "u32": "I", "u64": "Q",
         "f32": "f", "f64": "d", "entity": "Q"}  # fmt: skip


class Component:
    """`fields` are declarations such as "x: f32", "v: i32[3]"; defaults come as one row."""

    def __init__(self, name, *fields, defaults=None):
        self.name, self.fields, self.format, offset = name, [], "", 0
        self.alignment = 1
        for field in fields:
            word, type_name = (part.strip() for part in field.split("=")[0].split(":"))
            type_name, _, count = type_name.rstrip("]").partition("[")
            size, count = struct.calcsize(TYPES[type_name]), int(count or 0)
            padding = -offset % size
            self.format += f"{padding}x{max(count, 1)}{TYPES[type_name]}"
            offset += padding
            self.fields.append({"name": word, "type": type_name, "count": count, "offset": offset, "default": 0})
            offset += size * max(count, 1)
            self.alignment = max(self.alignment, size)
        self.size = offset + -offset % self.alignment
        self.format = f"<{self.format}{self.size - offset}x"
        self.defaults = self.pack(defaults) if defaults else bytes(self.size)

    def pack(self, row):
        return struct.pack(self.format, *row)

    def unpack(self, data, offset=0):
        return struct.unpack_from(self.format, data, offset)


class File:
    def __init__(self, name, size):
        self.descriptor = os.memfd_create(name)
        os.ftruncate(self.descriptor, size)
        self.memory = mmap.mmap(self.descriptor, size)

    def __del__(self):
        os.close(self.descriptor)

    def put(self, format, offset, *values):
        struct.pack_into("<" + format, self.memory, offset, *values)

    def put_word(self, offset, value):
        """In one store: pack_into clears the bytes first, and whoever looks on would see that."""
        word = ctypes.c_uint32.from_buffer(self.memory, offset)
        word.value = value
        del word  # it holds the mapping open

    def get(self, format, offset):
        return struct.unpack_from("<" + format, self.memory, offset)[0]


class World:
    """`tables` are dictionaries: component -> its rows; a tag's rows are empty tuples."""

    def __init__(self, components, tables, arena_bytes=None):
        self.components, self.tables = components, tables
        self.number = {component.name: i for i, component in enumerate(components)}
        rows = sum(len(next(iter(table.values()))) for table in tables)
        self.directory = File("directory", DIRECTORY_BYTES)
        self.index = File("index", max(4096, 16 * (rows + MOST_HANDLES)))
        self.ids = File("ids", max(4096, 8 * rows + 64 * len(tables)))
        self.arenas = {}
        self.entities = []
        self.directory.put("4I", 0, 1, len(tables), len(components), 0)
        self.directory.put("2Q", 16, len(self.index.memory), len(self.ids.memory))
        for i, component in enumerate(components):
            if component.size:
                size = 8192 + sum(2 * component.size * len(t[component.name]) + 128 for t in tables if component.name in t)
                self.arenas[i] = File(component.name, size)
                self.directory.put("Q", 32 + 8 * i, size)
            for number in range(max(1, len(tables))):
                self.directory.put("4Q", self.column_at(i, number), NOWHERE, NOWHERE, 0, 0)
        self.fill()

    @staticmethod
    def column_at(component, table):
        return COLUMNS + 32 * (component * MOST_TABLES + table)

    def fill(self):
        used = dict.fromkeys(self.arenas, 64)
        ids_used = index = 0
        for number, table in enumerate(self.tables):
            rows = len(next(iter(table.values())))
            self.directory.put("IIQ", TABLES + 16 * number, rows, 0, ids_used)
            handles = []
            for row in range(rows):
                self.ids.put("2I", ids_used + 8 * row, index, 1)
                self.index.put("4I", 16 * index, number, row, 1, 0)
                handles.append((1 << 32) + index)
                index += 1
            self.entities.append(handles)
            ids_used += -(-8 * rows // 64) * 64
            for name, values in table.items():
                i, component = self.number[name], self.components[self.number[name]]
                front = used.get(i, 0)
                if component.size:
                    step = -(-component.size * rows // 64) * 64
                    for row, value in enumerate(values):
                        at = front + row * component.size
                        self.arenas[i].memory[at : at + component.size] = component.pack(value)
                    used[i] += 2 * step
                self.directory.put("4Q", self.column_at(i, number), front, front + step if component.size else NOWHERE, 1, 0)
        self.next_index = index

    def rows(self, table, name):
        i = self.number[name]
        component = self.components[i]
        front = self.directory.get("Q", self.column_at(i, table))
        return [component.unpack(self.arenas[i].memory, front + row * component.size) for row in range(len(self.tables[table][name]))]

    def swap(self, component, table):
        at = self.column_at(component, table)
        front, back = struct.unpack_from("<2Q", self.directory.memory, at)
        self.directory.put("2Q", at, back, front)


class Raised(Exception):
    """The script said __error__: its body."""


class Session:
    """One script with systems: start it, attach(), then run(system)."""

    def __init__(self, program, world, mode="in_place", spin_us=0, init=None):
        self.world, self.mode = world, mode
        self.socket, theirs = socket.socketpair()
        self.go, self.done = os.eventfd(0), os.eventfd(0)
        descriptors = (theirs.fileno(), self.go, self.done)
        environment = {"DRAGOMAN_PLANE": ",".join(map(str, descriptors)), "PATH": "/usr/bin:/bin"}
        command = program if isinstance(program, list) else [program]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment, pass_fds=descriptors
        )
        theirs.close()
        self.buffer, self.others, self.spin_us = b"", [], spin_us
        self.say("__init__", {"args": [], "kwargs": {}, "dragoman": {"protocol": 1, "role": "system", "name": "s", **(init or {})}})
        self.hello = self.wait_for("__hello__")
        self.wait_for("__command__")

    def close(self):
        """The conversation ends; the script's exit code."""
        if self.socket.fileno() < 0:
            return self.process.returncode
        self.process.stdin.close()
        self.process.wait(10)
        self.stderr = self.process.stderr.read().decode()
        self.process.stdout.close()
        self.process.stderr.close()
        self.socket.close()
        os.close(self.go)
        os.close(self.done)
        return self.process.returncode

    def say(self, header, body):
        self.process.stdin.write(f"{header} {json.dumps(body)}\n".encode())
        self.process.stdin.flush()

    def wait_for(self, *headers):
        deadline = time.monotonic() + 20
        while True:
            while b"\n" in self.buffer:
                line, _, self.buffer = self.buffer.partition(b"\n")
                header, _, body = line.decode().partition(" ")
                if header == "__error__" and header not in headers:
                    raise Raised(json.loads(body))
                if header in headers:
                    return body if body == "READY" else json.loads(body)
                self.others.append(line.decode())
            if not headers:
                return None
            ready, _, _ = select.select([self.process.stdout], [], [], max(0, deadline - time.monotonic()))
            if not ready:
                raise TimeoutError(f"no {headers}")
            self.read()

    def read(self):
        got = os.read(self.process.stdout.fileno(), 65536)
        if not got:
            raise EOFError(f"the script has ended: {self.process.stderr.read().decode()}")
        self.buffer += got

    def attach(self, descriptions=None):
        world, systems = self.world, self.hello["systems"]
        view, self.control = File("view", VIEW_END + LIST_BYTES * len(systems) + 65536), File("control", CONTROL_BYTES)
        view.put("4I6Q", 0, 1, len(world.components), len(systems), self.spin_us, CONTROL_BYTES, HANDLES, MOST_HANDLES, COMMANDS, COMMAND_BYTES, MARKS)
        written = ACCESS["replace" if self.mode == "replace" else "write"]
        most = [0] * len(world.components)
        for number, system in enumerate(systems):
            access = [0] * MOST_COMPONENTS
            exclusive = system.get("exclusive", False)
            for i, component in enumerate(world.components):
                if component.name in system.get("read", []):
                    access[i] = ACCESS["read"]
                if exclusive or component.name in system.get("write", []):
                    access[i] = written
                most[i] = max(most[i], access[i])
            changed = [world.number[name] for name in system.get("changed", [])]
            tables = [t for t, table in enumerate(world.tables) if self.matches(system, table)]
            at = VIEW_END + LIST_BYTES * number
            view.put("72s2I16H256B", VIEW_SYSTEMS + 368 * number, system["name"].encode(), at, len(changed), *changed, *[0] * (16 - len(changed)), *access)
            view.put(f"{1 + len(tables)}I", at, len(tables), *tables)
        defaults, descriptors = VIEW_END + LIST_BYTES * len(systems), []
        for i, component in enumerate(world.components):
            mapped = most[i] and i in world.arenas
            place = 5 + len(descriptors) if mapped else NONE
            if mapped:
                descriptors.append(world.arenas[i].descriptor)
            view.put("72sQ4I4I", VIEW_COMPONENTS + 112 * i, component.name.encode(), 0, i, component.size, component.alignment, most[i], place, defaults, NONE, 0)
            view.memory[defaults : defaults + component.size] = component.defaults
            defaults += -(-component.size // 64) * 64
        for i in range(MOST_HANDLES):
            self.control.put("2I", HANDLES + 8 * i, world.next_index + i, 1)
        socket.send_fds(self.socket, [b"a"], [view.descriptor, self.control.descriptor, world.directory.descriptor, world.index.descriptor, world.ids.descriptor, *descriptors])
        names = {0: "none", 1: "read", 2: "write", 3: "write"}
        components = descriptions or [
            {"name": c.name, "id": i, "size": c.size, "alignment": c.alignment, "hash": "0" * 16, "access": names[most[i]], "fields": c.fields}
            for i, c in enumerate(world.components)
        ]
        self.say("__update__", {"frame": 0, "attach": {"components": components, "systems": [system["name"] for system in systems]}})
        return self.wait_for("__done__")

    @staticmethod
    def matches(system, table):
        optional = system.get("optional", [])
        wanted = [*system.get("read", []), *system.get("write", []), *system.get("with", [])]
        return all(name in table or name in optional for name in wanted) and not any(name in table for name in system.get("without", []))

    def prepare(self, system, dt, tick, since):
        number = [declared["name"] for declared in self.hello["systems"]].index(system)
        control = self.control
        control.put("2Q", 72, 0, 0)
        control.put("IQdQQ", 4, number, tick, dt, since, self.hello["systems"][number].get("creates", 0))
        control.put("I", 40, 1)
        control.put_word(0, control.get("I", 0) + 1)

    def run(self, system, dt=0.5, tick=1, by_line=False, since=0):
        """The commands that it left. Everything was changed last when the world's counter was 1."""
        self.prepare(system, dt, tick, since)
        if by_line:
            self.say("__update__", {"frame": tick, "system": system})
            self.wait_for("__done__")
        else:
            os.eventfd_write(self.go, 1)
            deadline = time.monotonic() + 20
            while self.control.get("I", 64) != self.control.get("I", 0):
                ready, _, _ = select.select([self.done, self.process.stdout], [], [], max(0, deadline - time.monotonic()))
                if self.done in ready:
                    os.eventfd_read(self.done)
                elif ready:
                    self.read()
                    self.wait_for()  # for nothing: takes what is there
                else:
                    raise TimeoutError("the system is not done")
        self.swap_marked()
        return self.commands()

    def swap_marked(self):
        for i in range(len(self.world.components)):
            for table in range(len(self.world.tables)):
                at = MARKS + i * MOST_TABLES + table
                if self.control.memory[at]:
                    self.world.swap(i, table)
                    self.control.memory[at] = 0

    def commands(self):
        """(kind, handle, {component: rows or None}) of each."""
        memory, at, result = self.control.memory, COMMANDS, []
        end = at + self.control.get("Q", 72)
        while at < end:
            kind, parts, count, size, index, generation = struct.unpack_from("<HHIQII", memory, at)
            values, part = {}, at + 24
            for _ in range(parts):
                number, _, length = struct.unpack_from("<IIQ", memory, part)
                component = self.world.components[number]
                rows = [component.unpack(memory, part + 16 + i * component.size) for i in range(length // component.size)] if length else None
                values[component.name] = rows
                part += 16 + -(-length // 8) * 8
            result.append((KINDS[kind], (generation << 32) + index, values if kind != 2 else {**values, "count": count}))
            at += size
        return result
