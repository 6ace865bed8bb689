#include "component_row.hpp"

#include <cstring>

#include "scalars.hpp"

namespace dragoman::python {

ComponentRows::ComponentRows(const Component& component, std::size_t rows) : component_(&component), rows_(rows) {}

void ComponentRows::fill() {
    if (touched_) return;
    start_with(component_->defaults());
}

void ComponentRows::start_with(const void* row) {
    touched_ = true;
    bytes_.resize(rows_ * component_->size);
    if (component_->size == 0) return;
    for (std::size_t i = 0; i < rows_; ++i) std::memcpy(bytes_.data() + i * component_->size, row, component_->size);
}

bool ComponentRows::set(PyObject* name, PyObject* value) {
    const Field* field = component_->field(name);
    if (!field) return false;
    fill();
    unsigned char* at = bytes_.data() + field->offset;
    const bool good = rows_ == 1
                          ? write_lanes(field->type, field->lanes, field->array, at, value)
                          : write_run({at, component_->size, rows_, field->lanes, field->type, field->array}, value);
    if (!good) name_error(component_->name.get(), field->name.get());
    return good;
}

bool ComponentRows::set_all(PyObject* values) {
    if (values == Py_None) return true;
    if (PyDict_Check(values)) {
        Py_ssize_t position = 0;
        for (PyObject *name = nullptr, *value = nullptr; PyDict_Next(values, &position, &name, &value);)
            if (!set(name, value)) return false;
        return true;
    }
    if (PyObject_CheckBuffer(values)) return set_bytes(values);
    PyErr_Format(PyExc_TypeError, "%U: a dict of its fields or an array of its rows expected, not %.100s",
                 component_->name.get(), Py_TYPE(values)->tp_name);
    return false;
}

bool ComponentRows::set_bytes(PyObject* values) {
    Py_buffer buffer;
    if (PyObject_GetBuffer(values, &buffer, PyBUF_C_CONTIGUOUS) != 0) return false;
    const bool fits = static_cast<std::size_t>(buffer.len) == rows_ * component_->size;
    if (fits) {
        fill();
        std::memcpy(bytes_.data(), buffer.buf, bytes_.size());
    } else {
        PyErr_Format(PyExc_ValueError, "%U: %zu rows of %u bytes expected, not %zd bytes", component_->name.get(),
                     rows_, component_->size, buffer.len);
    }
    PyBuffer_Release(&buffer);
    return fits;
}

}  // namespace dragoman::python
