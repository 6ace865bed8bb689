#pragma once

#include <Python.h>

#include <simdjson.h>
#include <array>
#include <cstddef>
#include <string_view>

namespace dragoman {

/// Python strings for texts that come again in every scene: keys and headers.
class KnownTexts {
public:
    /// A new reference, or nullptr with Python's error set.
    PyObject* get(std::string_view text);

private:
    static constexpr std::size_t longest = 31;
    struct Entry {
        PyObject* string = nullptr;
        unsigned char size = 0;
        char text[longest];
    };
    std::array<Entry, 512> entries_{};
};

/// JSON text to Python values, equal to what json.loads makes of it.
class FromJson {
public:
    /// The text must be followed by simdjson::SIMDJSON_PADDING readable bytes. A new reference; nullptr with Python's
    /// error set; nullptr without one where simdjson refuses the text: json may still take it (big integers, lone
    /// surrogates), or knows how to say what is wrong.
    PyObject* parse(const char* text, std::size_t size);

    KnownTexts known;

private:
    PyObject* value(simdjson::dom::element element);
    PyObject* list(simdjson::dom::array array);
    PyObject* dict(simdjson::dom::object object);

    simdjson::dom::parser parser_;
};

}  // namespace dragoman
