#pragma once

#include "plane.hpp"

namespace dragoman::python {

/// Entity: an int, the handle, with the calls about it.
extern PyTypeObject* entity_type;
bool make_entity_type(PyObject* module);

PyObject* new_entity(dragoman_entity entity);
/// The handle in an int; false with an error.
bool entity_of(PyObject* object, dragoman_entity& entity);
/// Handles as a column has them.
dragoman_span entity_span(const dragoman_entity* entities, std::uint64_t rows);

}  // namespace dragoman::python
