#pragma once
// A kernel of kernels.h as a Python function: its C parameters say what the arguments are.

#include <algorithm>
#include <array>
#include <tuple>
#include <utility>

#include "operand.hpp"

namespace dragoman::python {

template <std::size_t size>
struct Name {
    constexpr Name(const char (&from)[size]) { std::copy_n(from, size, text); }
    char text[size];
};

template <typename Parameter>
struct Argument;

template <>
struct Argument<const dragoman_span*> {
    Operand operand;
    bool take(PyObject* object, const char* kernel, int position) { return operand.take(object, kernel, position); }
    const dragoman_span* get() const { return operand.span(); }
    const Operand* named() const { return &operand; }
};

template <>
struct Argument<double> {
    double number;
    bool take(PyObject* object, const char* kernel, int position) {
        number = PyFloat_CheckExact(object) ? PyFloat_AS_DOUBLE(object) : PyFloat_AsDouble(object);
        if (number != -1.0 || !PyErr_Occurred()) return true;
        PyErr_Format(PyExc_TypeError, "%s: argument %d must be a number, not %.100s", kernel, position,
                     Py_TYPE(object)->tp_name);
        return false;
    }
    double get() const { return number; }
    const Operand* named() const { return nullptr; }
};

/// For kernels that only move rows, whatever is in them.
inline constexpr bool any_rows = true;

template <Name name, bool moves, typename... Parameters, std::size_t... index>
PyObject* call_kernel(int (*kernel)(Parameters...), PyObject* const* args, std::index_sequence<index...>) {
    std::tuple<Argument<Parameters>...> arguments;
    if (!(std::get<index>(arguments).take(args[index], name.text, static_cast<int>(index) + 1) && ...)) return nullptr;
    if constexpr (moves) (std::get<index>(arguments).operand.as_bytes(), ...);
    const int fault = kernel(std::get<index>(arguments).get()...);
    if (fault == DRAGOMAN_KERNEL_OK) [[likely]]
        Py_RETURN_NONE;
    std::array<const Operand*, sizeof...(index)> named = {std::get<index>(arguments).named()...};
    const auto end = std::remove(named.begin(), named.end(), nullptr);
    return raise_fault(name.text, fault, named.data(), static_cast<std::size_t>(end - named.begin()));
}

template <Name name, bool moves, typename... Parameters>
PyObject* call_kernel(int (*kernel)(Parameters...), PyObject* const* args, Py_ssize_t count) {
    if (count == sizeof...(Parameters))
        return call_kernel<name, moves>(kernel, args, std::index_sequence_for<Parameters...>{});
    return PyErr_Format(PyExc_TypeError, "%s takes %zu arguments, not %zd", name.text, sizeof...(Parameters), count);
}

template <auto kernel, Name name, bool moves = false>
PyObject* kernel_function(PyObject*, PyObject* const* args, Py_ssize_t count) {
    return call_kernel<name, moves>(kernel, args, count);
}

}  // namespace dragoman::python
