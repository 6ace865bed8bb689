// What the broker says in "attach", as the other parts want it.
#include <stdexcept>

#include "column.hpp"
#include "plane.hpp"
#include "tables.hpp"

namespace dragoman::python {

namespace {

/// Thrown with Python's error set.
struct Failed : std::exception {};

Ref item(PyObject* dict, const char* key) {
    Ref value(PyMapping_GetItemString(dict, key));
    if (!value) throw Failed();
    return value;
}

std::int64_t number(PyObject* dict, const char* key) {
    const Ref value = item(dict, key);
    const long long number = PyLong_AsLongLong(value.get());
    if (number == -1 && PyErr_Occurred()) throw Failed();
    return number;
}

Ref name(PyObject* dict) {
    PyObject* text = item(dict, "name").give();
    if (PyUnicode_CheckExact(text)) PyUnicode_InternInPlace(&text);
    return Ref(text);
}

std::string text(PyObject* dict, const char* key) {
    const Ref value = item(dict, key);
    const char* utf8 = PyUnicode_AsUTF8(value.get());
    if (!utf8) throw Failed();
    return utf8;
}

Field field(PyObject* told) {
    Field field;
    field.name = name(told);
    const int type = type_of(text(told, "type").c_str());
    const auto offset = number(told, "offset");
    field.side = offset < 0 || type < 0;
    if (field.side) return field;
    const auto count = number(told, "count");
    field.type = static_cast<std::uint8_t>(type);
    field.offset = static_cast<std::uint32_t>(offset);
    field.array = count > 0;
    field.lanes = static_cast<std::uint16_t>(count > 0 ? count : 1);
    return field;
}

/// One row of numbers of one type, without gaps.
void find_lanes(Component& component) {
    std::uint32_t end = 0;
    std::uint32_t lanes = 0;
    for (const auto& field : component.fields) {
        if (field.side) continue;
        if (lanes > 0 && field.type != component.type) return;
        if (field.offset != end) return;
        component.type = field.type;
        lanes += field.lanes;
        end += field.lanes * type_size(field.type);
    }
    if (end == component.size && lanes <= UINT16_MAX) component.lanes = static_cast<std::uint16_t>(lanes);
}

Component component(PyObject* told) {
    Component component;
    component.name = name(told);
    component.id = static_cast<std::uint32_t>(number(told, "id"));
    component.size = static_cast<std::uint32_t>(number(told, "size"));
    const Ref fields(PySequence_Fast(item(told, "fields").get(), "fields: a list expected"));
    if (!fields) throw Failed();
    for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(fields.get()); ++i)
        component.fields.push_back(field(PySequence_Fast_GET_ITEM(fields.get(), i)));
    find_lanes(component);
    return component;
}

void take_components(PyObject* told) {
    const Ref list(PySequence_Fast(told, "components: a list expected"));
    Ref ids(PyDict_New());
    if (!list || !ids) throw Failed();
    std::uint32_t there = 0;
    dragoman_plane_components(plane.handle, &there);
    std::vector<Component> components(there);
    for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(list.get()); ++i) {
        Component told_one = component(PySequence_Fast_GET_ITEM(list.get(), i));
        const Ref id(PyLong_FromUnsignedLong(told_one.id));
        if (told_one.id >= there) {
            PyErr_Format(PyExc_RuntimeError, "attach: component %U has the id %u, but the plane holds %u components",
                         told_one.name.get(), told_one.id, there);
            throw Failed();
        }
        if (!id || PyDict_SetItem(ids.get(), told_one.name.get(), id.get()) < 0) throw Failed();
        components[told_one.id] = std::move(told_one);
    }
    plane.components = std::move(components);
    plane.ids = std::move(ids);
}

void take_systems(PyObject* told) {
    const Ref list(PySequence_Fast(told, "systems: a list expected"));
    if (!list) throw Failed();
    std::vector<System> systems;
    for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(list.get()); ++i) {
        PyObject *name = nullptr, *function = nullptr, *after = nullptr;
        if (!PyArg_ParseTuple(PySequence_Fast_GET_ITEM(list.get(), i), "OOO", &name, &function, &after)) throw Failed();
        System system{Ref::to(name), Ref::to(function), Ref::to(after == Py_None ? nullptr : after), {}};
        system.tables = Ref(new_tables(static_cast<std::uint32_t>(i)));
        if (!system.tables) throw Failed();
        systems.push_back(std::move(system));
    }
    if (systems.size() != dragoman_plane_view(plane.handle)->systems) {
        PyErr_Format(PyExc_RuntimeError, "attach: the script declared %zu systems, the plane holds %u", systems.size(),
                     dragoman_plane_view(plane.handle)->systems);
        throw Failed();
    }
    plane.systems = std::move(systems);
}

}  // namespace

/// attach(components, [(name, function, after or None), ...])
PyObject* attach(PyObject*, PyObject* const* args, Py_ssize_t count) {
    if (count != 2) return PyErr_Format(PyExc_TypeError, "attach(components, systems)");
    try {
        for (const auto& system : plane.systems) forget_tables(system.tables.get());
        plane.systems.clear();
        dragoman_plane_keep_mappings(plane.handle, exported() > 0);
        if (dragoman_plane_attach(plane.handle) != 0) return plane_error();
        take_components(args[0]);
        take_systems(args[1]);
    } catch (const Failed&) {
        return nullptr;
    } catch (const std::bad_alloc&) {
        return PyErr_NoMemory();
    }
    Py_RETURN_NONE;
}

/// set_after(system, callable)
PyObject* set_after(PyObject*, PyObject* const* args, Py_ssize_t count) {
    const auto system = count == 2 ? PyLong_AsSize_t(args[0]) : plane.systems.size();
    if (PyErr_Occurred()) return nullptr;
    if (system >= plane.systems.size()) return PyErr_Format(PyExc_IndexError, "set_after(system, callable)");
    plane.systems[system].after = Ref::to(args[1]);
    Py_RETURN_NONE;
}

}  // namespace dragoman::python
