#include "table.hpp"

#include <new>

#include "entity.hpp"

namespace dragoman::python {

namespace {

PyTypeObject* table_type;

PyObject* object_of(void* self) { return static_cast<PyObject*>(self); }
Table* table_of(PyObject* object) { return reinterpret_cast<Table*>(object); }

bool good(Table* self) {
    if (current(self->epoch)) return true;
    PyErr_SetString(PyExc_RuntimeError, "this table was kept from an earlier run: iterate over the tables in each run");
    return false;
}

PyObject* column(Column* known) {
    if (!known) Py_RETURN_NONE;
    if (known->epoch != plane.epoch && !refresh(known)) return nullptr;
    return Py_NewRef(object_of(known));
}

/// AttributeError: what the running system declared.
PyObject* undeclared(PyObject* name) {
    std::string declared;
    for (const auto& component : plane.components)
        if (component.name && plane.access(component.id) != DRAGOMAN_ACCESS_NONE)
            declared += (declared.empty() ? "" : ", ") + std::string(text_of(component.name.get()));
    PyErr_Format(PyExc_AttributeError, "system %U declared no %R; it reads and writes: %s",
                 plane.systems[plane.system].name.get(), name, declared.empty() ? "nothing" : declared.c_str());
    return nullptr;
}

/// The column of a declared component; nullptr without an error where the name is none's.
PyObject* first_time(Table* self, PyObject* name) {
    for (const auto& component : plane.components) {
        if (!component.name || !same(component.name.get(), name)) continue;
        if (plane.access(component.id) == DRAGOMAN_ACCESS_NONE) return nullptr;
        for (const auto& known : self->known)  // a name that is not interned
            if (known.name == component.name.get()) return column(known.column);
        dragoman_span span;
        const int missing = dragoman_plane_column(plane.handle, self->rows.table, component.id, &span);
        if (missing < 0) return plane_error();
        Column* made = missing ? nullptr : new_column(component, self->rows.table);
        if (!made && !missing) return nullptr;
        self->known.push_back({Py_NewRef(component.name.get()), made});
        return column(made);
    }
    return nullptr;
}

PyObject* get_column(Table* self, PyObject* name) {
    for (const auto& known : self->known)
        if (known.name == name) return column(known.column);
    PyObject* found = first_time(self, name);
    if (found || PyErr_Occurred()) return found;
    return undeclared(name);
}

PyObject* getattro(PyObject* object, PyObject* name) {
    Table* self = table_of(object);
    if (!good(self)) return nullptr;
    for (const auto& known : self->known)
        if (known.name == name) return column(known.column);
    PyObject* found = PyObject_GenericGetAttr(object, name);
    if (found || !PyErr_ExceptionMatches(PyExc_AttributeError)) return found;
    PyErr_Clear();
    return get_column(self, name);
}

PyObject* subscript(PyObject* object, PyObject* name) {
    if (!good(table_of(object))) return nullptr;
    if (PyUnicode_Check(name)) return get_column(table_of(object), name);
    return PyErr_Format(PyExc_TypeError, "a component's name expected, not %R", name);
}

Py_ssize_t row_count(PyObject* object) {
    return good(table_of(object)) ? static_cast<Py_ssize_t>(table_of(object)->rows.rows) : -1;
}

PyObject* rows(PyObject* object, void*) { return PyLong_FromSsize_t(row_count(object)); }

PyObject* entities(PyObject* object, void*) {
    Table* self = table_of(object);
    if (!self->entities) self->entities = new_values(PyUnicode_FromString("entities"));
    if (!self->entities) return nullptr;
    if (self->entities->epoch != plane.epoch) {
        self->entities->epoch = plane.epoch;
        self->entities->span = entity_span(self->rows.entities, self->rows.rows);
    }
    return Py_NewRef(object_of(self->entities));
}

PyObject* repr_table(PyObject* object) {
    return PyUnicode_FromFormat("<table %u: %u rows>", table_of(object)->rows.table, table_of(object)->rows.rows);
}

void dealloc_table(PyObject* object) {
    forget_table(table_of(object));
    table_of(object)->known.~vector();
    PyTypeObject* type = Py_TYPE(object);
    type->tp_free(object);
    Py_DECREF(type);
}

}  // namespace

Table* new_table() {
    Table* table = table_of(table_type->tp_alloc(table_type, 0));
    if (table) new (&table->known) std::vector<Known>();
    return table;
}

void forget_table(Table* self) {
    self->epoch = 0;
    if (self->entities) self->entities->epoch = 0;
    Py_CLEAR(self->entities);
    for (auto& known : self->known) {
        if (known.column) forget_column(known.column);
        Py_XDECREF(object_of(known.column));
        Py_DECREF(known.name);
    }
    self->known.clear();
}

bool make_table_type(PyObject* module) {
    static PyGetSetDef properties[] = {
        {"rows", rows, nullptr, "How many.", nullptr},
        {"entities", entities, nullptr, "Each row's entity.", nullptr},
        {nullptr, nullptr, nullptr, nullptr, nullptr},
    };
    static PyType_Slot slots[] = {
        {Py_tp_dealloc, as_slot(dealloc_table)},
        {Py_tp_repr, as_slot(repr_table)},
        {Py_tp_getattro, as_slot(getattro)},
        {Py_mp_subscript, as_slot(subscript)},
        {Py_mp_length, as_slot(row_count)},
        {Py_tp_getset, properties},
        {0, nullptr},
    };
    static PyType_Spec spec = {"dragoman.Table", sizeof(Table), 0,
                               Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION, slots};
    table_type = reinterpret_cast<PyTypeObject*>(PyType_FromSpec(&spec));
    return table_type && PyModule_AddObjectRef(module, "Table", object_of(table_type)) == 0;
}

}  // namespace dragoman::python
