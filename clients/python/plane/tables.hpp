#pragma once

#include "plane.hpp"

namespace dragoman::python {

bool make_tables_types(PyObject* module);

/// What a system's function is given: for t in tables.
PyObject* new_tables(std::uint32_t system);
/// Before another attach: everything that hangs on it is worth nothing from now on.
void forget_tables(PyObject* tables);

}  // namespace dragoman::python
