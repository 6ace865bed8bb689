#pragma once

// Typed queries, included by world_typed.hpp.

#include <cassert>
#include <tuple>
#include <type_traits>
#include <utility>

#include "ecs/parallel.hpp"

namespace dragoman::ecs {

/// What a visitor gets for one term: `T&`; of an optional one, which is written `T*`, a pointer that may be null.
template <class T>
struct Term {
    using Component = T;
    using Rows = TypedRows<T>;
    using Value = T&;
    static constexpr bool optional = false;
};
template <class T>
struct Term<T*> {
    using Component = T;
    using Rows = OptionalRows<T>;
    using Value = T*;
    static constexpr bool optional = true;
};

/// All entities with some components, to be gone through as often as wanted: cheap to get from World::query, to keep
/// and to copy. `T` is written, `const T` only read, `T*` and `const T*` may be missing. Visitors make no structural
/// changes. Lives until the world is cleared or one of its components is rolled back.
template <class... Ts>
class TypedQuery {
public:
    TypedQuery(World& world, Query& query) : world_(&world), query_(&query) {}

    /// The same with more terms. Who needs it often keeps it.
    template <class... Us>
    TypedQuery with() const;
    template <class... Us>
    TypedQuery without() const;

    /// Calls `visit(Ts...)` or `visit(Entity, Ts...)` for each entity, table by table in the order of their creation.
    template <class Visit>
    void each(Visit&& visit) const;
    /// Calls `visit(std::span<const Entity>, std::span<T>...)` for each table that has rows, so that the loop over
    /// plain arrays is the visitor's own. An optional component that is not there is an empty span. No tags here.
    template <class Visit>
    void each_table(Visit&& visit) const;
    /// As each(), on all processors. The visitor runs on several threads at once, and may write what it is given and
    /// read other entities by World::find<const T> where nobody writes T. What comes out does not depend on the number
    /// of threads; the order of the calls does.
    template <class Visit>
    void each_parallel(Visit&& visit) const;
    /// As each_table(), on all processors, with at most `parallel_rows` rows at a time.
    template <class Visit>
    void each_table_parallel(Visit&& visit) const;

    std::size_t rows() const { return query_->rows(); }
    Query& untyped() const { return *query_; }

private:
    /// Some rows of one table.
    struct Part {
        const Entity* entities;
        std::size_t first;
        std::size_t count;
        std::tuple<typename Term<Ts>::Rows...> rows;
    };

    template <class Visit>
    static constexpr bool called_as_const = std::is_invocable_v<const Visit&, typename Term<Ts>::Value...> ||
                                            std::is_invocable_v<const Visit&, Entity, typename Term<Ts>::Value...>;
    template <class Visit>
    static void visit_rows(Visit& visit, const Part& part);
    template <class Visit>
    static void visit_spans(Visit& visit, const Part& part);
    template <class VisitPart>
    void each_part(VisitPart&& visit) const;
    template <class VisitPart>
    void each_part_parallel(VisitPart&& visit) const;

    World* world_;
    Query* query_;
};

template <class... Ts>
template <class... Us>
TypedQuery<Ts...> TypedQuery<Ts...>::with() const {
    auto terms = query_->terms();
    (terms.with.push_back(world_->bound<Us>()), ...);
    return {*world_, world_->query(std::move(terms))};
}

template <class... Ts>
template <class... Us>
TypedQuery<Ts...> TypedQuery<Ts...>::without() const {
    auto terms = query_->terms();
    (terms.without.push_back(world_->bound<Us>()), ...);
    return {*world_, world_->query(std::move(terms))};
}

template <class... Ts>
template <class Visit>
void TypedQuery<Ts...>::visit_rows(Visit& visit, const Part& part) {
    // A copy, where nobody can tell: what the visitor captured then stays in registers, since no row can be part of it.
    constexpr bool copied = std::is_trivially_copyable_v<Visit> && sizeof(Visit) <= 64 && called_as_const<Visit>;
    std::conditional_t<copied, const Visit, Visit&> visitor = visit;
    const auto* entities = part.entities;
    const auto end = part.first + part.count;
    std::apply(
        [&](auto... columns) {
            for (auto row = part.first; row < end; ++row) {
                if constexpr (std::is_invocable_v<decltype(visitor)&, Entity, typename Term<Ts>::Value...>)
                    visitor(entities[row], columns[row]...);
                else
                    visitor(columns[row]...);
            }
        },
        part.rows);
}

template <class... Ts>
template <class Visit>
void TypedQuery<Ts...>::visit_spans(Visit& visit, const Part& part) {
    static_assert((!std::is_empty_v<typename Term<Ts>::Component> && ...), "a tag has no column");
    std::apply(
        [&](auto... columns) {
            visit(std::span<const Entity>(part.entities + part.first, part.count),
                  columns.span(part.first, part.count)...);
        },
        part.rows);
}

template <class... Ts>
template <class VisitPart>
void TypedQuery<Ts...>::each_part(VisitPart&& visit) const {
    const World::Visiting guard(*world_);
    for (auto* table : query_->tables())
        if (const auto rows = table->rows())
            visit(Part{table->entities().data(), 0, rows, {world_->template typed_rows<Ts>(*table)...}});
}

template <class... Ts>
template <class VisitPart>
void TypedQuery<Ts...>::each_part_parallel(VisitPart&& visit) const {
    // Many small tables make one piece of work, a large one many: where they are cut depends on the rows alone.
    std::vector<Part> parts;
    std::vector<std::size_t> begins;
    std::size_t room = 0;
    each_part([&](const Part& whole) {
        for (std::size_t first = 0; first < whole.count; first += parallel_rows) {
            const auto count = std::min(parallel_rows, whole.count - first);
            if (count > room) {
                begins.push_back(parts.size());
                room = parallel_rows;
            }
            room -= count;
            parts.push_back({whole.entities, first, count, whole.rows});
        }
    });
    begins.push_back(parts.size());

    const World::Visiting guard(*world_, true);
    world_->workers().run(begins.size() - 1, [&](std::size_t piece) {
        for (auto i = begins[piece]; i < begins[piece + 1]; ++i) visit(parts[i]);
    });
}

template <class... Ts>
template <class Visit>
void TypedQuery<Ts...>::each(Visit&& visit) const {
    each_part([&visit](const Part& part) { visit_rows(visit, part); });
}

template <class... Ts>
template <class Visit>
void TypedQuery<Ts...>::each_table(Visit&& visit) const {
    each_part([&visit](const Part& part) { visit_spans(visit, part); });
}

template <class... Ts>
template <class Visit>
void TypedQuery<Ts...>::each_parallel(Visit&& visit) const {
    each_part_parallel([&visit](const Part& part) { visit_rows(visit, part); });
}

template <class... Ts>
template <class Visit>
void TypedQuery<Ts...>::each_table_parallel(Visit&& visit) const {
    each_part_parallel([&visit](const Part& part) { visit_spans(visit, part); });
}

}  // namespace dragoman::ecs
