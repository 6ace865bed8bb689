#include "from_json.hpp"

#include <cstdint>
#include <cstring>

namespace dragoman {

namespace {

std::size_t slot_of(std::string_view text) {
    std::uint32_t hash = 2166136261U;
    for (const char byte : text) hash = (hash ^ static_cast<unsigned char>(byte)) * 16777619U;
    return hash ^ (hash >> 15);
}

PyObject* new_string(std::string_view text) {
    return PyUnicode_DecodeUTF8(text.data(), static_cast<Py_ssize_t>(text.size()), nullptr);
}

}  // namespace

PyObject* KnownTexts::get(std::string_view text) {
    if (text.size() > longest) return new_string(text);
    auto& entry = entries_[slot_of(text) % entries_.size()];
    if (entry.string && entry.size == text.size() && std::memcmp(entry.text, text.data(), text.size()) == 0)
        return Py_NewRef(entry.string);

    PyObject* string = new_string(text);
    if (!string) return nullptr;
    PyUnicode_InternInPlace(&string);
    Py_XSETREF(entry.string, Py_NewRef(string));
    entry.size = static_cast<unsigned char>(text.size());
    std::memcpy(entry.text, text.data(), text.size());
    return string;
}

PyObject* FromJson::parse(const char* text, std::size_t size) {
    simdjson::dom::element root;
    if (parser_.parse(text, size, false).get(root) != simdjson::SUCCESS) return nullptr;
    // Nothing made here is garbage: the collector would only walk through it, several times for a large scene.
    const bool collecting = PyGC_Disable() == 1;
    PyObject* made = value(root);
    if (collecting) PyGC_Enable();
    return made;
}

PyObject* FromJson::value(simdjson::dom::element element) {
    using simdjson::dom::element_type;
    switch (element.type()) {
        case element_type::ARRAY:
            return list(element.get_array().value_unsafe());
        case element_type::OBJECT:
            return dict(element.get_object().value_unsafe());
        case element_type::INT64:
            return PyLong_FromLongLong(element.get_int64().value_unsafe());
        case element_type::UINT64:
            return PyLong_FromUnsignedLongLong(element.get_uint64().value_unsafe());
        case element_type::DOUBLE:
            return PyFloat_FromDouble(element.get_double().value_unsafe());
        case element_type::STRING:
            return new_string(element.get_string().value_unsafe());
        case element_type::BOOL:
            return PyBool_FromLong(element.get_bool().value_unsafe());
        case element_type::NULL_VALUE:
            break;
    }
    Py_RETURN_NONE;
}

PyObject* FromJson::list(simdjson::dom::array array) {
    // simdjson counts only so far; longer lists grow as they are filled.
    constexpr std::size_t uncounted = 0xFFFFFF;
    const std::size_t size = array.size();
    const bool counted = size < uncounted;
    PyObject* list = PyList_New(counted ? static_cast<Py_ssize_t>(size) : 0);
    if (!list) return nullptr;
    Py_ssize_t index = 0;
    for (const auto element : array) {
        PyObject* item = value(element);
        if (item && counted) {
            PyList_SET_ITEM(list, index++, item);
            continue;
        }
        const bool kept = item && PyList_Append(list, item) == 0;
        Py_XDECREF(item);
        if (!kept) {
            Py_DECREF(list);
            return nullptr;
        }
    }
    return list;
}

PyObject* FromJson::dict(simdjson::dom::object object) {
    PyObject* dict = PyDict_New();
    if (!dict) return nullptr;
    for (const auto field : object) {
        PyObject* key = known.get(field.key);
        PyObject* item = key ? value(field.value) : nullptr;
        const bool kept = item && PyDict_SetItem(dict, key, item) == 0;
        Py_XDECREF(key);
        Py_XDECREF(item);
        if (!kept) {
            Py_DECREF(dict);
            return nullptr;
        }
    }
    return dict;
}

}  // namespace dragoman
