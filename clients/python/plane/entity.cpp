#include "entity.hpp"

#include "component_row.hpp"
#include "row.hpp"

namespace dragoman::python {

PyTypeObject* entity_type;

namespace {

constexpr std::uint64_t most_handle = (std::uint64_t{1} << 52) - 1;

struct Place {
    dragoman_entity entity;
    const Component* component;
};

/// What nearly all calls begin with; false with an error.
bool find(PyObject* self, PyObject* name, const char* what, Place& place) {
    if (!in_a_run(what) || !entity_of(self, place.entity)) return false;
    place.component = component_of(name);
    return place.component != nullptr;
}

PyObject* is_valid(PyObject* self, PyObject*) {
    dragoman_entity entity;
    if (!in_a_run("is_valid()") || !entity_of(self, entity)) return nullptr;
    return PyBool_FromLong(dragoman_plane_alive(plane.handle, entity) == 1);
}

PyObject* has_component(PyObject* self, PyObject* name) {
    Place place;
    if (!find(self, name, "has_component()", place)) return nullptr;
    return PyBool_FromLong(dragoman_plane_has(plane.handle, place.entity, place.component->id) == 1);
}

PyObject* get_component(PyObject* self, PyObject* name) {
    Place place;
    if (!find(self, name, "get_component()", place)) return nullptr;
    if (!dragoman_plane_row(plane.handle, place.entity, place.component->id, 0)) return plane_error();
    return new_row(*place.component, place.entity);
}

bool set_fields(ComponentRows& row, PyObject* const* values, PyObject* names) {
    for (Py_ssize_t i = 0; names && i < PyTuple_GET_SIZE(names); ++i)
        if (!row.set(PyTuple_GET_ITEM(names, i), values[i])) return false;
    return true;
}

PyObject* add_component(PyObject* self, PyObject* const* args, Py_ssize_t count, PyObject* names) {
    Place place;
    if (count != 1) return PyErr_Format(PyExc_TypeError, "add_component(name, field=value, ...)");
    if (!find(self, args[0], "add_component()", place)) return nullptr;
    ComponentRows row(*place.component, 1);
    if (!set_fields(row, args + 1, names)) return nullptr;
    if (dragoman_plane_add(plane.handle, place.entity, place.component->id, row.data()) != 0) return plane_error();
    return new_row(*place.component, place.entity);
}

/// The row as it is or, where the system may not see it, the defaults.
bool current_row(const Place& place, ComponentRows& row) {
    const std::uint32_t id = place.component->id;
    if (const void* now = dragoman_plane_row(plane.handle, place.entity, id, 0)) {
        row.start_with(now);
        return true;
    }
    const bool hidden = plane.access(id) == DRAGOMAN_ACCESS_NONE;
    if (hidden && dragoman_plane_has(plane.handle, place.entity, id) == 1) {
        row.start_with(place.component->defaults());
        return true;
    }
    if (hidden) dragoman_plane_row(plane.handle, place.entity, id, 0);
    plane_error();
    return false;
}

PyObject* set_component(PyObject* self, PyObject* const* args, Py_ssize_t count, PyObject* names) {
    Place place;
    if (count != 1) return PyErr_Format(PyExc_TypeError, "set_component(name, field=value, ...)");
    if (!find(self, args[0], "set_component()", place)) return nullptr;
    ComponentRows row(*place.component, 1);
    if (!current_row(place, row) || !set_fields(row, args + 1, names)) return nullptr;
    if (dragoman_plane_set(plane.handle, place.entity, place.component->id, row.data()) != 0) return plane_error();
    Py_RETURN_NONE;
}

PyObject* remove_component(PyObject* self, PyObject* name) {
    Place place;
    if (!find(self, name, "remove_component()", place)) return nullptr;
    if (dragoman_plane_remove(plane.handle, place.entity, place.component->id) != 0) return plane_error();
    Py_RETURN_NONE;
}

PyObject* destroy(PyObject* self, PyObject*) {
    dragoman_entity entity;
    if (!in_a_run("destroy()") || !entity_of(self, entity)) return nullptr;
    if (dragoman_plane_destroy(plane.handle, entity) != 0) return plane_error();
    Py_RETURN_NONE;
}

PyObject* enter(PyObject* self, PyObject*) { return Py_NewRef(self); }

/// An error in the block takes back what it began.
PyObject* leave(PyObject* self, PyObject* const* args, Py_ssize_t count) {
    dragoman_entity entity;
    const bool failed = count > 0 && args[0] != Py_None;
    if (failed && plane.runs() && entity_of(self, entity) && dragoman_plane_alive(plane.handle, entity) == 1)
        dragoman_plane_destroy(plane.handle, entity);
    PyErr_Clear();
    Py_RETURN_FALSE;
}

PyObject* handle(PyObject* self, void*) { return PyNumber_Long(self); }

PyObject* repr(PyObject* self) {
    dragoman_entity entity;
    if (!entity_of(self, entity)) return nullptr;
    return PyUnicode_FromFormat("Entity(%llu)",
                                static_cast<unsigned long long>(entity.generation) << 32 | entity.index);
}

}  // namespace

PyObject* new_entity(dragoman_entity entity) {
    const Ref number(
        PyLong_FromUnsignedLongLong(static_cast<unsigned long long>(entity.generation) << 32 | entity.index));
    return number ? PyObject_CallOneArg(reinterpret_cast<PyObject*>(entity_type), number.get()) : nullptr;
}

bool entity_of(PyObject* object, dragoman_entity& entity) {
    const Ref number(PyNumber_Index(object));  // numpy's integers too
    if (!number) return false;
    const auto handle = PyLong_AsUnsignedLongLong(number.get());
    if ((handle == ~0ULL && PyErr_Occurred()) || handle > most_handle) {
        PyErr_Format(PyExc_ValueError, "%R is no entity's handle", object);
        return false;
    }
    entity = {static_cast<std::uint32_t>(handle), static_cast<std::uint32_t>(handle >> 32)};
    return true;
}

dragoman_span entity_span(const dragoman_entity* entities, std::uint64_t rows) {
    dragoman_span span = {};
    span.data = const_cast<dragoman_entity*>(entities);  // not writable
    span.rows = rows;
    span.stride = sizeof(dragoman_entity);
    span.lanes = 1;
    span.type = DRAGOMAN_ENTITY;
    span.component = DRAGOMAN_NONE;
    return span;
}

bool make_entity_type(PyObject* module) {
    static PyMethodDef methods[] = {
        {"is_valid", is_valid, METH_NOARGS, nullptr},
        {"has_component", has_component, METH_O, nullptr},
        {"get_component", get_component, METH_O, nullptr},
        {"add_component", as_method(add_component), METH_FASTCALL | METH_KEYWORDS, nullptr},
        {"set_component", as_method(set_component), METH_FASTCALL | METH_KEYWORDS, nullptr},
        {"remove_component", remove_component, METH_O, nullptr},
        {"destroy", destroy, METH_NOARGS, nullptr},
        {"__enter__", enter, METH_NOARGS, nullptr},
        {"__exit__", as_method(leave), METH_FASTCALL, nullptr},
        {nullptr, nullptr, 0, nullptr},
    };
    static PyGetSetDef properties[] = {
        {"handle", handle, nullptr, "The number that stands for it on the wire.", nullptr},
        {nullptr, nullptr, nullptr, nullptr, nullptr},
    };
    static PyType_Slot slots[] = {
        {Py_tp_methods, methods}, {Py_tp_getset, properties}, {Py_tp_repr, as_slot(repr)}, {0, nullptr}};
    static PyType_Spec spec = {"dragoman.Entity", 0, 0, Py_TPFLAGS_DEFAULT, slots};
    const Ref bases(PyTuple_Pack(1, &PyLong_Type));
    if (!bases) return false;
    entity_type = reinterpret_cast<PyTypeObject*>(PyType_FromSpecWithBases(&spec, bases.get()));
    return entity_type && PyModule_AddObjectRef(module, "Entity", reinterpret_cast<PyObject*>(entity_type)) == 0;
}

}  // namespace dragoman::python
