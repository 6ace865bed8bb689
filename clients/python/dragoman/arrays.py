"""numpy's types for components. Imported only when a script gives a column to numpy."""

import numpy

_TYPES = {
    "bool": "?",
    "i8": "i1",
    "i16": "i2",
    "i32": "i4",
    "i64": "i8",
    "u8": "u1",
    "u16": "u2",
    "u32": "u4",
    "u64": "u8",
    "f32": "f4",
    "f64": "f8",
    "entity": "u8",
}


def dtype(fields, size):
    """`fields`: (name, type, count or 0, offset)."""
    return numpy.dtype(
        {
            "names": [name for name, _, _, _ in fields],
            "formats": [(_TYPES[kind], (count,)) if count else _TYPES[kind] for _, kind, count, _ in fields],
            "offsets": [offset for _, _, _, offset in fields],
            "itemsize": size,
        }
    )
