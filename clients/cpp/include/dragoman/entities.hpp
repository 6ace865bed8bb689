// Entities from inside a system: created, changed and destroyed one by one or in bulk. All of it is seen at once by
// this script, and made by the broker when the stage is over, all or none. Outside a system's run it throws Error
// denied.
#pragma once
#include <dragoman/kernels.hpp>

#include <exception>
#include <initializer_list>
#include <span>
#include <string>
#include <vector>

namespace dragoman {

namespace detail {
Entity create(std::span<const std::uint32_t> components, const void* const* rows);
std::vector<Entity> create_many(std::size_t count, std::span<const std::uint32_t> components, const void* const* rows);
void add(Entity entity, std::uint32_t component, const void* row);
void set(Entity entity, std::uint32_t component, const void* row);
void remove(Entity entity, std::uint32_t component);
bool has(Entity entity, std::uint32_t component);
void* row(Entity entity, std::uint32_t component, bool to_write);
[[noreturn]] void refuse_rows(std::string_view component, std::size_t rows, std::size_t count);

template <class T>
std::span<const T> as_rows(std::span<const T> rows, std::size_t count) {
    if (!rows.empty() && rows.size() != count) refuse_rows(name_of<T>(), rows.size(), count);
    return rows;
}
}  // namespace detail

/// create_entity(Position{1, 2, 3}, Velocity{}). The handle is valid at once, and for good if the tick is.
template <class... T>
Entity create_entity(const T&... components) {
    (detail::check<T>(), ...);
    const std::uint32_t ids[] = {detail::component_id<T>..., 0};
    const void* rows[] = {&components..., nullptr};
    return detail::create({ids, sizeof...(T)}, rows);
}

/// create_many<Position, Velocity>(1000, positions, velocities): one row for each entity, or an empty span for
/// defaults.
template <class... T>
std::vector<Entity> create_many(std::size_t count, std::type_identity_t<std::span<const T>>... rows) {
    const std::uint32_t ids[] = {detail::component_id<T>..., 0};
    const void* data[] = {detail::as_rows<T>(rows, count).data()..., nullptr};
    return detail::create_many(count, {ids, sizeof...(T)}, data);
}
/// The same with the defaults of all.
template <class... T>
requires(sizeof...(T) > 0) std::vector<Entity> create_many(std::size_t count) {
    return create_many<T...>(count, std::span<const T>()...);
}

/// Entities with all of these components, as this script sees the world: query_entities({"Position"}, {"Frozen"}),
/// where the second list are those that they must not have, or query_entities<Position, Velocity>()
std::vector<Entity> query_entities(const std::vector<std::string>& with, const std::vector<std::string>& without = {});
template <class... T>
requires(sizeof...(T) > 0) std::vector<Entity> query_entities(const std::vector<std::string>& without = {}) {
    return query_entities({std::string(detail::name_of<T>())...}, without);
}

/// Sets fields of many entities: batch_update("Position", entities, {{"x", 0}, {"y", list}}), where a list has one
/// value for each entity.
void batch_update(std::string_view component, std::span<const Entity> entities, const nlohmann::json& values);
/// batch_update<Position>(entities, [](Position& position) { position.x = 0; })
template <class T, class Change>
void batch_update(std::span<const Entity> entities, Change change) {
    for (const Entity entity : entities) change(entity.get<T>());
}

/// An entity that is destroyed again when an exception ends the block in which it was made.
class EntityGuard {
public:
    template <class... T>
    explicit EntityGuard(const T&... components) : entity_(create_entity(components...)) {}
    explicit EntityGuard(Entity entity) : entity_(entity) {}
    EntityGuard(const EntityGuard&) = delete;
    EntityGuard& operator=(const EntityGuard&) = delete;
    ~EntityGuard();
    const Entity* operator->() const { return &entity_; }
    const Entity& operator*() const { return entity_; }

private:
    Entity entity_;
    int exceptions_ = std::uncaught_exceptions();
};

/// One number of a row, by its name: double x = row["x"]; row["x"] = 3; row["v"][2] = 1
class FieldValue {
public:
    FieldValue(void* row, const Field& field, const char* component, bool writable)
        : row_(row), field_(field), component_(component), writable_(writable) {}
    nlohmann::json value() const;
    template <class T>
    T get() const {
        return value().get<T>();
    }
    template <class T>
    requires(std::is_arithmetic_v<T> || std::is_same_v<T, Entity>) operator T() const { return get<T>(); }
    FieldValue& operator=(const nlohmann::json& value);
    FieldValue operator[](std::size_t i) const;

private:
    void* row_;
    Field field_;
    const char* component_;
    bool writable_;
};

/// A component's row of one entity, with its fields by name; valid until the next change of any entity.
class RowView {
public:
    RowView(void* row, std::uint32_t component, bool writable)
        : row_(row), component_(component), writable_(writable) {}
    FieldValue operator[](std::string_view field) const;
    nlohmann::json to_json() const;

private:
    void* row_;
    std::uint32_t component_;
    bool writable_;
};

template <class T>
void Entity::add(const T& values) const {
    detail::check<T>();
    detail::add(*this, detail::component_id<T>, &values);
}
template <class T>
void Entity::set(const T& values) const {
    detail::check<T>();
    detail::set(*this, detail::component_id<T>, &values);
}
template <class T>
T& Entity::get() const {
    using Plain = std::remove_const_t<T>;
    static_assert(!detail::is_tag<Plain>(), "a tag has no values: has<T>()");
    return *static_cast<T*>(detail::row(*this, detail::component_id<Plain>, !std::is_const_v<T>));
}
template <class T>
bool Entity::has() const {
    detail::check<T>();
    return detail::has(*this, detail::component_id<T>);
}
template <class T>
void Entity::remove() const {
    detail::check<T>();
    detail::remove(*this, detail::component_id<T>);
}

}  // namespace dragoman
