// dragoman._dragoman_plane: systems over the world's own columns, by clients/plane.
#include "changes.hpp"
#include "column.hpp"
#include "entity.hpp"
#include "kernels.hpp"
#include "plane.hpp"
#include "row.hpp"
#include "table.hpp"
#include "tables.hpp"

namespace {

using namespace dragoman::python;

PyMethodDef functions[] = {
    {"open", open_plane, METH_NOARGS, nullptr},
    {"attach", as_method(attach), METH_FASTCALL, nullptr},
    {"set_after", as_method(set_after), METH_FASTCALL, nullptr},
    {"wait", wait_and_run, METH_VARARGS, nullptr},
    {"poll", poll_and_run, METH_NOARGS, nullptr},
    {"running", running_system, METH_NOARGS, nullptr},
    {"tick", tick_of_plane, METH_NOARGS, nullptr},
    {"create_entity", as_method(create_entity), METH_FASTCALL | METH_KEYWORDS, nullptr},
    {"create_many", as_method(create_many), METH_FASTCALL | METH_KEYWORDS, nullptr},
    {"destroy_many", destroy_many, METH_O, nullptr},
    {"batch_update", as_method(batch_update), METH_FASTCALL | METH_KEYWORDS, nullptr},
    {"query_entities", as_method(query_entities), METH_FASTCALL | METH_KEYWORDS, nullptr},
    {nullptr, nullptr, 0, nullptr},
};

PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, "_dragoman_plane", nullptr, -1, functions, nullptr, nullptr, nullptr, nullptr};

bool fill(PyObject* module) {
    return make_values_type(module) && make_column_type(module) && make_buffer_types(module) && make_row_type(module) &&
           make_table_type(module) && make_tables_types(module) && make_entity_type(module) && make_grid_type(module) &&
           PyModule_AddFunctions(module, kernel_methods) == 0;
}

}  // namespace

// NOLINTNEXTLINE(bugprone-reserved-identifier): Python wants this name
PyMODINIT_FUNC PyInit__dragoman_plane() {
    PyObject* module = PyModule_Create(&definition);
    if (module && fill(module)) return module;
    Py_XDECREF(module);
    return nullptr;
}
