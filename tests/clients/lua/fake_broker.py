"""The broker's half of the data plane (ecs/layout/plane.h) and of its lines, by hand: enough to run systems."""

import json
import os
import select
import socket
import struct
import subprocess
import time

from fake_columns import Component, Shared

MOST_TABLES, MOST_COMPONENTS, NAME_BYTES = 16384, 256, 72
NONE, NOWHERE = 0xFFFFFFFF, 0xFFFFFFFFFFFFFFFF
READ, WRITE, REPLACE, STAGED = 1, 2, 3, 4
TABLES_AT = 4096
COLUMNS_AT = TABLES_AT + 16 * MOST_TABLES
DIRECTORY_BYTES = COLUMNS_AT + 32 * MOST_COMPONENTS * MOST_TABLES
COMPONENT = struct.Struct("<72sQIIIIIIII")
SYSTEM = struct.Struct("<72sII16H256s")
VIEW_HEAD = struct.Struct("<IIIIQQQQQQ")
SYSTEMS_AT = VIEW_HEAD.size + COMPONENT.size * MOST_COMPONENTS
VIEW_BYTES = SYSTEMS_AT + SYSTEM.size * MOST_COMPONENTS
DEFAULTS_AT = (VIEW_BYTES + 4095) // 4096 * 4096
LISTS_AT = DEFAULTS_AT + 65536
LIST_BYTES = 4 * MOST_TABLES
MARKS_AT = 4096
HANDLES_AT = MARKS_AT + MOST_COMPONENTS * MOST_TABLES
MOST_HANDLES = 65536
COMMANDS_AT = HANDLES_AT + 8 * MOST_HANDLES
COMMAND_BYTES = 1 << 22
KINDS = {1: "create", 2: "create_many", 3: "destroy", 4: "add", 5: "remove", 6: "set"}


class Failed(Exception):
    """The script said __error__, or ended."""


class FakeBroker:
    def __init__(self, host, script, components, mode="in_place", spin=2000, arena_bytes=1 << 22):
        self.components = {}
        for number, (name, fields) in enumerate(components.items()):
            self.components[name] = Component(name, fields, number, arena_bytes)
        self.mode, self.spin = {"in_place": WRITE, "replace": REPLACE, "staged": STAGED}[mode], spin
        self.view = Shared("view", LISTS_AT + LIST_BYTES * 8)
        self.control = Shared("control", COMMANDS_AT + COMMAND_BYTES)
        self.directory = Shared("directory", DIRECTORY_BYTES)
        self.index, self.ids = Shared("index", 1 << 22), Shared("ids", 1 << 22)
        self.tables, self.entities, self.frame, self.systems = [], 0, 0, []
        self.directory.put("IIIIQQ", 0, 1, 0, len(self.components), 0, 1 << 22, 1 << 22)
        for component in self.components.values():
            self.directory.put("Q", 32 + 8 * component.id, arena_bytes if component.size else 0)
        self._start(host, script)

    # --- the script ---

    def _start(self, host, script):
        self.socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.go_bell, self.done_bell = (os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC) for _ in range(2))
        passed = (theirs.fileno(), self.go_bell, self.done_bell)
        environment = dict(os.environ, DRAGOMAN_PLANE=",".join(map(str, passed)))
        environment.pop("DRAGOMAN_OUTPUT", None)
        self.process = subprocess.Popen(
            [host, script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, pass_fds=passed,
            env=environment, cwd="/",
        )  # fmt: skip
        theirs.close()
        self.buffer, self.output = b"", []

    def say(self, header, body):
        self.process.stdin.write(f"{header} {json.dumps(body)}\n".encode())
        self.process.stdin.flush()

    def _hear(self, timeout):
        """Reads what is there, or comes in time."""
        if not select.select([self.process.stdout], [], [], timeout)[0]:
            return False
        got = os.read(self.process.stdout.fileno(), 65536)
        if not got:
            raise Failed("the script has ended: " + self.process.stderr.read().decode())
        self.buffer += got
        return True

    def _heard(self):
        """The next line of the conversation that was read. What is printed goes to `output`."""
        while b"\n" in self.buffer:
            line, _, self.buffer = self.buffer.partition(b"\n")
            header, _, body = line.decode().partition(" ")
            if not (header.startswith("__") and header.endswith("__")):
                self.output.append(line.decode())
            elif header == "__error__":
                raise Failed(json.loads(body))
            else:
                return header, body
        return None

    def line(self, timeout=10):
        """The next line of the conversation."""
        while True:
            if line := self._heard():
                return line
            if not self._hear(timeout):
                raise Failed("the script says nothing")

    def ready(self):
        """Says __init__; gives what the script's hello declares."""
        about = {"protocol": 1, "name": "movement", "role": "system"}
        self.say("__init__", {"args": [], "kwargs": {}, "dragoman": about})
        header, body = self.line()
        assert header == "__hello__", (header, body)
        self.hello = json.loads(body)
        header, body = self.line()
        while header == "__log__":
            self.output.append(json.loads(body)["message"])
            header, body = self.line()
        assert (header, body) == ("__command__", "READY"), (header, body)
        return self.hello

    def end(self):
        self.process.stdin.close()
        self.process.wait(10)
        self.output += (self.buffer + self.process.stdout.read()).decode().splitlines()
        self.buffer = b""
        return self.process.returncode

    def close(self):
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout, self.process.stderr, self.socket):
            pipe.close()
        for descriptor in (self.go_bell, self.done_bell):
            os.close(descriptor)
        arenas = [shared for component in self.components.values() for shared in (component.arena, component.staging)]
        for shared in [self.view, self.control, self.directory, self.index, self.ids, *arenas]:
            if shared:
                shared.close()

    # --- the world ---

    def _take(self, component, rows):
        offset = component.used
        component.used += (rows * component.size + 63) // 64 * 64
        return offset

    def add_table(self, rows, **values):
        """A table of the components that are named, each with values for all its rows, or one dict for each row."""
        number = len(self.tables)
        first = self.entities
        self.entities += rows
        self.directory.put("IIQ", TABLES_AT + 16 * number, rows, 0, 8 * first)
        for row in range(rows):
            self.ids.put("II", 8 * (first + row), first + row, 1)
            self.index.put("IIII", 16 * (first + row), number, row, 1, 0)
        for component in self.components.values():
            front = back = NOWHERE
            if component.name in values:
                front, back = self._take(component, rows), self._take(component, rows)
            self.directory.put("QQQQ", self._column_at(component.name, number), front, back, 1, 0)
        self.tables.append({"rows": rows, "names": set(values)})
        self.directory.put("I", 4, len(self.tables))
        for name, given in values.items():
            self.fill(name, number, given)
        return number

    def fill(self, name, table, values):
        component, rows = self.components[name], self.tables[table]["rows"]
        if component.size == 0:
            return
        values = values if isinstance(values, list) else [values] * rows
        data = b"".join(component.pack(one) for one in values)
        front = self.directory.get("Q", self._column_at(name, table))[0]
        component.arena.memory[front : front + len(data)] = data

    def _column_at(self, name, table):
        return COLUMNS_AT + 32 * (self.components[name].id * MOST_TABLES + table)

    def rows(self, name, table):
        component, count = self.components[name], self.tables[table]["rows"]
        front = self.directory.get("Q", self._column_at(name, table))[0]
        data = component.arena.memory[front : front + count * component.size]
        return [component.unpack(data[i * component.size :]) for i in range(count)]

    def handle(self, table, row):
        offset = self.directory.get("IIQ", TABLES_AT + 16 * table)[2]
        index, generation = self.ids.get("II", offset + 8 * row)
        return generation * 2**32 + index

    # --- the plane ---

    def _access(self, system, name):
        if system.get("exclusive"):
            return self.mode
        if name in system.get("write", []):
            return self.mode
        return READ if name in system.get("read", []) else 0

    def _matches(self, system, names):
        wanted = set(system.get("read", [])) | set(system.get("write", []))
        wanted = (wanted - set(system.get("optional", []))) | set(system.get("with", []))
        return wanted <= names and not names & set(system.get("without", []))

    def write_view(self):
        view = self.view
        head = (1, len(self.components), len(self.systems), self.spin, COMMANDS_AT + COMMAND_BYTES)
        VIEW_HEAD.pack_into(view.memory, 0, *head, HANDLES_AT, MOST_HANDLES, COMMANDS_AT, COMMAND_BYTES, MARKS_AT)
        sent, defaults, self.opened = [], DEFAULTS_AT, []
        for name, one in self.components.items():
            access = max((self._access(system, name) for system in self.systems), default=0)
            descriptor = staging = NONE
            if access and one.size:
                descriptor = 5 + len(sent)
                closed = access in (READ, STAGED)
                if closed:
                    self.opened.append(one.arena.read_only())
                sent.append(self.opened[-1] if closed else one.arena.descriptor)
            if access == STAGED and one.size:
                staging = 5 + len(sent)
                sent.append(one.staging.descriptor)
            view.memory[defaults : defaults + one.size] = one.defaults
            place = VIEW_HEAD.size + COMPONENT.size * one.id
            about = (0, one.id, one.size, one.alignment, access, descriptor, defaults, staging, 0)
            COMPONENT.pack_into(view.memory, place, name.encode(), *about)
            defaults += (one.size + 7) // 8 * 8
        for number, system in enumerate(self.systems):
            access = bytes(self._access(system, name) for name in self.components).ljust(MOST_COMPONENTS, b"\0")
            changed = [self.components[name].id for name in system.get("changed", [])]
            at = LISTS_AT + LIST_BYTES * number
            padded = changed + [0] * (16 - len(changed))
            place = SYSTEMS_AT + SYSTEM.size * number
            SYSTEM.pack_into(view.memory, place, system["name"].encode(), at, len(changed), *padded, access)
            matching = [i for i, table in enumerate(self.tables) if self._matches(system, table["names"])]
            view.put(f"I{len(matching)}I", at, len(matching), *matching)
        return sent

    def attach(self, change=None):
        """`change` may falsify what the line says of the components."""
        self.systems = self.hello["systems"]
        files = [self.view, self.control, self.directory, self.index, self.ids]
        sent = [one.descriptor for one in files] + self.write_view()
        socket.send_fds(self.socket, [b"d"], sent)
        for descriptor in self.opened:
            os.close(descriptor)
        about = [component.about() for component in self.components.values()]
        if change:
            change(about)
        body = {"components": about, "systems": [system["name"] for system in self.systems]}
        self.say("__update__", {"frame": 0, "attach": body})
        header, body = self.line()
        assert (header, json.loads(body)) == ("__done__", {"frame": 0}), (header, body)

    def prepare(self, name="", dt=0.5, creates=0):
        """Fills in the broker's part of the control page."""
        number = next((i for i, system in enumerate(self.systems) if system["name"] == name), 0)
        self.frame += 1
        for i in range(creates):
            self.control.put("II", HANDLES_AT + 8 * i, 1000000 + i, self.frame)
        go = self.control.get("I", 0)[0]
        self.control.put("IQdQQ", 4, number, 0, 0, 0, 0)
        self.control.put("I", 4, number)
        self.control.put("QdQQ", 8, self.frame, dt, 0, creates)
        self.control.put_word(0, (go + 1) & NONE)

    def run(self, name="", dt=0.5, creates=0, timeout=10):
        """One tick of a system by the shared word. Gives its commands."""
        self.prepare(name, dt, creates)
        if self.control.get("I", 68)[0]:
            os.eventfd_write(self.go_bell, 1)
        end = time.monotonic() + timeout
        while self.control.get("I", 64) != self.control.get("I", 0):
            self._hear(0.0002)
            if line := self._heard():
                raise Failed(f"the script says {line} in a run")
            if time.monotonic() > end:
                raise Failed("the system is not done")
        return self._finish()

    def run_by_line(self, name="", dt=0.5):
        self.prepare(name, dt)
        self.say("__update__", {"frame": self.frame, "system": name})
        header, body = self.line()
        assert (header, json.loads(body)) == ("__done__", {"frame": self.frame}), (header, body)
        return self._finish()

    def fault(self):
        """The component that it wrote though it had declared it as read."""
        number = self.control.get("I", 88)[0]
        return next((name for name, component in self.components.items() if component.id + 1 == number), None)

    def _finish(self):
        for name, component in self.components.items():
            for table in range(len(self.tables)):
                mark = MARKS_AT + component.id * MOST_TABLES + table
                if self.control.memory[mark]:
                    self.control.memory[mark] = 0
                    at = self._column_at(name, table)
                    front, back = self.directory.get("QQ", at)
                    if self.mode == REPLACE:
                        self.directory.put("QQ", at, back, front)
                    else:
                        end = front + self.tables[table]["rows"] * component.size
                        component.arena.memory[front:end] = component.staging.memory[front:end]
        return self._commands()

    def _commands(self):
        """(kind, count, handle, {component: rows}) for each."""
        used = self.control.get("Q", 72)[0]
        names = {component.id: component for component in self.components.values()}
        commands, at = [], COMMANDS_AT
        while at < COMMANDS_AT + used:
            kind, parts, count, size, index, generation = self.control.get("HHIQII", at)
            values, part_at = {}, at + 24
            for _ in range(parts):
                number, _, length = self.control.get("IIQ", part_at)
                component = names[number]
                data = self.control.memory[part_at + 16 : part_at + 16 + length]
                step = max(component.size, 1)
                values[component.name] = [component.unpack(data[i : i + step]) for i in range(0, length, step)]
                part_at += 16 + (length + 7) // 8 * 8
            commands.append((KINDS[kind], count, generation * 2**32 + index, values))
            at += size
        return commands
