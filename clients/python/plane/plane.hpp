#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "clients/plane/kernels.h"
#include "ref.hpp"

namespace dragoman::python {

struct Field {
    Ref name;
    std::uint8_t type = DRAGOMAN_F32;  // dragoman_type
    std::uint16_t lanes = 1;
    bool array = false;
    bool side = false;  // text and json: not in the row
    std::uint32_t offset = 0;
};

/// A component as the broker told it.
struct Component {
    Ref name;
    std::uint32_t id = 0;
    std::uint32_t size = 0;
    std::vector<Field> fields;
    // Of all its numbers, where they have one type and lie side by side; else there are no lanes.
    std::uint8_t type = DRAGOMAN_U8;
    std::uint16_t lanes = 0;
    mutable Ref dtype;  // numpy's, once it was asked for

    const Field* find(PyObject* field_name) const;
    /// The same, or AttributeError naming the fields that there are.
    const Field* field(PyObject* field_name) const;
    const unsigned char* defaults() const;
};

struct System {
    Ref name;
    Ref function;  // (tables, dt)
    Ref after;     // (dt): its coroutines; may be empty
    Ref tables;
};

/// The process's one plane, as it has one conversation, and what runs now.
struct Plane {
    dragoman_plane* handle = nullptr;
    /// Odd while a system runs. What was made in one run is worth nothing in the next; 0 is no run's.
    std::uint64_t epoch = 2;
    std::uint32_t system = 0;
    std::vector<Component> components;  // by id
    std::vector<System> systems;
    Ref ids;  // {name: id}

    bool runs() const { return (epoch & 1) != 0; }
    std::uint8_t access(std::uint32_t component) const {
        return dragoman_plane_view(handle)->system[system].access[component];
    }
};

extern Plane& plane;

/// Of what was not made in a run and does not end with it.
inline constexpr std::uint64_t forever = ~std::uint64_t{0};
inline bool current(std::uint64_t epoch) { return epoch == plane.epoch || epoch == forever; }

/// False with RuntimeError outside of a system's run.
bool in_a_run(const char* what);
/// Sets RuntimeError with the plane's own words.
PyObject* plane_error();
/// By name, or by a class of that name; nullptr with an error.
const Component* component_of(PyObject* name);
/// "f32"
const char* type_name(std::uint8_t type);
std::uint32_t type_size(std::uint8_t type);
/// -1 where there is none.
int type_of(const char* name);

// For the module's table of functions.
PyObject* open_plane(PyObject*, PyObject*);
PyObject* attach(PyObject*, PyObject* const* args, Py_ssize_t count);
PyObject* set_after(PyObject*, PyObject* const* args, Py_ssize_t count);
PyObject* wait_and_run(PyObject*, PyObject* arguments);
PyObject* poll_and_run(PyObject*, PyObject*);
PyObject* tick_of_plane(PyObject*, PyObject*);
PyObject* running_system(PyObject*, PyObject*);

}  // namespace dragoman::python
