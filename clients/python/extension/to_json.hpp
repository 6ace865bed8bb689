#pragma once

#include <Python.h>

#include <string>

namespace dragoman {

/// Appends the value's JSON text in the form of json.dumps. False, with half a text appended and no Python error set,
/// for what is not plainly one of JSON's types: the Python encoder then converts it, or says what is wrong with it.
bool append_json(PyObject* value, std::string& text, int depth = 0);

}  // namespace dragoman
