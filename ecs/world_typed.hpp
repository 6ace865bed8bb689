#pragma once

// The typed part of World, included at the end of world.hpp.

#include <cassert>
#include <tuple>
#include <type_traits>
#include <utility>

namespace dragoman::ecs {

template <class T, class... Fields>
ComponentId World::bind(std::string_view name, const Fields&... fields) {
    static_assert(std::is_trivially_copyable_v<T>);
    const std::vector<BoundField> list{fields...};
    return bind_fields(name, list, std::is_empty_v<T> ? 0 : sizeof(T), &type_key<T>);
}

template <class T>
ComponentId World::bound() const {
    return bound_component(&type_key<std::remove_const_t<T>>);
}

template <class... Ts>
Entity World::create_from(const Ts&... components) {
    std::array<RawComponent, sizeof...(Ts)> raw{RawComponent{bound<Ts>(), &components}...};
    return create_raw(raw);
}

template <class T>
const T* World::find(Entity entity) const {
    if (!alive(entity)) return nullptr;
    const auto& slot = entities_.where(entity);
    const Column* column = tables_[slot.table]->column(bound<T>());
    if (!column) return nullptr;
    if constexpr (std::is_empty_v<T>)
        return &empty_component<T>;
    else
        return reinterpret_cast<const T*>(column->row(slot.row));
}

template <class T>
T& World::edit(Entity entity) {
    static_assert(!std::is_empty_v<T> && !std::is_const_v<T>);
    return *reinterpret_cast<T*>(edit_component(entity, bound<T>()));
}

template <class T>
TypedRows<T> World::typed_rows(Table& table) {
    if constexpr (std::is_empty_v<T>) {
        return {&empty_component<std::remove_const_t<T>>};
    } else {
        auto& column = *table.column(bound<T>());
        auto* bytes = std::is_const_v<T> ? column.row(0) : edit_column(table, column);
        return {reinterpret_cast<T*>(bytes)};
    }
}

template <class... Ts, class Visit>
void World::for_each(Visit&& visit) {
    for_each<Ts...>(query({{bound<Ts>()...}, {}}), std::forward<Visit>(visit));
}

template <class... Ts, class Visit>
void World::for_each(Query& query, Visit&& visit) {
    const Visiting guard(visiting_);
    for (auto* table : query.tables()) {
        const auto rows = table->rows();
        if (!rows) continue;
        const auto* entities = table->entities().data();
        [&](auto... columns) {
            for (std::size_t row = 0; row < rows; ++row) {
                if constexpr (std::is_invocable_v<Visit&, Entity, Ts&...>)
                    visit(entities[row], columns[row]...);
                else
                    visit(columns[row]...);
            }
        }(typed_rows<Ts>(*table)...);
    }
}

template <class... Ts, class Visit>
void World::for_each_table(Visit&& visit) {
    for_each_table<Ts...>(query({{bound<Ts>()...}, {}}), std::forward<Visit>(visit));
}

template <class... Ts, class Visit>
void World::for_each_table(Query& query, Visit&& visit) {
    static_assert((!std::is_empty_v<Ts> && ...));
    const Visiting guard(visiting_);
    for (auto* table : query.tables())
        if (table->rows()) visit(table->entities(), typed_rows<Ts>(*table).span(table->rows())...);
}

}  // namespace dragoman::ecs
