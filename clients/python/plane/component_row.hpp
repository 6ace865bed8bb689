#pragma once

#include "plane.hpp"

namespace dragoman::python {

/// Rows of a component for a command, filled with its defaults and then with what the script gives.
class ComponentRows {
public:
    ComponentRows(const Component& component, std::size_t rows);

    /// One value for all rows, or one for each.
    bool set(PyObject* field, PyObject* value);
    /// The fields in a dict or, for whole rows, a buffer of them; None leaves the defaults.
    bool set_all(PyObject* values);
    /// Rows to start from instead of the defaults.
    void start_with(const void* row);

    /// nullptr as long as nothing was set: the broker knows the defaults itself.
    const void* data() const { return touched_ ? bytes_.data() : nullptr; }
    const Component& component() const { return *component_; }

private:
    void fill();
    bool set_bytes(PyObject* buffer);

    const Component* component_;
    std::size_t rows_;
    std::vector<unsigned char> bytes_;
    bool touched_ = false;
};

}  // namespace dragoman::python
