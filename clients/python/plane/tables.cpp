#include "tables.hpp"

#include <new>

#include "table.hpp"

namespace dragoman::python {

namespace {

PyTypeObject* tables_type;
PyTypeObject* walk_type;

struct Tables {
    PyObject_HEAD;
    std::uint32_t system;
    std::vector<Table*> by_id;
};

/// One iteration over them.
struct Walk {
    PyObject_HEAD;
    std::uint64_t epoch;
    std::uint32_t cursor;
    Tables* tables;
};

PyObject* object_of(void* self) { return static_cast<PyObject*>(self); }
Tables* tables_of(PyObject* object) { return reinterpret_cast<Tables*>(object); }
Walk* walk_of(PyObject* object) { return reinterpret_cast<Walk*>(object); }

void free_object(PyObject* object) {
    PyTypeObject* type = Py_TYPE(object);
    type->tp_free(object);
    Py_DECREF(type);
}

bool belongs(Tables* self) {
    if (plane.runs() && plane.system == self->system) return true;
    PyErr_SetString(PyExc_RuntimeError, "these tables belong to a run of another system, or to none");
    return false;
}

/// The next one that has rows; nullptr at the end, or with an error.
Table* next_table(Tables* self, std::uint32_t& cursor) {
    dragoman_rows rows;
    if (dragoman_plane_next(plane.handle, &cursor, &rows) == 0) return nullptr;
    if (rows.table >= self->by_id.size()) self->by_id.resize(rows.table + std::size_t{1});
    Table*& table = self->by_id[rows.table];
    if (!table) table = new_table();
    if (!table) return nullptr;
    table->rows = rows;
    table->epoch = plane.epoch;
    return table;
}

PyObject* walk(PyObject* object) {
    if (!belongs(tables_of(object))) return nullptr;
    Walk* walk = walk_of(walk_type->tp_alloc(walk_type, 0));
    if (!walk) return nullptr;
    walk->epoch = plane.epoch;
    walk->tables = tables_of(Py_NewRef(object));
    return object_of(walk);
}

PyObject* next(PyObject* object) {
    Walk* self = walk_of(object);
    if (self->epoch != plane.epoch) {
        PyErr_SetString(PyExc_RuntimeError, "an iteration over tables ends with its run");
        return nullptr;
    }
    try {
        Table* table = next_table(self->tables, self->cursor);
        return table ? Py_NewRef(object_of(table)) : nullptr;
    } catch (const std::bad_alloc&) {
        return PyErr_NoMemory();
    }
}

void dealloc_walk(PyObject* object) {
    Py_DECREF(object_of(walk_of(object)->tables));
    free_object(object);
}

PyObject* walk_itself(PyObject* object) { return Py_NewRef(object); }

Py_ssize_t all_rows(PyObject* object) {
    if (!belongs(tables_of(object))) return -1;
    Py_ssize_t sum = 0;
    dragoman_rows rows;
    for (std::uint32_t cursor = 0; dragoman_plane_next(plane.handle, &cursor, &rows) != 0;) sum += rows.rows;
    return sum;
}

PyObject* tables_rows(PyObject* object, void*) {
    const Py_ssize_t count = all_rows(object);
    return count < 0 ? nullptr : PyLong_FromSsize_t(count);
}

PyObject* tables_tick(PyObject* object, void*) {
    return belongs(tables_of(object)) ? PyLong_FromUnsignedLongLong(dragoman_plane_tick(plane.handle)) : nullptr;
}

PyObject* tables_dt(PyObject* object, void*) {
    return belongs(tables_of(object)) ? PyFloat_FromDouble(dragoman_plane_dt(plane.handle)) : nullptr;
}

void dealloc_tables(PyObject* object) {
    forget_tables(object);
    tables_of(object)->by_id.~vector();
    free_object(object);
}

PyTypeObject* make_type(const char* name, int size, PyType_Slot* slots) {
    PyType_Spec spec = {name, size, 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION, slots};
    return reinterpret_cast<PyTypeObject*>(PyType_FromSpec(&spec));
}

}  // namespace

PyObject* new_tables(std::uint32_t system) {
    Tables* tables = tables_of(tables_type->tp_alloc(tables_type, 0));
    if (!tables) return nullptr;
    new (&tables->by_id) std::vector<Table*>();
    tables->system = system;
    return object_of(tables);
}

void forget_tables(PyObject* object) {
    for (Table* table : tables_of(object)->by_id) {
        if (!table) continue;
        forget_table(table);
        Py_DECREF(object_of(table));
    }
    tables_of(object)->by_id.clear();
}

bool make_tables_types(PyObject* module) {
    static PyGetSetDef properties[] = {
        {"rows", tables_rows, nullptr, "Of all tables.", nullptr},
        {"tick", tables_tick, nullptr, "The tick's number.", nullptr},
        {"dt", tables_dt, nullptr, "Its length in seconds.", nullptr},
        {nullptr, nullptr, nullptr, nullptr, nullptr},
    };
    static PyType_Slot slots[] = {
        {Py_tp_dealloc, as_slot(dealloc_tables)},
        {Py_tp_iter, as_slot(walk)},
        {Py_mp_length, as_slot(all_rows)},
        {Py_tp_getset, properties},
        {0, nullptr},
    };
    static PyType_Slot walk_slots[] = {
        {Py_tp_dealloc, as_slot(dealloc_walk)},
        {Py_tp_iter, as_slot(walk_itself)},
        {Py_tp_iternext, as_slot(next)},
        {0, nullptr},
    };
    tables_type = make_type("dragoman.Tables", sizeof(Tables), slots);
    walk_type = make_type("dragoman.Walk", sizeof(Walk), walk_slots);
    return tables_type && walk_type && PyModule_AddObjectRef(module, "Tables", object_of(tables_type)) == 0;
}

}  // namespace dragoman::python
