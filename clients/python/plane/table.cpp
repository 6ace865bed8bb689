#include "table.hpp"

#include <new>
#include <vector>

#include "entity.hpp"

namespace dragoman::python {

namespace {

PyTypeObject* tables_type;
PyTypeObject* table_type;
PyTypeObject* walk_type;

/// A column that was asked for, by name; empty where this table has none.
struct Known {
    PyObject* name;
    Column* column;
};

struct Table {
    PyObject_HEAD;
    dragoman_rows rows;
    std::uint64_t epoch;
    std::vector<Known> known;
    Values* entities;
};

struct Tables {
    PyObject_HEAD;
    std::uint32_t system;
    std::vector<Table*> by_id;
};

struct Walk {
    PyObject_HEAD;
    std::uint64_t epoch;
    std::uint32_t cursor;
    Tables* tables;
};

PyObject* object_of(void* self) { return static_cast<PyObject*>(self); }
Table* table_of(PyObject* object) { return reinterpret_cast<Table*>(object); }
Tables* tables_of(PyObject* object) { return reinterpret_cast<Tables*>(object); }
Walk* walk_of(PyObject* object) { return reinterpret_cast<Walk*>(object); }

void free_object(PyObject* object) {
    PyTypeObject* type = Py_TYPE(object);
    type->tp_free(object);
    Py_DECREF(type);
}

// --- a table ---

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

void dealloc_table(PyObject* object) {
    forget_table(table_of(object));
    table_of(object)->known.~vector();
    free_object(object);
}

Table* new_table() {
    Table* table = table_of(table_type->tp_alloc(table_type, 0));
    if (table) new (&table->known) std::vector<Known>();
    return table;
}

// --- all tables of a system ---

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

bool make_table_types(PyObject* module) {
    static PyGetSetDef properties[] = {
        {"rows", rows, nullptr, "How many.", nullptr},
        {"entities", entities, nullptr, "Each row's entity.", nullptr},
        {nullptr, nullptr, nullptr, nullptr, nullptr},
    };
    static PyType_Slot table_slots[] = {
        {Py_tp_dealloc, as_slot(dealloc_table)},
        {Py_tp_repr, as_slot(repr_table)},
        {Py_tp_getattro, as_slot(getattro)},
        {Py_mp_subscript, as_slot(subscript)},
        {Py_mp_length, as_slot(row_count)},
        {Py_tp_getset, properties},
        {0, nullptr},
    };
    static PyType_Slot tables_slots[] = {
        {Py_tp_dealloc, as_slot(dealloc_tables)},
        {Py_tp_iter, as_slot(walk)},
        {Py_mp_length, as_slot(all_rows)},
        {0, nullptr},
    };
    static PyType_Slot walk_slots[] = {
        {Py_tp_dealloc, as_slot(dealloc_walk)},
        {Py_tp_iter, as_slot(walk_itself)},
        {Py_tp_iternext, as_slot(next)},
        {0, nullptr},
    };
    table_type = make_type("dragoman.Table", sizeof(Table), table_slots);
    tables_type = make_type("dragoman.Tables", sizeof(Tables), tables_slots);
    walk_type = make_type("dragoman.Walk", sizeof(Walk), walk_slots);
    return table_type && tables_type && walk_type &&
           PyModule_AddObjectRef(module, "Table", object_of(table_type)) == 0 &&
           PyModule_AddObjectRef(module, "Tables", object_of(tables_type)) == 0;
}

}  // namespace dragoman::python
