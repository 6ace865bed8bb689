#include "plane.hpp"

#include <array>
#include <cstring>

namespace dragoman::python {

Plane& plane = *new Plane();  // never destroyed: when the process ends, the interpreter has ended already

namespace {

struct Type {
    const char* name;
    std::uint32_t size;
};
constexpr std::array<Type, 12> types = {{{"bool", 1},
                                         {"i8", 1},
                                         {"i16", 2},
                                         {"i32", 4},
                                         {"i64", 8},
                                         {"u8", 1},
                                         {"u16", 2},
                                         {"u32", 4},
                                         {"u64", 8},
                                         {"f32", 4},
                                         {"f64", 8},
                                         {"entity", 8}}};

}  // namespace

const char* type_name(std::uint8_t type) { return type < types.size() ? types[type].name : "?"; }

std::uint32_t type_size(std::uint8_t type) { return type < types.size() ? types[type].size : 0; }

int type_of(const char* name) {
    for (std::size_t type = 0; type < types.size(); ++type)
        if (std::strcmp(types[type].name, name) == 0) return static_cast<int>(type);
    return -1;
}

const Field* Component::find(PyObject* field_name) const {
    for (const auto& field : fields)
        if (field.name.get() == field_name) return &field;
    for (const auto& field : fields)
        if (same(field.name.get(), field_name)) return &field;
    return nullptr;
}

const Field* Component::field(PyObject* field_name) const {
    const Field* found = PyUnicode_Check(field_name) ? find(field_name) : nullptr;
    if (found && !found->side) return found;
    if (found) {
        PyErr_Format(PyExc_AttributeError, "%U.%U is text or json, which does not lie in shared memory", name.get(),
                     field_name);
        return nullptr;
    }
    std::string known;
    for (const auto& field : fields) known += (known.empty() ? "" : ", ") + std::string(text_of(field.name.get()));
    PyErr_Format(PyExc_AttributeError, "%U has no field %R; its fields: %s", name.get(), field_name,
                 known.empty() ? "none" : known.c_str());
    return nullptr;
}

const unsigned char* Component::defaults() const {
    const auto* view = dragoman_plane_view(plane.handle);
    return reinterpret_cast<const unsigned char*>(view) + view->component[id].defaults;
}

bool in_a_run(const char* what) {
    if (plane.runs()) return true;
    PyErr_Format(PyExc_RuntimeError, "%s: only while a system runs; between its runs the world is not the script's",
                 what);
    return false;
}

PyObject* plane_error() {
    const char* text = dragoman_plane_error(plane.handle);
    PyErr_SetString(PyExc_RuntimeError, text && *text ? text : "the data plane failed");
    return nullptr;
}

const Component* component_of(PyObject* name) {
    Ref own;
    if (!PyUnicode_Check(name)) {
        own = Ref(PyObject_GetAttrString(name, "__name__"));
        if (!own) return nullptr;
        name = own.get();
    }
    PyObject* id = plane.ids ? PyDict_GetItemWithError(plane.ids.get(), name) : nullptr;
    if (id) return &plane.components[PyLong_AsUnsignedLong(id)];
    if (!PyErr_Occurred()) PyErr_Format(PyExc_LookupError, "there is no component %R in this world", name);
    return nullptr;
}

}  // namespace dragoman::python
