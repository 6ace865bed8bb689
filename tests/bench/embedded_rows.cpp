#include "tests/bench/embedded_rows.hpp"

#include <Python.h>

#include <array>
#include <vector>

namespace dragoman::bench {
namespace {

using Row = std::array<float, 3>;

struct World {
    PyObject_HEAD std::vector<Row>* position;
    std::vector<Row>* velocity;
};

/// One entity's component.
struct Component {
    PyObject_HEAD World* world;
    std::vector<Row>* rows;
    std::size_t row;
};

PyTypeObject* component_type = nullptr;

float& value_of(PyObject* self, void* field) {
    auto* component = reinterpret_cast<Component*>(self);
    return (*component->rows)[component->row][reinterpret_cast<std::size_t>(field)];
}

PyObject* get_field(PyObject* self, void* field) { return PyFloat_FromDouble(value_of(self, field)); }

int set_field(PyObject* self, PyObject* value, void* field) {
    const double number = value != nullptr ? PyFloat_AsDouble(value) : -1;
    if (number == -1 && PyErr_Occurred() != nullptr) return -1;
    value_of(self, field) = static_cast<float>(number);
    return 0;
}

void free_component(PyObject* self) {
    PyTypeObject* const type = Py_TYPE(self);
    Py_DECREF(reinterpret_cast<Component*>(self)->world);
    type->tp_free(self);
    Py_DECREF(type);
}

PyObject* make_component(PyObject* self, PyObject* number, std::vector<Row>* rows) {
    const Py_ssize_t row = PyLong_AsSsize_t(number);
    if (row < 0 || static_cast<std::size_t>(row) >= rows->size()) {
        PyErr_SetString(PyExc_IndexError, "no such row");
        return nullptr;
    }
    auto* component = PyObject_New(Component, component_type);
    if (component == nullptr) return nullptr;
    Py_INCREF(self);
    component->world = reinterpret_cast<World*>(self);
    component->rows = rows;
    component->row = static_cast<std::size_t>(row);
    return reinterpret_cast<PyObject*>(component);
}

PyObject* position(PyObject* self, PyObject* row) {
    return make_component(self, row, reinterpret_cast<World*>(self)->position);
}
PyObject* velocity(PyObject* self, PyObject* row) {
    return make_component(self, row, reinterpret_cast<World*>(self)->velocity);
}

PyObject* make_world(PyTypeObject* type, PyObject* arguments, PyObject*) {
    Py_ssize_t rows = 0;
    if (PyArg_ParseTuple(arguments, "n", &rows) == 0) return nullptr;
    auto* world = reinterpret_cast<World*>(type->tp_alloc(type, 0));
    if (world == nullptr) return nullptr;
    world->position = new std::vector<Row>(static_cast<std::size_t>(rows), Row{1, 1, 1});
    world->velocity = new std::vector<Row>(static_cast<std::size_t>(rows), Row{3, 3, 3});
    return reinterpret_cast<PyObject*>(world);
}

void free_world(PyObject* self) {
    PyTypeObject* const type = Py_TYPE(self);
    delete reinterpret_cast<World*>(self)->position;
    delete reinterpret_cast<World*>(self)->velocity;
    type->tp_free(self);
    Py_DECREF(type);
}

Py_ssize_t count(PyObject* self) { return static_cast<Py_ssize_t>(reinterpret_cast<World*>(self)->position->size()); }

PyGetSetDef fields[] = {{"x", get_field, set_field, nullptr, reinterpret_cast<void*>(0)},
                        {"y", get_field, set_field, nullptr, reinterpret_cast<void*>(1)},
                        {"z", get_field, set_field, nullptr, reinterpret_cast<void*>(2)},
                        {}};
PyMethodDef methods[] = {
    {"position", position, METH_O, nullptr}, {"velocity", velocity, METH_O, nullptr}, {nullptr, nullptr, 0, nullptr}};

template <class Function>
void* slot(Function function) {
    return reinterpret_cast<void*>(function);
}
PyType_Slot component_slots[] = {{Py_tp_getset, fields}, {Py_tp_dealloc, slot(free_component)}, {0, nullptr}};
PyType_Slot world_slots[] = {{Py_tp_methods, methods},
                             {Py_sq_length, slot(count)},
                             {Py_tp_new, slot(make_world)},
                             {Py_tp_dealloc, slot(free_world)},
                             {0, nullptr}};
PyType_Spec component_spec = {"bench_rows.Component", sizeof(Component), 0, Py_TPFLAGS_DEFAULT, component_slots};
PyType_Spec world_spec = {"bench_rows.World", sizeof(World), 0, Py_TPFLAGS_DEFAULT, world_slots};
PyModuleDef module = {PyModuleDef_HEAD_INIT, "bench_rows", nullptr, -1, nullptr, nullptr, nullptr, nullptr, nullptr};

}  // namespace

PyObject* make_rows_module() {
    component_type = reinterpret_cast<PyTypeObject*>(PyType_FromSpec(&component_spec));
    PyObject* const world_type = PyType_FromSpec(&world_spec);
    PyObject* const made = PyModule_Create(&module);
    if (component_type == nullptr || world_type == nullptr || made == nullptr) return nullptr;
    return PyModule_AddObject(made, "World", world_type) == 0 ? made : nullptr;
}

}  // namespace dragoman::bench
