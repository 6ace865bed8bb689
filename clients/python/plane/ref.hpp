#pragma once

#include <Python.h>

#include <utility>

namespace dragoman::python {

/// Owns one reference.
class Ref {
public:
    Ref() = default;
    /// Takes over a new reference.
    explicit Ref(PyObject* object) : object_(object) {}
    static Ref to(PyObject* object) { return Ref(Py_XNewRef(object)); }
    Ref(Ref&& other) noexcept : object_(std::exchange(other.object_, nullptr)) {}
    Ref& operator=(Ref&& other) noexcept {
        PyObject* old = std::exchange(object_, std::exchange(other.object_, nullptr));
        Py_XDECREF(old);
        return *this;
    }
    Ref(const Ref&) = delete;
    Ref& operator=(const Ref&) = delete;
    ~Ref() { Py_XDECREF(object_); }

    PyObject* get() const { return object_; }
    PyObject* give() { return std::exchange(object_, nullptr); }
    explicit operator bool() const { return object_ != nullptr; }

private:
    PyObject* object_ = nullptr;
};

/// For tables of methods and slots, which hold functions of several kinds.
template <typename Function>
PyCFunction as_method(Function* function) {
    return reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(function));
}
template <typename Function>
void* as_slot(Function* function) {
    return reinterpret_cast<void*>(function);
}

/// A texts' UTF-8, for messages.
inline const char* text_of(PyObject* string) {
    const char* text = PyUnicode_AsUTF8(string);
    if (text) return text;
    PyErr_Clear();
    return "?";
}

/// Equal texts; quick where both are interned, as names in code are.
inline bool same(PyObject* a, PyObject* b) { return a == b || (PyUnicode_Check(b) && PyUnicode_Compare(a, b) == 0); }

}  // namespace dragoman::python
