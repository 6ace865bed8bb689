#include "operand.hpp"

#include "scalars.hpp"

namespace dragoman::python {

bool Operand::take(PyObject* object, const char* kernel, int position) {
    object_ = object;
    position_ = position;
    if (is_values(object)) {
        auto* values = reinterpret_cast<Values*>(object);
        span_ = &values->span;
        return still_good(values->epoch, values->label);
    }
    if (is_column(object)) {
        auto* column = reinterpret_cast<Column*>(object);
        span_ = &column->span;
        return still_good(column->epoch, column->name);
    }
    if (PyObject_CheckBuffer(object)) return take_buffer();
    PyErr_Format(PyExc_TypeError, "%s: argument %d must be a column or a buffer of numbers, not %.100s", kernel,
                 position, Py_TYPE(object)->tp_name);
    return false;
}

bool Operand::take_buffer() {
    bool writable = true;
    if (PyObject_GetBuffer(object_, &buffer_, PyBUF_STRIDES | PyBUF_FORMAT | PyBUF_WRITABLE) != 0) {
        PyErr_Clear();
        writable = false;
        if (PyObject_GetBuffer(object_, &buffer_, PyBUF_STRIDES | PyBUF_FORMAT) != 0) return false;
    }
    held_ = true;
    const int type = type_of_format(buffer_.format, static_cast<std::size_t>(buffer_.itemsize));
    const bool deep = buffer_.ndim == 2;
    if (type < 0 || (!deep && buffer_.ndim != 1) || buffer_.strides[0] < 0 || buffer_.strides[0] > UINT32_MAX ||
        (deep && (buffer_.strides[1] != buffer_.itemsize || buffer_.shape[1] > UINT16_MAX))) {
        PyErr_Format(PyExc_TypeError, "argument %d: one or two dimensions of bool, i8 to u64, f32 or f64 expected",
                     position_);
        return false;
    }
    own_ = dragoman_span{};
    own_.data = buffer_.buf;
    own_.rows = static_cast<std::uint64_t>(buffer_.shape[0]);
    own_.stride = static_cast<std::uint32_t>(buffer_.strides[0]);
    own_.lanes = static_cast<std::uint16_t>(deep ? buffer_.shape[1] : 1);
    own_.type = static_cast<std::uint8_t>(type);
    own_.writable = writable ? 1 : 0;
    own_.component = DRAGOMAN_NONE;
    span_ = &own_;
    return true;
}

void Operand::as_bytes() {
    if (!span_ || span_->lanes != 0 || span_->stride == 0 || span_->stride > UINT16_MAX) return;
    own_ = *span_;
    own_.lanes = static_cast<std::uint16_t>(own_.stride);
    own_.type = DRAGOMAN_U8;
    span_ = &own_;
}

Ref Operand::name() const {
    if (is_values(object_)) return Ref::to(reinterpret_cast<Values*>(object_)->label);
    if (is_column(object_)) return Ref::to(reinterpret_cast<Column*>(object_)->name);
    return Ref(PyUnicode_FromFormat("argument %d", position_));
}

namespace {

using Told = std::string (*)(const dragoman_span&);

std::string rows_of(const dragoman_span& span) { return std::to_string(span.rows) + " rows"; }
std::string lanes_of(const dragoman_span& span) {
    if (span.lanes == 0) return "fields of several types: name one of them";
    return std::to_string(span.lanes) + (span.lanes == 1 ? " number" : " numbers") + " in each row";
}
std::string type_of(const dragoman_span& span) {
    if (span.lanes == 0) return lanes_of(span);
    return std::string("the type ") + type_name(span.type);
}

/// "Position has 3 numbers in each row, Mass has 1 number in each row"
std::string each(const Operand* const* operands, std::size_t count, Told told) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i) {
        if (!operands[i]->span()) continue;
        const Ref name = operands[i]->name();
        text += (text.empty() ? "" : ", ") + std::string(name ? text_of(name.get()) : "?") + " has " +
                told(*operands[i]->span());
    }
    return text;
}

std::string read_only(const Operand* const* operands, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
        if (!operands[i]->span() || operands[i]->span()->writable) continue;
        const Ref name = operands[i]->name();
        return std::string(name ? text_of(name.get()) : "?") + (operands[i]->span()->component == DRAGOMAN_NONE
                                                                    ? " is read-only"
                                                                    : " is declared as read; list it in write");
    }
    return dragoman_kernel_fault_text(DRAGOMAN_KERNEL_READONLY);
}

bool has_mixed(const Operand* const* operands, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i)
        if (operands[i]->span() && operands[i]->span()->lanes == 0) return true;
    return false;
}

std::string explained(int fault, const Operand* const* operands, std::size_t count) {
    const char* sentence = dragoman_kernel_fault_text(fault);
    switch (fault) {
        case DRAGOMAN_KERNEL_TYPES:
            return each(operands, count, type_of) + ": " + sentence;
        case DRAGOMAN_KERNEL_ROWS:
            return each(operands, count, rows_of);
        case DRAGOMAN_KERNEL_LANES:
            return each(operands, count, has_mixed(operands, count) ? type_of : lanes_of);
        case DRAGOMAN_KERNEL_READONLY:
            return read_only(operands, count);
        default:
            return sentence;
    }
}

}  // namespace

PyObject* raise_fault(const char* kernel, int fault, const Operand* const* operands, std::size_t count) {
    if (fault == DRAGOMAN_KERNEL_MEMORY) return PyErr_NoMemory();
    PyObject* kind = fault == DRAGOMAN_KERNEL_TYPES   ? PyExc_TypeError
                     : fault == DRAGOMAN_KERNEL_INDEX ? PyExc_IndexError
                                                      : PyExc_ValueError;
    const std::string text = explained(fault, operands, count);
    return PyErr_Format(kind, "%s: %s", kernel, text.c_str());
}

}  // namespace dragoman::python
