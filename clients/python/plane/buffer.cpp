// Views of shared memory for memoryview and numpy. A view keeps its own shape: the column goes on to other rows.
#include <new>

#include "column.hpp"
#include "scalars.hpp"

namespace dragoman::python {

namespace {

std::size_t views = 0;

struct Shape {
    Py_ssize_t shape[2];
    Py_ssize_t strides[2];
};

/// A column's bytes.
struct Memory {
    PyObject_HEAD;
    void* data;
    Py_ssize_t size;
    bool writable;
};

PyTypeObject* memory_type;

Memory* memory_of(PyObject* object) { return reinterpret_cast<Memory*>(object); }
Column* column_of(PyObject* object) { return reinterpret_cast<Column*>(object); }

int get_memory_buffer(PyObject* object, Py_buffer* view, int flags) {
    Memory* self = memory_of(object);
    return PyBuffer_FillInfo(view, object, self->data, self->size, self->writable ? 0 : 1, flags);
}

void dealloc_memory(PyObject* object) {
    --views;
    PyTypeObject* type = Py_TYPE(object);
    type->tp_free(object);
    Py_DECREF(type);
}

Ref memory_over(Column* column) {
    if (!still_good(column->epoch, column->name)) return {};
    prepare(column->span);
    Ref made(memory_type->tp_alloc(memory_type, 0));
    if (!made) return {};
    ++views;  // as long as it lives: numpy lets go of a buffer at once, and keeps what it came from
    memory_of(made.get())->data = column->span.data;
    memory_of(made.get())->size = static_cast<Py_ssize_t>(column->span.rows * column->span.stride);
    memory_of(made.get())->writable = column->span.writable != 0;
    return made;
}

/// numpy's type for the component's rows.
PyObject* dtype_of(const Component& component) {
    Ref& kept = component.dtype;
    if (kept) return kept.get();
    const Ref list(PyList_New(0));
    const Ref module(PyImport_ImportModule("dragoman.arrays"));
    if (!list || !module) return nullptr;
    for (const auto& field : component.fields) {
        if (field.side) continue;
        const Ref told(Py_BuildValue("(OsiI)", field.name.get(), type_name(field.type),
                                     field.array ? int{field.lanes} : 0, field.offset));
        if (!told || PyList_Append(list.get(), told.get()) != 0) return nullptr;
    }
    kept = Ref(PyObject_CallMethod(module.get(), "dtype", "OI", list.get(), component.size));
    return kept.get();
}

/// numpy.ndarray(rows, dtype, memory)
Ref new_array(Column* column) {
    PyObject* dtype = dtype_of(*column->component);
    const Ref memory = memory_over(column);
    if (!dtype || !memory) return {};
    const Ref module(PyImport_ImportModule("numpy"));
    if (!module) return {};
    return Ref(PyObject_CallMethod(module.get(), "ndarray", "KOO", static_cast<unsigned long long>(column->span.rows),
                                   dtype, memory.get()));
}

}  // namespace

std::size_t exported() { return views; }

int get_values_buffer(PyObject* object, Py_buffer* view, int flags) {
    auto* self = reinterpret_cast<Values*>(object);
    view->obj = nullptr;
    if (!still_good(self->epoch, self->label)) return -1;
    if ((flags & PyBUF_WRITABLE) != 0 && !self->span.writable) {
        PyErr_Format(PyExc_BufferError, "%U: this system declared that it reads it", self->label);
        return -1;
    }
    const auto size = static_cast<Py_ssize_t>(type_size(self->span.type));
    const bool packed = self->span.stride == static_cast<std::uint32_t>(size * self->span.lanes);
    if (!packed && (flags & PyBUF_STRIDES) != PyBUF_STRIDES) {
        PyErr_Format(PyExc_BufferError, "%U does not lie in one piece", self->label);
        return -1;
    }
    prepare(self->span);
    auto* shape = new (std::nothrow) Shape{{static_cast<Py_ssize_t>(self->span.rows), self->span.lanes},
                                           {static_cast<Py_ssize_t>(self->span.stride), size}};
    if (!shape) {
        PyErr_NoMemory();
        return -1;
    }
    view->buf = self->span.data;
    view->obj = Py_NewRef(object);
    view->itemsize = size;
    view->len = static_cast<Py_ssize_t>(self->span.rows) * self->span.lanes * size;
    view->readonly = self->span.writable ? 0 : 1;
    view->ndim = self->array ? 2 : 1;
    view->format = (flags & PyBUF_FORMAT) != 0 ? const_cast<char*>(format_of(self->span.type)) : nullptr;
    view->shape = (flags & PyBUF_ND) != 0 ? shape->shape : nullptr;
    view->strides = (flags & PyBUF_STRIDES) == PyBUF_STRIDES ? shape->strides : nullptr;
    view->suboffsets = nullptr;
    view->internal = shape;
    ++views;
    return 0;
}

void release_values_buffer(PyObject*, Py_buffer* view) {
    delete static_cast<Shape*>(view->internal);
    --views;
}

PyObject* bytes_of_column(PyObject* object, void*) {
    const Ref memory = memory_over(column_of(object));
    return memory ? PyMemoryView_FromObject(memory.get()) : nullptr;
}

PyObject* array_of_column(PyObject* object, PyObject* const* args, Py_ssize_t count, PyObject* names) {
    Column* self = column_of(object);
    if (!still_good(self->epoch, self->name)) return nullptr;
    prepare(self->span);
    const bool kept = self->array && self->array_data == self->span.data &&
                      PyObject_Size(self->array) == static_cast<Py_ssize_t>(self->span.rows);
    if (!kept) {
        Ref array = new_array(self);
        if (!array) return nullptr;
        Py_XSETREF(self->array, array.give());
        self->array_data = self->span.data;
    }
    // numpy says what it wants: __array__(), __array__(dtype), __array__(dtype=..., copy=...)
    PyObject* dtype = count > 0 ? args[0] : Py_None;
    bool copy = false;
    for (Py_ssize_t i = 0; names && i < PyTuple_GET_SIZE(names); ++i) {
        const char* name = text_of(PyTuple_GET_ITEM(names, i));
        if (std::string_view(name) == "dtype") dtype = args[count + i];
        if (std::string_view(name) == "copy") copy = args[count + i] == Py_True;
    }
    if (dtype != Py_None) return PyObject_CallMethod(self->array, "astype", "O", dtype);
    return copy ? PyObject_CallMethod(self->array, "copy", nullptr) : Py_NewRef(self->array);
}

bool make_buffer_types(PyObject*) {
    static PyType_Slot slots[] = {
        {Py_tp_dealloc, as_slot(dealloc_memory)},
        {Py_bf_getbuffer, as_slot(get_memory_buffer)},
        {0, nullptr},
    };
    static PyType_Spec spec = {"dragoman.Memory", sizeof(Memory), 0,
                               Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION, slots};
    memory_type = reinterpret_cast<PyTypeObject*>(PyType_FromSpec(&spec));
    return memory_type != nullptr;
}

}  // namespace dragoman::python
