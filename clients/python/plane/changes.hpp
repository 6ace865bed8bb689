#pragma once

#include "plane.hpp"

namespace dragoman::python {

// For the module's table of functions.
PyObject* create_entity(PyObject*, PyObject* const* args, Py_ssize_t count, PyObject* names);
PyObject* create_many(PyObject*, PyObject* const* args, Py_ssize_t count, PyObject* names);
PyObject* destroy_many(PyObject*, PyObject* entities);
PyObject* batch_update(PyObject*, PyObject* const* args, Py_ssize_t count, PyObject* names);
PyObject* query_entities(PyObject*, PyObject* const* args, Py_ssize_t count, PyObject* names);

}  // namespace dragoman::python
