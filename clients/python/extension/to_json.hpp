#pragma once

#include <Python.h>

#include <cstddef>
#include <string>

namespace dragoman {

struct JsonLimits {
    std::size_t longest = std::string::npos;  // bytes; the text may be as much longer as its last string is
    int depth = 0;                            // how deep the value lies already
};

/// Appends the value's JSON text in the form of json.dumps. False, with half a text appended and no Python error set,
/// for what is not plainly one of JSON's types, or past the limits: the Python encoder then converts it, or says what
/// is wrong with it.
bool append_json(PyObject* value, std::string& text, JsonLimits limits = {});

}  // namespace dragoman
