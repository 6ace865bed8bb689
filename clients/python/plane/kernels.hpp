#pragma once

#include "plane.hpp"

namespace dragoman::python {

/// The kernels, under their names without `dragoman_`.
extern PyMethodDef kernel_methods[];

/// kernels.Grid
bool make_grid_type(PyObject* module);

}  // namespace dragoman::python
