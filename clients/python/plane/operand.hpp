#pragma once

#include "column.hpp"

namespace dragoman::python {

/// An argument of a kernel: a column, some of its numbers, or any buffer of numbers.
class Operand {
public:
    Operand() = default;
    Operand(const Operand&) = delete;
    Operand& operator=(const Operand&) = delete;
    ~Operand() {
        if (held_) PyBuffer_Release(&buffer_);
    }

    /// False with an error that names the kernel and the argument.
    bool take(PyObject* object, const char* kernel, int position);
    /// None is taken too: then there is no span.
    bool take_or_none(PyObject* object, const char* kernel, int position) {
        return object == Py_None || take(object, kernel, position);
    }
    /// For kernels that only move whole rows: columns with fields of several types too.
    void as_bytes();

    const dragoman_span* span() const { return span_; }
    /// "Position.x", or "argument 2".
    Ref name() const;

private:
    bool take_buffer();

    const dragoman_span* span_ = nullptr;
    PyObject* object_ = nullptr;
    int position_ = 0;
    bool held_ = false;
    dragoman_span own_;
    Py_buffer buffer_;
};

/// Raises what a kernel refused: its name, the operands, and what is wrong.
PyObject* raise_fault(const char* kernel, int fault, const Operand* const* operands, std::size_t count);

}  // namespace dragoman::python
