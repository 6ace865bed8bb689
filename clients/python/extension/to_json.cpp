#include "to_json.hpp"

#include <charconv>
#include <cmath>

namespace dragoman {

namespace {

constexpr int deepest = 256;

void append_escape(Py_UCS4 unit, std::string& text) {
    constexpr const char* digits = "0123456789abcdef";
    text += "\\u";
    for (int shift = 12; shift >= 0; shift -= 4) text += digits[(unit >> shift) & 0xF];
}

void append_character(Py_UCS4 character, std::string& text) {
    switch (character) {
        case '"':
            text += "\\\"";
            return;
        case '\\':
            text += "\\\\";
            return;
        case '\b':
            text += "\\b";
            return;
        case '\f':
            text += "\\f";
            return;
        case '\n':
            text += "\\n";
            return;
        case '\r':
            text += "\\r";
            return;
        case '\t':
            text += "\\t";
            return;
        default:
            break;
    }
    if (character >= ' ' && character <= '~') {
        text += static_cast<char>(character);
    } else if (character > 0xFFFF) {
        append_escape(0xD800 + ((character - 0x10000) >> 10), text);
        append_escape(0xDC00 + ((character - 0x10000) & 0x3FF), text);
    } else {
        append_escape(character, text);
    }
}

void append_string(PyObject* string, std::string& text) {
    const Py_ssize_t length = PyUnicode_GET_LENGTH(string);
    const auto kind = PyUnicode_KIND(string);
    const void* data = PyUnicode_DATA(string);
    text += '"';
    for (Py_ssize_t at = 0; at < length; ++at) append_character(PyUnicode_READ(kind, data, at), text);
    text += '"';
}

bool append_integer(PyObject* integer, std::string& text) {
    int overflow = 0;
    const long long number = PyLong_AsLongLongAndOverflow(integer, &overflow);
    if (overflow != 0) return false;
    char digits[24];
    const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
    text.append(digits, end);
    return true;
}

bool append_float(PyObject* number, std::string& text) {
    const double value = PyFloat_AS_DOUBLE(number);
    if (!std::isfinite(value)) return false;
    char* digits = PyOS_double_to_string(value, 'r', 0, Py_DTSF_ADD_DOT_0, nullptr);
    if (!digits) {
        PyErr_Clear();
        return false;
    }
    text += digits;
    PyMem_Free(digits);
    return true;
}

bool append_sequence(PyObject* sequence, std::string& text, JsonLimits limits) {
    const Py_ssize_t size = PySequence_Fast_GET_SIZE(sequence);
    PyObject** items = PySequence_Fast_ITEMS(sequence);
    text += '[';
    for (Py_ssize_t index = 0; index < size; ++index) {
        if (index > 0) text += ", ";
        if (!append_json(items[index], text, {limits.longest, limits.depth + 1})) return false;
    }
    text += ']';
    return true;
}

bool append_dict(PyObject* dict, std::string& text, JsonLimits limits) {
    PyObject *key = nullptr, *value = nullptr;
    Py_ssize_t position = 0;
    bool first = true;
    text += '{';
    while (PyDict_Next(dict, &position, &key, &value)) {
        if (!PyUnicode_CheckExact(key)) return false;
        if (!first) text += ", ";
        first = false;
        append_string(key, text);
        text += ": ";
        if (!append_json(value, text, {limits.longest, limits.depth + 1})) return false;
    }
    text += '}';
    return true;
}

}  // namespace

// Calls no Python code, so nothing changes under its hands and no other thread runs meanwhile.
bool append_json(PyObject* value, std::string& text, JsonLimits limits) {
    if (limits.depth > deepest || text.size() > limits.longest) return false;
    if (PyUnicode_CheckExact(value)) {
        if (static_cast<std::size_t>(PyUnicode_GET_LENGTH(value)) > limits.longest) return false;
        return append_string(value, text), true;
    }
    if (PyLong_CheckExact(value)) return append_integer(value, text);
    if (PyFloat_CheckExact(value)) return append_float(value, text);
    if (PyList_CheckExact(value) || PyTuple_CheckExact(value)) return append_sequence(value, text, limits);
    if (PyDict_CheckExact(value)) return append_dict(value, text, limits);
    if (value == Py_None) return text += "null", true;
    if (value == Py_True) return text += "true", true;
    if (value == Py_False) return text += "false", true;
    return false;
}

}  // namespace dragoman
