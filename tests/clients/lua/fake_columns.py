"""Shared memory, and components as rows of bytes."""

import ctypes
import json
import mmap
import os
import struct

TYPES = {
    "bool": "?", "i8": "b", "i16": "h", "i32": "i", "i64": "q", "u8": "B", "u16": "H", "u32": "I", "u64": "Q",
    "f32": "f", "f64": "d", "entity": "Q",
}  # fmt: skip


class Shared:
    """A memfd, mapped here."""

    def __init__(self, name, size):
        self.descriptor = os.memfd_create(name)
        os.ftruncate(self.descriptor, size)
        self.memory = mmap.mmap(self.descriptor, size)

    def put(self, form, offset, *values):
        struct.pack_into("<" + form, self.memory, offset, *values)

    def put_word(self, offset, value):
        """In one store: pack_into clears the bytes first, and whoever looks on would see that."""
        word = ctypes.c_uint32.from_buffer(self.memory, offset)
        word.value = value
        del word  # it holds the mapping open

    def get(self, form, offset):
        return struct.unpack_from("<" + form, self.memory, offset)

    def read_only(self):
        return os.open(f"/proc/self/fd/{self.descriptor}", os.O_RDONLY)

    def close(self):
        self.memory.close()
        os.close(self.descriptor)


class Component:
    def __init__(self, name, declarations, number, arena_bytes):
        self.name, self.id, self.fields, self.size, self.alignment, self.used = name, number, [], 0, 1, 0
        defaults = {}
        for declaration in declarations:
            field, _, rest = declaration.partition(":")
            kind, _, default = rest.partition("=")
            kind, _, count = kind.strip().partition("[")
            count = int(count.strip("] ")) if count else 0
            if kind not in TYPES:
                self.fields.append({"name": field.strip(), "type": kind, "count": 0, "offset": -1, "default": ""})
                continue
            size = struct.calcsize("<" + TYPES[kind])
            self.alignment = max(self.alignment, size)
            offset = (self.size + size - 1) // size * size
            self.size = offset + size * max(count, 1)
            told = {"name": field.strip(), "type": kind, "count": count, "offset": offset}
            told["default"] = json.loads(default) if default else 0
            self.fields.append(told)
            if default:
                defaults[told["name"]] = told["default"]
        self.size = (self.size + self.alignment - 1) // self.alignment * self.alignment
        self.defaults = self.pack(defaults)
        self.arena = Shared(name, arena_bytes) if self.size else None
        self.staging = Shared(name + "-staging", arena_bytes) if self.size else None

    def plain(self):
        return [field for field in self.fields if field["offset"] >= 0]

    def pack(self, values):
        row = bytearray(self.size)
        for field in self.plain():
            value = values.get(field["name"], 0)
            count = field["count"]
            given = value if isinstance(value, list) else [value] * max(count, 1)
            struct.pack_into(f"<{max(count, 1)}{TYPES[field['type']]}", row, field["offset"], *given)
        return bytes(row)

    def unpack(self, row):
        values = {}
        for field in self.plain():
            form = f"<{max(field['count'], 1)}{TYPES[field['type']]}"
            found = struct.unpack_from(form, row, field["offset"])
            values[field["name"]] = list(found) if field["count"] else found[0]
        return values

    def about(self):
        return {"name": self.name, "id": self.id, "size": self.size, "alignment": self.alignment, "fields": self.fields}
