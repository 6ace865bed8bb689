#include "column.hpp"

#include <new>
#include <utility>

#include "row.hpp"
#include "scalars.hpp"

namespace dragoman::python {

PyTypeObject* column_type;

namespace {

Column* self_of(PyObject* object) { return reinterpret_cast<Column*>(object); }
PyObject* object_of(void* self) { return static_cast<PyObject*>(self); }

bool good(Column* self) { return still_good(self->epoch, self->name); }

/// A view of some of the row's numbers, kept for the next time.
PyObject* values_of(Column* self, std::size_t number, const Field* field) {
    Values*& values = self->fields[number];
    if (!values) {
        values =
            new_values(field ? PyUnicode_FromFormat("%U.%U", self->name, field->name.get()) : Py_NewRef(self->name));
        if (!values) return nullptr;
        values->column = self;
        Py_INCREF(object_of(self));
    }
    if (values->epoch != self->epoch) {
        values->epoch = self->epoch;
        values->span = self->span;
        values->array = true;
        if (field) {
            auto& span = values->span;
            values->array = field->array;
            span.lanes = field->lanes;
            span.type = field->type;
            span.offset = field->offset;
            span.data = static_cast<unsigned char*>(span.data) + field->offset;
            if (span.previous) span.previous = static_cast<const unsigned char*>(span.previous) + field->offset;
        }
    }
    return Py_NewRef(object_of(values));
}

/// What numpy asks for before it comes to __array__: two errors with their texts would cost more than the answer.
bool numpy_asks_in_vain(PyObject* name) {
    static PyObject* const words[] = {PyUnicode_InternFromString("__array_struct__"),
                                      PyUnicode_InternFromString("__array_interface__")};
    return name == words[0] || name == words[1];
}

PyObject* getattro(PyObject* object, PyObject* name) {
    Column* self = self_of(object);
    if (!good(self)) return nullptr;
    const auto& fields = self->component->fields;
    for (std::size_t i = 0; i < fields.size(); ++i)
        if (fields[i].name.get() == name && !fields[i].side) return values_of(self, i, &fields[i]);
    if (numpy_asks_in_vain(name)) {
        PyErr_SetNone(PyExc_AttributeError);
        return nullptr;
    }
    if (const Field* field = self->component->find(name); field && !field->side)
        return values_of(self, static_cast<std::size_t>(field - fields.data()), field);
    PyObject* found = PyObject_GenericGetAttr(object, name);
    const bool hidden = PyUnicode_Check(name) && PyUnicode_READ_CHAR(name, 0) == '_';  // numpy asks for some
    if (found || hidden || !PyErr_ExceptionMatches(PyExc_AttributeError)) return found;
    PyErr_Clear();
    self->component->field(name);
    return nullptr;
}

int setattro(PyObject* object, PyObject* name, PyObject*) {
    PyErr_Format(PyExc_AttributeError, "%U.%U is a whole column: kernels.fill(t.%U.%U, value), or t.%U.%U[i] = value",
                 self_of(object)->name, name, self_of(object)->name, name, self_of(object)->name, name);
    return -1;
}

Py_ssize_t length(PyObject* object) {
    return good(self_of(object)) ? static_cast<Py_ssize_t>(self_of(object)->span.rows) : -1;
}

PyObject* item(PyObject* object, Py_ssize_t index) {
    if (!good(self_of(object))) return nullptr;
    return new_row(self_of(object), index);
}

PyObject* subscript(PyObject* object, PyObject* key) {
    if (!PyUnicode_Check(key)) {
        Py_ssize_t index = PyNumber_AsSsize_t(key, PyExc_IndexError);
        if (index == -1 && PyErr_Occurred()) return nullptr;
        if (index < 0) index += static_cast<Py_ssize_t>(self_of(object)->span.rows);
        return item(object, index);
    }
    if (!good(self_of(object))) return nullptr;
    const Field* field = self_of(object)->component->field(key);
    if (!field) return nullptr;
    return values_of(self_of(object), static_cast<std::size_t>(field - self_of(object)->component->fields.data()),
                     field);
}

/// All numbers of each row, where they have one type.
PyObject* numbers(PyObject* object, void*) {
    Column* self = self_of(object);
    if (!good(self)) return nullptr;
    if (self->component->lanes > 0) return values_of(self, self->fields.size() - 1, nullptr);
    return PyErr_Format(PyExc_AttributeError, "%U.numbers: its fields have not all one type", self->name);
}

PyObject* repr(PyObject* object) {
    Column* self = self_of(object);
    return PyUnicode_FromFormat("<column %U%s>", self->name, current(self->epoch) ? "" : " of an earlier run");
}

void dealloc(PyObject* object) {
    PyTypeObject* type = Py_TYPE(object);
    forget_column(self_of(object));
    self_of(object)->fields.~vector();
    Py_XDECREF(self_of(object)->name);
    type->tp_free(object);
    Py_DECREF(type);
}

}  // namespace

bool still_good(std::uint64_t epoch, PyObject* label) {
    if (current(epoch)) return true;
    PyErr_Format(PyExc_RuntimeError, "%U was kept from an earlier run: take it from its table again in each run",
                 label);
    return false;
}

bool may_write(const dragoman_span& span, PyObject* label) {
    if (span.writable) return true;
    PyErr_Format(PyExc_ValueError,
                 span.component == DRAGOMAN_NONE ? "%U cannot be written"
                                                 : "%U: this system declared that it reads it; list it in write",
                 label);
    return false;
}

Column* new_column(const Component& component, std::uint32_t table) {
    auto* self = self_of(column_type->tp_alloc(column_type, 0));
    if (!self) return nullptr;
    self->component = &component;
    self->table = table;
    self->name = Py_NewRef(component.name.get());
    new (&self->fields) std::vector<Values*>(component.fields.size() + 1);
    return self;
}

bool refresh(Column* self) {
    const int missing = dragoman_plane_column(plane.handle, self->table, self->component->id, &self->span);
    if (missing != 0) {
        plane_error();
        return false;
    }
    self->span.lanes = self->component->lanes;
    self->span.type = self->component->type;
    self->span.offset = 0;
    self->epoch = plane.epoch;
    return true;
}

void forget_column(Column* self) {
    self->epoch = 0;
    Py_CLEAR(self->array);
    for (Values*& field : self->fields) {
        Values* values = std::exchange(field, nullptr);
        if (!values) continue;
        values->epoch = 0;
        Py_DECREF(object_of(values));
    }
}

bool make_column_type(PyObject* module) {
    static PyMethodDef methods[] = {
        {"__array__", as_method(array_of_column), METH_FASTCALL | METH_KEYWORDS, nullptr},
        {nullptr, nullptr, 0, nullptr},
    };
    static PyGetSetDef properties[] = {
        {"numbers", numbers, nullptr, "All numbers of each row, where its fields have one type.", nullptr},
        {"raw", bytes_of_column, nullptr, "The rows' bytes.", nullptr},
        {nullptr, nullptr, nullptr, nullptr, nullptr},
    };
    static PyType_Slot slots[] = {
        {Py_tp_dealloc, as_slot(dealloc)},
        {Py_tp_repr, as_slot(repr)},
        {Py_tp_getattro, as_slot(getattro)},
        {Py_tp_setattro, as_slot(setattro)},
        {Py_sq_length, as_slot(length)},
        {Py_sq_item, as_slot(item)},
        {Py_mp_subscript, as_slot(subscript)},
        {Py_mp_length, as_slot(length)},
        {Py_tp_methods, methods},
        {Py_tp_getset, properties},
        {0, nullptr},
    };
    static PyType_Spec spec = {"dragoman.Column", sizeof(Column), 0,
                               Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION, slots};
    column_type = reinterpret_cast<PyTypeObject*>(PyType_FromSpec(&spec));
    return column_type && PyModule_AddObjectRef(module, "Column", object_of(column_type)) == 0;
}

}  // namespace dragoman::python
