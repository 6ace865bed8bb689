// kernels.Grid: neighbours.
#include "kernel_call.hpp"
#include "kernels.hpp"
#include "scalars.hpp"

namespace dragoman::python {

namespace {

struct Grid {
    PyObject_HEAD;
    dragoman_grid* grid;
    std::uint16_t lanes;  // of its points; 0: not built
};

Grid* self_of(PyObject* object) { return reinterpret_cast<Grid*>(object); }

PyObject* new_grid(PyTypeObject* type, PyObject* args, PyObject*) {
    if (!PyArg_ParseTuple(args, ":Grid")) return nullptr;
    PyObject* object = type->tp_alloc(type, 0);
    if (!object) return nullptr;
    self_of(object)->grid = dragoman_grid_new();
    if (self_of(object)->grid) return object;
    Py_DECREF(object);
    return PyErr_NoMemory();
}

void dealloc(PyObject* object) {
    PyTypeObject* type = Py_TYPE(object);
    if (self_of(object)->grid) dragoman_grid_free(self_of(object)->grid);
    type->tp_free(object);
    Py_DECREF(type);
}

PyObject* build(PyObject* object, PyObject* const* args, Py_ssize_t count) {
    if (count != 2) return PyErr_Format(PyExc_TypeError, "build(points, cell)");
    Operand points;
    Argument<double> cell;
    if (!points.take(args[0], "Grid.build", 1) || !cell.take(args[1], "Grid.build", 2)) return nullptr;
    const int fault = dragoman_grid_build(self_of(object)->grid, points.span(), cell.number);
    const Operand* named = &points;
    if (fault != DRAGOMAN_KERNEL_OK) return raise_fault("Grid.build", fault, &named, 1);
    self_of(object)->lanes = points.span()->lanes;
    Py_RETURN_NONE;
}

/// near(point, radius, most=0): the rows of the points there.
PyObject* near(PyObject* object, PyObject* args, PyObject* keywords) {
    const char* names[] = {"point", "radius", "most", nullptr};
    PyObject* where = nullptr;
    double radius = 0;
    unsigned long long most = 0;
    if (!PyArg_ParseTupleAndKeywords(args, keywords, "Od|K:near", const_cast<char**>(names), &where, &radius, &most))
        return nullptr;
    Grid* self = self_of(object);
    if (self->lanes == 0 || self->lanes > 3)
        return PyErr_Format(PyExc_ValueError, "Grid.near: build(points, cell) comes first");
    double point[3] = {};
    if (!write_lanes(DRAGOMAN_F64, self->lanes, true, point, where)) return nullptr;
    std::uint64_t there = dragoman_grid_near(self->grid, point, radius, nullptr, 0);
    if (most > 0 && there > most) there = most;
    Values* rows = new_memory(DRAGOMAN_U32, 1, false, there);
    if (rows) dragoman_grid_near(self->grid, point, radius, static_cast<std::uint32_t*>(rows->memory), there);
    return reinterpret_cast<PyObject*>(rows);
}

/// sum(radius, most, values, sums, counts)
PyObject* sum(PyObject* object, PyObject* const* args, Py_ssize_t count) {
    if (count != 5) return PyErr_Format(PyExc_TypeError, "sum(radius, most, values, sums or None, counts or None)");
    Argument<double> radius;
    Operand values, sums, counts;
    if (!radius.take(args[0], "Grid.sum", 1)) return nullptr;
    const auto most = PyLong_AsUnsignedLong(args[1]);
    if (PyErr_Occurred()) return nullptr;
    if (!values.take_or_none(args[2], "Grid.sum", 3) || !sums.take_or_none(args[3], "Grid.sum", 4) ||
        !counts.take_or_none(args[4], "Grid.sum", 5))
        return nullptr;
    const int fault = dragoman_grid_sum(self_of(object)->grid, radius.number, static_cast<std::uint32_t>(most),
                                        values.span(), sums.span(), counts.span());
    if (fault == DRAGOMAN_KERNEL_OK) Py_RETURN_NONE;
    const Operand* named[] = {&values, &sums, &counts};
    return raise_fault("Grid.sum", fault, named, 3);
}

/// flock(velocity, old, *, radius, near, alignment, cohesion, separation, dt, most=0)
PyObject* flock(PyObject* object, PyObject* args, PyObject* keywords) {
    const char* names[] = {"velocity", "old",        "radius", "near", "alignment",
                           "cohesion", "separation", "dt",     "most", nullptr};
    PyObject *to = nullptr, *from = nullptr;
    dragoman_flock_rules rules = {};
    if (!PyArg_ParseTupleAndKeywords(args, keywords, "OO|$ddddddI:flock", const_cast<char**>(names), &to, &from,
                                     &rules.radius, &rules.near, &rules.alignment, &rules.cohesion, &rules.separation,
                                     &rules.dt, &rules.most))
        return nullptr;
    Operand velocity, old;
    if (!velocity.take(to, "Grid.flock", 1) || !old.take(from, "Grid.flock", 2)) return nullptr;
    const int fault = dragoman_grid_flock(self_of(object)->grid, velocity.span(), old.span(), &rules);
    if (fault == DRAGOMAN_KERNEL_OK) Py_RETURN_NONE;
    const Operand* named[] = {&velocity, &old};
    return raise_fault("Grid.flock", fault, named, 2);
}

}  // namespace

bool make_grid_type(PyObject* module) {
    static PyMethodDef methods[] = {
        {"build", as_method(build), METH_FASTCALL, nullptr},
        {"near", as_method(near), METH_VARARGS | METH_KEYWORDS, nullptr},
        {"sum", as_method(sum), METH_FASTCALL, nullptr},
        {"flock", as_method(flock), METH_VARARGS | METH_KEYWORDS, nullptr},
        {nullptr, nullptr, 0, nullptr},
    };
    static PyType_Slot slots[] = {
        {Py_tp_new, as_slot(new_grid)},
        {Py_tp_dealloc, as_slot(dealloc)},
        {Py_tp_methods, methods},
        {0, nullptr},
    };
    static PyType_Spec spec = {"dragoman.kernels.Grid", sizeof(Grid), 0, Py_TPFLAGS_DEFAULT, slots};
    const Ref type(PyType_FromSpec(&spec));
    return type && PyModule_AddObjectRef(module, "Grid", type.get()) == 0;
}

}  // namespace dragoman::python
