#include "row.hpp"

#include "scalars.hpp"

namespace dragoman::python {

PyTypeObject* row_type;

namespace {

struct Row {
    PyObject_HEAD;
    std::uint64_t epoch;
    const Component* component;
    Column* column;  // nullptr: an entity's row
    union {
        std::uint64_t index;
        dragoman_entity entity;
    };
};

// A loop over rows makes and drops one after the other.
constexpr int most_spare = 16;
Row* spare[most_spare];
int spares = 0;

Row* self_of(PyObject* object) { return reinterpret_cast<Row*>(object); }

Row* make_row() {
    if (spares == 0) return self_of(row_type->tp_alloc(row_type, 0));
    Row* row = spare[--spares];
    PyObject_Init(reinterpret_cast<PyObject*>(row), row_type);
    return row;
}

bool good(Row* self) {
    if (current(self->epoch)) return true;
    PyErr_SetString(PyExc_RuntimeError,
                    "this row was kept from an earlier run: take it from its table or entity again in each run");
    return false;
}

/// Where it lies now; nullptr with an error.
unsigned char* bytes_of(Row* self, bool to_write) {
    if (self->column) {
        auto& span = self->column->span;
        if (to_write && !may_write(span, self->column->name)) return nullptr;
        prepare(span);
        return static_cast<unsigned char*>(span.data) + self->index * span.stride;
    }
    void* row = dragoman_plane_row(plane.handle, self->entity, self->component->id, to_write ? 1 : 0);
    if (!row) plane_error();
    return static_cast<unsigned char*>(row);
}

PyObject* getattro(PyObject* object, PyObject* name) {
    Row* self = self_of(object);
    if (!good(self)) return nullptr;
    const Field* field = self->component->find(name);
    if (!field || field->side) {
        if (PyUnicode_Check(name) && PyUnicode_READ_CHAR(name, 0) == '_') {
            PyObject* found = PyObject_GenericGetAttr(object, name);
            if (found || !PyErr_ExceptionMatches(PyExc_AttributeError)) return found;
            PyErr_Clear();
        }
        self->component->field(name);
        return nullptr;
    }
    const auto* row = bytes_of(self, false);
    return row ? read_lanes(field->type, field->lanes, field->array, row + field->offset) : nullptr;
}

int setattro(PyObject* object, PyObject* name, PyObject* value) {
    Row* self = self_of(object);
    if (!good(self)) return -1;
    const Field* field = self->component->field(name);
    if (!field) return -1;
    if (!value) {
        PyErr_Format(PyExc_TypeError, "%U.%U cannot be deleted", self->component->name.get(), name);
        return -1;
    }
    auto* row = bytes_of(self, true);
    if (!row) return -1;
    if (write_lanes(field->type, field->lanes, field->array, row + field->offset, value)) return 0;
    name_error(self->component->name.get(), name);
    return -1;
}

/// Its fields as a dict.
PyObject* as_dict(PyObject* object, PyObject*) {
    Row* self = self_of(object);
    if (!good(self)) return nullptr;
    Ref dict(PyDict_New());
    if (!dict) return nullptr;
    for (const auto& field : self->component->fields) {
        if (field.side) continue;
        const Ref value(getattro(object, field.name.get()));
        if (!value || PyDict_SetItem(dict.get(), field.name.get(), value.get()) != 0) return nullptr;
    }
    return dict.give();
}

PyObject* repr(PyObject* object) {
    if (!current(self_of(object)->epoch)) return PyUnicode_FromString("<a row of an earlier run>");
    const Ref fields(as_dict(object, nullptr));
    return fields ? PyUnicode_FromFormat("<%U %R>", self_of(object)->component->name.get(), fields.get()) : nullptr;
}

void dealloc(PyObject* object) {
    Row* self = self_of(object);
    Py_CLEAR(self->column);
    if (spares < most_spare) {
        spare[spares++] = self;
    } else {
        row_type->tp_free(object);
    }
    Py_DECREF(row_type);
}

}  // namespace

PyObject* new_row(Column* column, Py_ssize_t index) {
    if (index < 0 || static_cast<std::uint64_t>(index) >= column->span.rows) {
        return PyErr_Format(PyExc_IndexError, "%U has %llu rows", column->name,
                            static_cast<unsigned long long>(column->span.rows));
    }
    Row* row = make_row();
    if (!row) return nullptr;
    row->epoch = column->epoch;
    row->component = column->component;
    row->column = column;
    Py_INCREF(reinterpret_cast<PyObject*>(column));
    row->index = static_cast<std::uint64_t>(index);
    return reinterpret_cast<PyObject*>(row);
}

PyObject* new_row(const Component& component, dragoman_entity entity) {
    Row* row = make_row();
    if (!row) return nullptr;
    row->epoch = plane.epoch;
    row->component = &component;
    row->column = nullptr;
    row->entity = entity;
    return reinterpret_cast<PyObject*>(row);
}

bool make_row_type(PyObject* module) {
    static PyMethodDef methods[] = {
        {"_asdict", as_dict, METH_NOARGS, nullptr},
        {nullptr, nullptr, 0, nullptr},
    };
    static PyType_Slot slots[] = {
        {Py_tp_dealloc, as_slot(dealloc)},   {Py_tp_repr, as_slot(repr)}, {Py_tp_getattro, as_slot(getattro)},
        {Py_tp_setattro, as_slot(setattro)}, {Py_tp_methods, methods},    {0, nullptr},
    };
    static PyType_Spec spec = {"dragoman.Row", sizeof(Row), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,
                               slots};
    row_type = reinterpret_cast<PyTypeObject*>(PyType_FromSpec(&spec));
    return row_type && PyModule_AddObjectRef(module, "Row", reinterpret_cast<PyObject*>(row_type)) == 0;
}

}  // namespace dragoman::python
