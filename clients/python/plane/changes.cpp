// Many entities at once, and those that are not there yet.
#include "changes.hpp"

#include <cstring>
#include <string_view>

#include "column.hpp"
#include "component_row.hpp"
#include "entity.hpp"
#include "scalars.hpp"

namespace dragoman::python {

namespace {

/// The components that a creation is given by name.
struct Given {
    std::vector<ComponentRows> rows;
    std::vector<std::uint32_t> ids;
    std::vector<const void*> data;

    bool take(PyObject* const* values, PyObject* names, std::size_t entities) {
        for (Py_ssize_t i = 0; names && i < PyTuple_GET_SIZE(names); ++i) {
            const Component* component = component_of(PyTuple_GET_ITEM(names, i));
            if (!component) return false;
            if (!rows.emplace_back(*component, entities).set_all(values[i])) return false;
        }
        for (const auto& row : rows) {
            ids.push_back(row.component().id);
            data.push_back(row.data());
        }
        return true;
    }
    std::uint32_t count() const { return static_cast<std::uint32_t>(ids.size()); }
};

PyObject* create_one(PyObject* const* values, PyObject* names) {
    dragoman_entity made;
    Given given;
    if (!given.take(values, names, 1)) return nullptr;
    const int failed = given.ids.empty() ? dragoman_plane_create(plane.handle, &made)
                                         : dragoman_plane_create_with(plane.handle, given.count(), given.ids.data(),
                                                                      given.data.data(), &made);
    return failed ? plane_error() : new_entity(made);
}

/// Handles from any sequence of ints or buffer of them.
bool entities_of(PyObject* object, std::vector<dragoman_entity>& entities) {
    const Py_ssize_t size = PyObject_Size(object);
    if (size < 0) return false;
    entities.resize(static_cast<std::size_t>(size));
    const Run run{reinterpret_cast<unsigned char*>(entities.data()),
                  sizeof(dragoman_entity),
                  entities.size(),
                  1,
                  DRAGOMAN_ENTITY,
                  false};
    return size == 0 || write_run(run, object);
}

struct Updated {
    std::vector<dragoman_entity> entities;
    std::vector<unsigned char*> rows;

    /// Where each entity's row lies; false with an error when one of them has none.
    bool find(const Component& component) {
        rows.reserve(entities.size());
        for (const auto entity : entities) {
            void* row = dragoman_plane_row(plane.handle, entity, component.id, 1);
            if (!row) {
                plane_error();
                return false;
            }
            rows.push_back(static_cast<unsigned char*>(row));
        }
        return true;
    }
};

/// A field's new values, one for each entity.
struct FieldValues {
    const Field* field;
    std::vector<unsigned char> bytes;

    std::size_t size() const { return field->lanes * type_size(field->type); }
};

bool take_values(const Component& component, PyObject* name, PyObject* value, std::size_t entities,
                 std::vector<FieldValues>& taken) {
    const Field* field = component.field(name);
    if (!field) return false;
    auto& values = taken.emplace_back(FieldValues{field, {}});
    values.bytes.resize(entities * values.size());
    const Run run{values.bytes.data(), values.size(), entities, field->lanes, field->type, field->array};
    if (write_run(run, value)) return true;
    name_error(component.name.get(), name);
    return false;
}

PyObject* update(PyObject* const* args, PyObject* names) {
    const Component* component = component_of(args[0]);
    Updated updated;
    if (!component || !entities_of(args[1], updated.entities)) return nullptr;
    std::vector<FieldValues> taken;
    for (Py_ssize_t i = 0; names && i < PyTuple_GET_SIZE(names); ++i)
        if (!take_values(*component, PyTuple_GET_ITEM(names, i), args[2 + i], updated.entities.size(), taken))
            return nullptr;
    if (!updated.find(*component)) return nullptr;
    for (const auto& values : taken)
        for (std::size_t i = 0; i < updated.rows.size(); ++i)
            std::memcpy(updated.rows[i] + values.field->offset, values.bytes.data() + i * values.size(), values.size());
    Py_RETURN_NONE;
}

/// A name, a class, or a sequence of them.
bool take_ids(PyObject* object, std::vector<std::uint32_t>& ids) {
    if (PyUnicode_Check(object) || PyType_Check(object)) {
        const Component* component = component_of(object);
        if (component) ids.push_back(component->id);
        return component != nullptr;
    }
    const Ref list(PySequence_Fast(object, "names of components expected"));
    if (!list) return false;
    for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(list.get()); ++i) {
        const Component* component = component_of(PySequence_Fast_GET_ITEM(list.get(), i));
        if (!component) return false;
        ids.push_back(component->id);
    }
    return true;
}

PyObject* query(PyObject* const* args, Py_ssize_t count, PyObject* names) {
    std::vector<std::uint32_t> with, without;
    for (Py_ssize_t i = 0; i < count; ++i)
        if (!take_ids(args[i], with)) return nullptr;
    for (Py_ssize_t i = 0; names && i < PyTuple_GET_SIZE(names); ++i) {
        const std::string_view name = text_of(PyTuple_GET_ITEM(names, i));
        if (name != "with_" && name != "without")
            return PyErr_Format(PyExc_TypeError, "query_entities(names..., with_=[...], without=[...])");
        if (!take_ids(args[count + i], name == "without" ? without : with)) return nullptr;
    }
    std::vector<dragoman_entity> found;
    const auto visit = [](void* context, dragoman_entity entity) {
        static_cast<std::vector<dragoman_entity>*>(context)->push_back(entity);
        return 0;
    };
    if (dragoman_plane_query(plane.handle, with.data(), static_cast<std::uint32_t>(with.size()), without.data(),
                             static_cast<std::uint32_t>(without.size()), visit, &found) != 0)
        return plane_error();
    Ref list(PyList_New(static_cast<Py_ssize_t>(found.size())));
    for (std::size_t i = 0; list && i < found.size(); ++i) {
        PyObject* entity = new_entity(found[i]);
        if (!entity) return nullptr;
        PyList_SET_ITEM(list.get(), static_cast<Py_ssize_t>(i), entity);
    }
    return list.give();
}

/// Calls `what` and turns C++'s one exception into Python's.
template <typename What>
PyObject* guarded(What what) {
    try {
        return what();
    } catch (const std::exception&) {
        return PyErr_NoMemory();
    }
}

}  // namespace

PyObject* create_entity(PyObject*, PyObject* const* args, Py_ssize_t count, PyObject* names) {
    if (count != 0) return PyErr_Format(PyExc_TypeError, "create_entity(Component={...}, ...)");
    if (!in_a_run("create_entity()")) return nullptr;
    return guarded([&] { return create_one(args, names); });
}

PyObject* create_many(PyObject*, PyObject* const* args, Py_ssize_t count, PyObject* names) {
    if (count != 1) return PyErr_Format(PyExc_TypeError, "create_many(count, Component={...}, ...)");
    if (!in_a_run("create_many()")) return nullptr;
    const auto entities = PyLong_AsLongLong(args[0]);
    if (entities == -1 && PyErr_Occurred()) return nullptr;
    if (entities < 0 || entities > UINT32_MAX)
        return PyErr_Format(PyExc_ValueError, "create_many: %R entities", args[0]);
    return guarded([&]() -> PyObject* {
        const auto wanted = static_cast<std::size_t>(entities);
        Given given;
        if (!given.take(args + 1, names, wanted)) return nullptr;
        Ref made(reinterpret_cast<PyObject*>(new_memory(DRAGOMAN_ENTITY, 1, false, wanted)));
        if (!made || wanted == 0) return made.give();
        auto* handles = static_cast<dragoman_entity*>(reinterpret_cast<Values*>(made.get())->memory);
        if (dragoman_plane_create_many(plane.handle, static_cast<std::uint32_t>(wanted), given.count(),
                                       given.ids.data(), given.data.data(), handles) != 0)
            return plane_error();
        return made.give();
    });
}

PyObject* destroy_many(PyObject*, PyObject* entities) {
    if (!in_a_run("destroy_many()")) return nullptr;
    return guarded([&]() -> PyObject* {
        std::vector<dragoman_entity> handles;
        if (!entities_of(entities, handles)) return nullptr;
        for (const auto handle : handles)
            if (dragoman_plane_destroy(plane.handle, handle) != 0) return plane_error();
        Py_RETURN_NONE;
    });
}

PyObject* batch_update(PyObject*, PyObject* const* args, Py_ssize_t count, PyObject* names) {
    if (count != 2) return PyErr_Format(PyExc_TypeError, "batch_update(component, entities, field=value, ...)");
    if (!in_a_run("batch_update()")) return nullptr;
    return guarded([&] { return update(args, names); });
}

PyObject* query_entities(PyObject*, PyObject* const* args, Py_ssize_t count, PyObject* names) {
    if (!in_a_run("query_entities()")) return nullptr;
    return guarded([&] { return query(args, count, names); });
}

}  // namespace dragoman::python
