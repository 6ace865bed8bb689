#pragma once

#include "plane.hpp"

namespace dragoman::python {

struct Values;

/// A component of a table: t.Position.
struct Column {
    PyObject_HEAD;
    dragoman_span span;  // all its numbers
    std::uint64_t epoch;
    const Component* component;
    std::uint32_t table;
    PyObject* name;
    std::vector<Values*> fields;  // by field, made when asked for; one more at the end: all numbers
    PyObject* array;              // numpy's, and where it lies
    const void* array_data;
};

/// Numbers, one or some for each row: a field of a column, all its numbers, the entities, or memory of its own.
struct Values {
    PyObject_HEAD;
    dragoman_span span;
    std::uint64_t epoch;
    bool array;  // rows are tuples
    PyObject* label;
    Column* column;  // where it lies; nullptr for the entities and for its own memory
    void* memory;    // its own
};

extern PyTypeObject* column_type;
extern PyTypeObject* values_type;
bool make_column_type(PyObject* module);
bool make_values_type(PyObject* module);

inline bool is_column(PyObject* object) { return Py_TYPE(object) == column_type; }
inline bool is_values(PyObject* object) { return Py_TYPE(object) == values_type; }

/// Of a component in one of the running system's tables; a new reference.
Column* new_column(const Component& component, std::uint32_t table);
/// Breaks the circle between a column and its fields: it is worth nothing from now on.
void forget_column(Column* column);
/// Its span for this run; false with an error where there is none.
bool refresh(Column* column);

/// Numbers that lie elsewhere and are worth something for one run.
Values* new_values(PyObject* label);
/// Zeros of its own.
Values* new_memory(std::uint8_t type, std::uint16_t lanes, bool array, std::size_t rows);

/// False with RuntimeError for what was kept from an earlier run.
bool still_good(std::uint64_t epoch, PyObject* label);
/// Makes `data` hold every row, for code that goes row by row.
inline void prepare(dragoman_span& span) {
    if (span.fresh && *span.fresh == 0) dragoman_span_prepare(&span);
}
/// ValueError: declared as read.
bool may_write(const dragoman_span& span, PyObject* label);

// buffer.cpp
int get_values_buffer(PyObject* object, Py_buffer* view, int flags);
void release_values_buffer(PyObject* object, Py_buffer* view);
/// numpy's structured array over a column: column.__array__(dtype, copy).
PyObject* array_of_column(PyObject* object, PyObject* const* args, Py_ssize_t count, PyObject* names);
/// The column's rows as a memoryview of bytes.
PyObject* bytes_of_column(PyObject* object, void*);
bool make_buffer_types(PyObject* module);
/// How many buffers over shared memory scripts hold.
std::size_t exported();

}  // namespace dragoman::python
