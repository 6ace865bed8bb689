#pragma once

// The typed part of World, included at the end of world.hpp.

#include <cassert>
#include <tuple>
#include <type_traits>
#include <utility>

#include "ecs/typed_query.hpp"

namespace dragoman::ecs {

template <class T, class... Fields>
ComponentId World::bind(std::string_view name, const Fields&... fields) {
    static_assert(std::is_trivially_copyable_v<T>);
    const std::vector<BoundField> list{fields...};
    return bind_fields(name, list, std::is_empty_v<T> ? 0 : sizeof(T), &type_key<T>);
}

template <class T>
ComponentId World::bound() const {
    return bound_component(&type_key<std::remove_const_t<typename Term<T>::Component>>);
}

template <class... Ts>
Entity World::create_from(const Ts&... components) {
    const std::array<ComponentId, sizeof...(Ts)> ids{bound<Ts>()...};
    const std::array<const void*, sizeof...(Ts)> rows{&components...};
    return create_raw(ids, rows);
}

template <class T>
const T* World::find(Entity entity) const {
    if (!alive(entity)) return nullptr;
    const auto& slot = entities_.where(entity);
    const auto id = bound<T>();
    const Column* column = tables_[slot.table]->column(id);
    if (!column) return nullptr;
    count_access(id, false, 1);
    if constexpr (std::is_empty_v<T>)
        return &empty_component<T>;
    else
        return reinterpret_cast<const T*>(column->row(slot.row));
}

template <class T>
T& World::edit(Entity entity) {
    static_assert(!std::is_empty_v<T> && !std::is_const_v<T>);
    assert(!parallel_ && "a parallel visitor writes what it is given");
    const auto id = bound<T>();
    auto* bytes = edit_component(entity, id);
    count_access(id, true, 1);
    return *reinterpret_cast<T*>(bytes);
}

inline World::Visiting::Visiting(World& world, bool parallel) : world(world), parallel(parallel) {
    assert(!world.parallel_ && "a parallel visitor goes through no query");
    ++world.visiting_;
    world.parallel_ = parallel;
}

inline World::Visiting::~Visiting() {
    --world.visiting_;
    if (parallel) world.parallel_ = false;
}

template <class T>
auto World::typed_rows(Table& table) {
    using Component = typename Term<T>::Component;
    using Rows = typename Term<T>::Rows;
    constexpr bool reads = std::is_const_v<Component>;
    const auto id = bound<Component>();
    auto* column = table.column(id);
    if (Term<T>::optional && !column) return Rows{nullptr};
    count_access(id, !reads, table.rows());
    if constexpr (std::is_empty_v<Component>) {
        return Rows{&empty_component<std::remove_const_t<Component>>};
    } else {
        auto* bytes = reads ? column->row(0) : edit_column(table, *column);
        return Rows{reinterpret_cast<Component*>(bytes)};
    }
}

template <class... Ts>
TypedQuery<Ts...> World::query() {
    auto& known = typed_queries_[&type_key<TypedQuery<Ts...>>];
    if (!known) {
        QueryTerms terms;
        ((Term<Ts>::optional ? void() : terms.with.push_back(bound<Ts>())), ...);
        known = &query(std::move(terms));
    }
    return {*this, *known};
}

template <class... Ts, class Visit>
void World::for_each(Visit&& visit) {
    query<Ts...>().each(visit);
}

template <class... Ts, class Visit>
void World::for_each_parallel(Visit&& visit) {
    query<Ts...>().each_parallel(visit);
}

template <class... Ts, class Visit>
void World::for_each_table(Visit&& visit) {
    query<Ts...>().each_table(visit);
}

template <class... Ts, class Visit>
void World::for_each(Query& query, Visit&& visit) {
    TypedQuery<Ts...>(*this, query).each(visit);
}

template <class... Ts, class Visit>
void World::for_each_table(Query& query, Visit&& visit) {
    TypedQuery<Ts...>(*this, query).each_table(visit);
}

}  // namespace dragoman::ecs
