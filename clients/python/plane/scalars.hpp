#pragma once

#include <cstddef>

#include "plane.hpp"

namespace dragoman::python {

/// One scalar of a dragoman_type as a Python value. Bytes need not be aligned.
PyObject* read_scalar(std::uint8_t type, const void* bytes);
/// False with TypeError, OverflowError or ValueError, and nothing written.
bool write_scalar(std::uint8_t type, void* bytes, PyObject* value);

/// A row's scalars: a value where `array` is false, else a tuple.
PyObject* read_lanes(std::uint8_t type, std::uint16_t lanes, bool array, const void* bytes);
/// All of them or, with an error, none.
bool write_lanes(std::uint8_t type, std::uint16_t lanes, bool array, void* bytes, PyObject* value);

/// Where some scalars of consecutive rows lie.
struct Run {
    unsigned char* data;
    std::size_t stride;
    std::size_t rows;
    std::uint16_t lanes;
    std::uint8_t type;
    bool array;
};

/// The same value for all rows, or a sequence or buffer with one for each. On an error some rows may be written.
bool write_run(const Run& run, PyObject* value);

/// The character of the struct module, by dragoman_type: "f".
const char* format_of(std::uint8_t type);
/// The dragoman_type of a buffer's items, -1 where there is none.
int type_of_format(const char* format, std::size_t item_size);

/// "Position.x: ..." in front of the error that is set.
void name_error(PyObject* component, PyObject* field);

}  // namespace dragoman::python
