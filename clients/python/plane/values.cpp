#include <climits>
#include <cstring>

#include "column.hpp"
#include "scalars.hpp"

namespace dragoman::python {

PyTypeObject* values_type;

namespace {

Values* self_of(PyObject* object) { return reinterpret_cast<Values*>(object); }

bool good(Values* self) { return still_good(self->epoch, self->label); }

Py_ssize_t length(PyObject* object) {
    return good(self_of(object)) ? static_cast<Py_ssize_t>(self_of(object)->span.rows) : -1;
}

/// Where a row lies; nullptr with an error.
unsigned char* at(Values* self, Py_ssize_t index) {
    if (!good(self)) return nullptr;
    if (index < 0 || static_cast<std::uint64_t>(index) >= self->span.rows) {
        PyErr_Format(PyExc_IndexError, "%U has %llu rows", self->label,
                     static_cast<unsigned long long>(self->span.rows));
        return nullptr;
    }
    prepare(self->span);
    return static_cast<unsigned char*>(self->span.data) + static_cast<std::size_t>(index) * self->span.stride;
}

PyObject* item(PyObject* object, Py_ssize_t index) {
    Values* self = self_of(object);
    const auto* bytes = at(self, index);
    return bytes ? read_lanes(self->span.type, self->span.lanes, self->array, bytes) : nullptr;
}

int set_item(PyObject* object, Py_ssize_t index, PyObject* value) {
    Values* self = self_of(object);
    if (!value) {
        PyErr_Format(PyExc_TypeError, "%U: rows cannot be deleted here; entities can", self->label);
        return -1;
    }
    if (!good(self) || !may_write(self->span, self->label)) return -1;
    auto* bytes = at(self, index);
    if (!bytes) return -1;
    if (write_lanes(self->span.type, self->span.lanes, self->array, bytes, value)) return 0;
    name_error(self->label, nullptr);
    return -1;
}

bool index_of(Values* self, PyObject* key, Py_ssize_t& index) {
    if (PySlice_Check(key)) {
        PyErr_Format(PyExc_TypeError, "%U has no slices: memoryview(...) and numpy.asarray(...) of it have",
                     self->label);
        return false;
    }
    index = PyNumber_AsSsize_t(key, PyExc_IndexError);
    if (index == -1 && PyErr_Occurred()) return false;
    if (index < 0) index += static_cast<Py_ssize_t>(self->span.rows);
    return true;
}

PyObject* subscript(PyObject* object, PyObject* key) {
    Py_ssize_t index = 0;
    return index_of(self_of(object), key, index) ? item(object, index) : nullptr;
}

int set_subscript(PyObject* object, PyObject* key, PyObject* value) {
    Py_ssize_t index = 0;
    return index_of(self_of(object), key, index) ? set_item(object, index, value) : -1;
}

PyObject* repr(PyObject* object) {
    Values* self = self_of(object);
    if (!current(self->epoch)) return PyUnicode_FromFormat("<%U of an earlier run>", self->label);
    return PyUnicode_FromFormat("<%U: %llu rows of %d %s>", self->label,
                                static_cast<unsigned long long>(self->span.rows), int{self->span.lanes},
                                type_name(self->span.type));
}

PyObject* type(PyObject* object, void*) { return PyUnicode_FromString(type_name(self_of(object)->span.type)); }
PyObject* lanes(PyObject* object, void*) { return PyLong_FromLong(self_of(object)->span.lanes); }

void dealloc(PyObject* object) {
    PyTypeObject* type = Py_TYPE(object);
    Values* self = self_of(object);
    Py_XDECREF(self->label);
    Py_XDECREF(reinterpret_cast<PyObject*>(self->column));
    PyMem_Free(self->memory);
    type->tp_free(object);
    Py_DECREF(type);
}

}  // namespace

Values* new_values(PyObject* label) {
    if (!label) return nullptr;
    auto* self = self_of(values_type->tp_alloc(values_type, 0));
    if (self)
        self->label = label;
    else
        Py_DECREF(label);
    return self;
}

Values* new_memory(std::uint8_t type, std::uint16_t lanes, bool array, std::size_t rows) {
    Ref made(reinterpret_cast<PyObject*>(new_values(PyUnicode_FromFormat("a buffer of %s", type_name(type)))));
    if (!made) return nullptr;
    const std::size_t stride = std::size_t{lanes} * type_size(type);
    Values* self = self_of(made.get());
    if (rows > static_cast<std::size_t>(PY_SSIZE_T_MAX) / (stride + 1)) {
        PyErr_NoMemory();
        return nullptr;
    }
    self->memory = PyMem_Calloc(rows * stride + 1, 1);
    if (!self->memory) {
        PyErr_NoMemory();
        return nullptr;
    }
    self->epoch = forever;
    self->array = array;
    self->span.data = self->memory;
    self->span.rows = rows;
    self->span.stride = static_cast<std::uint32_t>(stride);
    self->span.lanes = lanes;
    self->span.type = type;
    self->span.writable = 1;
    self->span.component = DRAGOMAN_NONE;
    return self_of(made.give());
}

bool make_values_type(PyObject* module) {
    static PyGetSetDef properties[] = {
        {"type", type, nullptr, "\"f32\", for example.", nullptr},
        {"lanes", lanes, nullptr, "Numbers in each row.", nullptr},
        {nullptr, nullptr, nullptr, nullptr, nullptr},
    };
    static PyType_Slot slots[] = {
        {Py_tp_dealloc, as_slot(dealloc)},
        {Py_tp_repr, as_slot(repr)},
        {Py_sq_length, as_slot(length)},
        {Py_sq_item, as_slot(item)},
        {Py_sq_ass_item, as_slot(set_item)},
        {Py_mp_length, as_slot(length)},
        {Py_mp_subscript, as_slot(subscript)},
        {Py_mp_ass_subscript, as_slot(set_subscript)},
        {Py_bf_getbuffer, as_slot(get_values_buffer)},
        {Py_bf_releasebuffer, as_slot(release_values_buffer)},
        {Py_tp_getset, properties},
        {0, nullptr},
    };
    static PyType_Spec spec = {"dragoman.Values", sizeof(Values), 0,
                               Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION, slots};
    values_type = reinterpret_cast<PyTypeObject*>(PyType_FromSpec(&spec));
    return values_type && PyModule_AddObjectRef(module, "Values", reinterpret_cast<PyObject*>(values_type)) == 0;
}

}  // namespace dragoman::python
