#include "plane.hpp"

#include <dragoman/calls.hpp>
#include <dragoman/entities.hpp>

namespace dragoman {
namespace {

using nlohmann::json;

dragoman_entity raw(Entity entity) {
    return {static_cast<std::uint32_t>(entity.handle()), static_cast<std::uint32_t>(entity.handle() >> 32)};
}
Entity cooked(dragoman_entity entity) { return (std::uint64_t{entity.generation} << 32) | entity.index; }

void check_alive(Entity entity) {
    if (dragoman_plane_alive(plane::running(), raw(entity)) == 0)
        throw Error("no_entity", "the entity " + std::to_string(entity.handle()) + " does not live");
}

std::vector<std::uint32_t> ids_of(const std::vector<std::string>& names) {
    std::vector<std::uint32_t> ids;
    for (const std::string& name : names) ids.push_back(plane::find(name));
    return ids;
}

/// Sets fields of the row at `row`.
void set_fields(void* row, const plane::Schema& schema, const json& values) {
    if (!values.is_object())
        throw Error("bad_value", "values of " + schema.name + " are given as {{\"field\", value}, ...}");
    for (const auto& [name, value] : values.items()) plane::write_value(row, schema.field(name), value, schema.name);
}

std::vector<std::byte> default_row(std::uint32_t component) {
    const dragoman_view* view = dragoman_plane_view(plane::running());
    const auto* bytes = reinterpret_cast<const std::byte*>(view) + view->component[component].defaults;
    return {bytes, bytes + plane::schema(component).size};
}

}  // namespace

Entity detail::create(std::span<const std::uint32_t> components, const void* const* rows) {
    dragoman_entity created{};
    plane::check(dragoman_plane_create_with(plane::running(), static_cast<std::uint32_t>(components.size()),
                                            components.data(), rows, &created));
    return cooked(created);
}

std::vector<Entity> detail::create_many(std::size_t count, std::span<const std::uint32_t> components,
                                        const void* const* rows) {
    std::vector<Entity> created(count);
    if (count > UINT32_MAX) throw Error("bad_value", "create_many: " + std::to_string(count) + " are too many at once");
    if (count == 0) return created;
    plane::check(dragoman_plane_create_many(plane::running(), static_cast<std::uint32_t>(count),
                                            static_cast<std::uint32_t>(components.size()), components.data(), rows,
                                            reinterpret_cast<dragoman_entity*>(created.data())));
    return created;
}

void detail::refuse_rows(std::string_view component, std::size_t rows, std::size_t count) {
    throw Error("bad_value", "create_many: " + std::to_string(rows) + " rows of " + std::string(component) + " for " +
                                 std::to_string(count) + " entities");
}

void detail::add(Entity entity, std::uint32_t component, const void* row) {
    check_alive(entity);
    plane::check(dragoman_plane_add(plane::running(), raw(entity), component, row));
}

void detail::set(Entity entity, std::uint32_t component, const void* row) {
    check_alive(entity);
    plane::check(dragoman_plane_set(plane::running(), raw(entity), component, row));
}

void detail::remove(Entity entity, std::uint32_t component) {
    check_alive(entity);
    plane::check(dragoman_plane_remove(plane::running(), raw(entity), component));
}

bool detail::has(Entity entity, std::uint32_t component) {
    return dragoman_plane_has(plane::running(), raw(entity), component) != 0;
}

void* detail::row(Entity entity, std::uint32_t component, bool to_write) {
    void* found = dragoman_plane_row(plane::running(), raw(entity), component, to_write ? 1 : 0);
    if (found == nullptr) {
        check_alive(entity);
        plane::check(-1);
    }
    return found;
}

bool Entity::is_valid() const { return dragoman_plane_alive(plane::running(), raw(*this)) != 0; }

void Entity::destroy() const {
    check_alive(*this);
    plane::check(dragoman_plane_destroy(plane::running(), raw(*this)));
}

void Entity::add_component(std::string_view component, const json& values) const {
    const std::uint32_t id = plane::find(component);
    if (values.empty()) return detail::add(*this, id, nullptr);
    std::vector<std::byte> row = default_row(id);
    set_fields(row.data(), plane::schema(id), values);
    detail::add(*this, id, row.data());
}

RowView Entity::get_component(std::string_view component) const {
    const std::uint32_t id = plane::find(component);
    plane::running();
    const bool writable = detail::running.components[id].access >= DRAGOMAN_ACCESS_WRITE;
    return {detail::row(*this, id, writable), id, writable};
}

bool Entity::has_component(std::string_view component) const { return detail::has(*this, plane::find(component)); }

void Entity::remove_component(std::string_view component) const { detail::remove(*this, plane::find(component)); }

std::vector<Entity> query_entities(const std::vector<std::string>& with, const std::vector<std::string>& without) {
    const std::vector<std::uint32_t> has = ids_of(with), has_not = ids_of(without);
    std::vector<Entity> found;
    const auto visit = [](void* context, dragoman_entity entity) {
        static_cast<std::vector<Entity>*>(context)->push_back(cooked(entity));
        return 0;
    };
    plane::check(dragoman_plane_query(plane::running(), has.data(), static_cast<std::uint32_t>(has.size()),
                                      has_not.data(), static_cast<std::uint32_t>(has_not.size()), visit, &found));
    return found;
}

void batch_update(std::string_view component, std::span<const Entity> entities, const json& values) {
    const std::uint32_t id = plane::find(component);
    const plane::Schema& schema = plane::schema(id);
    plane::running();
    const bool writable = detail::running.components[id].access >= DRAGOMAN_ACCESS_WRITE;
    for (const auto& [name, value] : values.items()) {
        const Field& field = schema.field(name);
        if (value.is_array() && field.count == 0 && value.size() != entities.size())
            throw Error("bad_value", "batch_update: " + std::to_string(value.size()) + " values of " + schema.name +
                                         '.' + name + " for " + std::to_string(entities.size()) + " entities");
    }
    for (std::size_t i = 0; i < entities.size(); ++i) {
        auto* row = static_cast<std::byte*>(detail::row(entities[i], id, writable));
        std::vector<std::byte> copy;
        if (!writable) {
            copy.assign(row, row + schema.size);
            row = copy.data();
        }
        for (const auto& [name, value] : values.items()) {
            const Field& field = schema.field(name);
            const bool is_list = value.is_array() && (field.count == 0 || value.at(0).is_array());
            plane::write_value(row, field, is_list ? value.at(i) : value, schema.name);
        }
        if (!writable) detail::set(entities[i], id, row);
    }
}

EntityGuard::~EntityGuard() {
    if (std::uncaught_exceptions() > exceptions_ && detail::running.system != nullptr)
        dragoman_plane_destroy(detail::running.plane, raw(entity_));
}

FieldValue RowView::operator[](std::string_view field) const {
    const plane::Schema& schema = plane::schema(component_);
    return {row_, schema.field(field), schema.name.c_str(), writable_};
}

json RowView::to_json() const {
    json all = json::object();
    for (const Field& field : plane::schema(component_).fields) all[field.name] = plane::read_value(row_, field);
    return all;
}

json FieldValue::value() const { return plane::read_value(row_, field_); }

FieldValue& FieldValue::operator=(const json& value) {
    if (!writable_)
        throw Error("denied", std::string("the system ") + detail::running.system +
                                  " does not declare that it writes " + component_);
    plane::write_value(row_, field_, value, component_);
    return *this;
}

FieldValue FieldValue::operator[](std::size_t i) const {
    if (i >= field_.count)
        throw Error("bad_value", std::string(component_) + '.' + field_.name + " has no element " + std::to_string(i));
    Field element = field_;
    element.count = 0;
    element.offset += static_cast<std::uint32_t>(i) * field_.size;
    return {row_, element, component_, writable_};
}

}  // namespace dragoman
