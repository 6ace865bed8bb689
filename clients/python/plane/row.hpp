#pragma once

#include "column.hpp"

namespace dragoman::python {

extern PyTypeObject* row_type;
bool make_row_type(PyObject* module);

/// t.Position[i]: its fields are attributes that read and write the column.
PyObject* new_row(Column* column, Py_ssize_t index);
/// entity.get_component("Position"): the same, wherever the row lies by then.
PyObject* new_row(const Component& component, dragoman_entity entity);

}  // namespace dragoman::python
