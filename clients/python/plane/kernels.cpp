#include "kernels.hpp"

#include <cstring>
#include <memory>
#include <string_view>

#include "kernel_call.hpp"
#include "scalars.hpp"

namespace dragoman::python {

namespace {

bool wrong_count(const char* signature, Py_ssize_t count, Py_ssize_t least, Py_ssize_t most) {
    if (count >= least && count <= most) return false;
    PyErr_Format(PyExc_TypeError, "%s expected, not %zd arguments", signature, count);
    return true;
}

PyObject* fault_of(const char* kernel, int fault, std::initializer_list<const Operand*> operands) {
    if (fault == DRAGOMAN_KERNEL_OK) Py_RETURN_NONE;
    return raise_fault(kernel, fault, operands.begin(), operands.size());
}

PyObject* integrate(PyObject*, PyObject* const* args, Py_ssize_t count) {
    if (wrong_count("integrate(position, velocity, acceleration or None, dt)", count, 4, 4)) return nullptr;
    Operand position, velocity, acceleration;
    Argument<double> dt;
    if (!position.take(args[0], "integrate", 1) || !velocity.take(args[1], "integrate", 2) ||
        !acceleration.take_or_none(args[2], "integrate", 3) || !dt.take(args[3], "integrate", 4))
        return nullptr;
    const int fault = dragoman_integrate(position.span(), velocity.span(), acceleration.span(), dt.number);
    return fault_of("integrate", fault, {&position, &velocity, &acceleration});
}

int comparison_of(PyObject* text) {
    constexpr const char* words[] = {"<", "<=", ">", ">=", "==", "!="};
    const char* word = PyUnicode_Check(text) ? PyUnicode_AsUTF8(text) : nullptr;
    for (int i = 0; word && i < 6; ++i)
        if (std::strcmp(words[i], word) == 0) return i;
    PyErr_Format(PyExc_ValueError, "compare: one of < <= > >= == != expected, not %R", text);
    return -1;
}

PyObject* compare(PyObject*, PyObject* const* args, Py_ssize_t count) {
    if (wrong_count("compare(mask, x, \"<\", value)", count, 4, 4)) return nullptr;
    Operand mask, x;
    Argument<double> value;
    if (!mask.take(args[0], "compare", 1) || !x.take(args[1], "compare", 2)) return nullptr;
    const int comparison = comparison_of(args[2]);
    if (comparison < 0 || !value.take(args[3], "compare", 4)) return nullptr;
    return fault_of("compare", dragoman_compare(mask.span(), x.span(), comparison, value.number), {&mask, &x});
}

PyObject* where(PyObject*, PyObject* const* args, Py_ssize_t count) {
    if (wrong_count("where(mask)", count, 1, 1)) return nullptr;
    Operand mask;
    if (!mask.take(args[0], "where", 1)) return nullptr;
    auto* rows = new_memory(DRAGOMAN_U32, 1, false, mask.span()->rows);
    if (!rows) return nullptr;
    Ref made(reinterpret_cast<PyObject*>(rows));
    std::uint64_t found = 0;
    const int fault = dragoman_where(mask.span(), static_cast<std::uint32_t*>(rows->memory), &found);
    if (fault != DRAGOMAN_KERNEL_OK) return fault_of("where", fault, {&mask});
    rows->span.rows = found;
    return made.give();
}

PyObject* reduce(PyObject*, PyObject* const* args, Py_ssize_t count) {
    if (wrong_count("reduce(x, \"sum\", \"min\" or \"max\")", count, 2, 2)) return nullptr;
    Operand x;
    if (!x.take(args[0], "reduce", 1)) return nullptr;
    const std::string_view word = PyUnicode_Check(args[1]) ? text_of(args[1]) : "";
    const int reduction = word == "sum"   ? DRAGOMAN_SUM
                          : word == "min" ? DRAGOMAN_MIN
                          : word == "max" ? DRAGOMAN_MAX
                                          : -1;
    if (reduction < 0)
        return PyErr_Format(PyExc_ValueError, "reduce: \"sum\", \"min\" or \"max\" expected, not %R", args[1]);
    const std::size_t lanes = x.span()->lanes;
    const auto results = std::make_unique<double[]>(lanes + 1);
    const int fault = dragoman_reduce(x.span(), reduction, results.get());
    if (fault != DRAGOMAN_KERNEL_OK) return fault_of("reduce", fault, {&x});
    return read_lanes(DRAGOMAN_F64, x.span()->lanes, lanes > 1, results.get());
}

PyObject* distance_to(PyObject*, PyObject* const* args, Py_ssize_t count) {
    if (wrong_count("distance_to(out, a, point)", count, 3, 3)) return nullptr;
    Operand out, a;
    if (!out.take(args[0], "distance_to", 1) || !a.take(args[1], "distance_to", 2)) return nullptr;
    const auto point = std::make_unique<double[]>(a.span()->lanes + std::size_t{1});
    if (!write_lanes(DRAGOMAN_F64, a.span()->lanes, true, point.get(), args[2])) return nullptr;
    return fault_of("distance_to", dragoman_distance_to(out.span(), a.span(), point.get()), {&out, &a});
}

/// buffer(type, rows, lanes=1): zeros that kernels take as they take columns.
PyObject* buffer(PyObject*, PyObject* args, PyObject* keywords) {
    const char* names[] = {"type", "rows", "lanes", nullptr};
    Py_ssize_t rows = 0;
    const char* type = nullptr;
    int lanes = 1;
    if (!PyArg_ParseTupleAndKeywords(args, keywords, "sn|i:buffer", const_cast<char**>(names), &type, &rows, &lanes))
        return nullptr;
    const int number = type_of(type);
    if (number < 0) return PyErr_Format(PyExc_ValueError, "buffer: there is no type %s", type);
    if (rows < 0 || lanes < 1 || lanes > UINT16_MAX)
        return PyErr_Format(PyExc_ValueError, "buffer: rows from 0 on, and lanes from 1 to 65535");
    return reinterpret_cast<PyObject*>(new_memory(static_cast<std::uint8_t>(number), static_cast<std::uint16_t>(lanes),
                                                  lanes > 1, static_cast<std::size_t>(rows)));
}

template <auto kernel, Name name, bool moves = false>
PyMethodDef method() {
    static constexpr Name kept = name;
    return {kept.text, as_method(kernel_function<kernel, name, moves>), METH_FASTCALL, nullptr};
}

}  // namespace

PyMethodDef kernel_methods[] = {
    method<dragoman_axpy, "axpy">(),
    method<dragoman_scale, "scale">(),
    method<dragoman_affine, "affine">(),
    method<dragoman_add, "add">(),
    method<dragoman_subtract, "subtract">(),
    method<dragoman_multiply, "multiply">(),
    method<dragoman_minimum, "minimum">(),
    method<dragoman_maximum, "maximum">(),
    method<dragoman_clamp, "clamp">(),
    method<dragoman_wrap, "wrap">(),
    {"integrate", as_method(integrate), METH_FASTCALL, nullptr},
    method<dragoman_bounce, "bounce">(),
    method<dragoman_limit_length, "limit_length">(),
    method<dragoman_copy, "copy", any_rows>(),
    method<dragoman_fill, "fill">(),
    method<dragoman_gather, "gather", any_rows>(),
    method<dragoman_scatter, "scatter", any_rows>(),
    {"compare", as_method(compare), METH_FASTCALL, nullptr},
    method<dragoman_select, "select", any_rows>(),
    {"where", as_method(where), METH_FASTCALL, nullptr},
    {"reduce", as_method(reduce), METH_FASTCALL, nullptr},
    method<dragoman_distance, "distance">(),
    {"distance_to", as_method(distance_to), METH_FASTCALL, nullptr},
    {"buffer", as_method(buffer), METH_VARARGS | METH_KEYWORDS, nullptr},
    {nullptr, nullptr, 0, nullptr},
};

}  // namespace dragoman::python
