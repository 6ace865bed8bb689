// What a system runs over: the tables of its query, and their columns.
//
//     for (auto& table : tables)
//         for (auto [p, v] : table.each<Position, const Velocity>()) p.x += v.x * dt;
#pragma once
#include <dragoman/component.hpp>

#include <clients/plane/plane.h>

#include <cstddef>
#include <iterator>
#include <span>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <vector>

namespace dragoman {

class Column;

namespace detail {

/// A column that is being replaced row by row: rows are read from the old buffer and written to the new one.
struct Replacement {
    const void* from = nullptr;
    void* to = nullptr;
    std::uint8_t* fresh = nullptr;  ///< null: written in place
    std::size_t size = 0;           ///< of a row
    std::size_t rows = 0;
};
/// Those of the running loop, and where it is.
struct Replacing {
    Replacement* columns;
    std::size_t count;
    std::size_t row;
};

/// The system that is running.
struct Running {
    dragoman_plane* plane = nullptr;
    const dragoman_plane_component* components = nullptr;
    const char* system = nullptr;  ///< null: none is
    const dragoman_list* list = nullptr;
    const dragoman_table* tables = nullptr;  ///< by id
    bool all = false;                        ///< every table of the list that has rows
    Replacing* replacing = nullptr;          ///< see finish_replacing()
};
extern Running running;

/// A table, and where it stands in the list of those that the system runs over.
struct Place {
    std::uint32_t table = 0;
    std::uint32_t rows = 0;
    std::uint32_t number = 0;
};
const Entity* entities(Place table);
/// The first table from `number` on, where the system wants only those that have changed; without rows: at the end.
Place find_changed(std::uint32_t number);

Replacement find_replacement(std::uint32_t table, std::uint32_t component);
/// Somebody looks at other rows than the loop's: from here on the new buffers hold all of them.
void finish_replacing();

/// Where access is not plain reading or writing in place. Null where the table has no such column.
void* find_column(std::uint32_t table, std::uint32_t component, bool to_write);

template <class T>
T* column(std::uint32_t table) {
    using Plain = std::remove_const_t<T>;
    check<Plain>();
    static_assert(!is_tag<Plain>(), "a tag has no rows: use with() in the declaration");
    constexpr bool to_write = !std::is_const_v<T>;
    const dragoman_plane_component& component = running.components[component_id<Plain>];
    if (component.access == DRAGOMAN_ACCESS_WRITE || (!to_write && component.access == DRAGOMAN_ACCESS_READ))
        [[likely]] {
        const std::uint64_t front = component.columns[table].front;
        if (front != DRAGOMAN_NOWHERE) [[likely]]
            return reinterpret_cast<T*>(component.base + front);
    }
    return static_cast<T*>(find_column(table, component_id<Plain>, to_write));
}

/// What stands for T in a row: a reference; for T* a pointer that is null where the table has no such column.
template <class T>
struct Cell {
    using Pointer = T*;
    using Value = T&;
    static Pointer find(Place table);
    static Value at(Pointer column, std::size_t row) { return column[row]; }
};
template <class T>
struct Cell<T*> {
    using Pointer = T*;
    using Value = T*;
    static Pointer find(Place table) { return column<T>(table.table); }
    static Value at(Pointer column, std::size_t row) { return column != nullptr ? column + row : nullptr; }
};
template <>
struct Cell<const Entity> {
    using Pointer = const Entity*;
    using Value = const Entity&;
    static Pointer find(Place table) { return entities(table); }
    static Value at(Pointer column, std::size_t row) { return column[row]; }
};
template <>
struct Cell<Entity> : Cell<const Entity> {};

[[noreturn]] void refuse_optional(std::uint32_t component);

template <class T>
typename Cell<T>::Pointer Cell<T>::find(Place table) {
    T* found = column<T>(table.table);
    if (found == nullptr) [[unlikely]]
        refuse_optional(component_id<std::remove_const_t<T>>);
    return found;
}

}  // namespace detail

/// The rows of a table, as tuples of references: for (auto [p, v] : table.each<Position, const Velocity>())
template <class... T>
class Rows {
    using Pointers = std::tuple<typename detail::Cell<T>::Pointer...>;

public:
    using value_type = std::tuple<typename detail::Cell<T>::Value...>;

    class iterator {
    public:
        using iterator_category = std::input_iterator_tag;
        using value_type = Rows::value_type;
        using difference_type = std::ptrdiff_t;
        using pointer = void;
        using reference = value_type;
        iterator(Pointers columns, std::size_t row) : columns_(columns), row_(row) {}
        value_type operator*() const { return at(std::index_sequence_for<T...>()); }
        iterator& operator++() {
            ++row_;
            return *this;
        }
        iterator operator++(int) { return {columns_, row_++}; }
        friend bool operator==(const iterator& a, const iterator& b) { return a.row_ == b.row_; }

    private:
        template <std::size_t... I>
        value_type at(std::index_sequence<I...>) const {
            return value_type(detail::Cell<T>::at(std::get<I>(columns_), row_)...);
        }
        Pointers columns_;
        std::size_t row_;
    };

    explicit Rows(const detail::Place& table) : columns_(detail::Cell<T>::find(table)...), rows_(table.rows) {}
    iterator begin() const { return {columns_, 0}; }
    iterator end() const { return {columns_, rows_}; }
    std::size_t size() const { return rows_; }
    value_type operator[](std::size_t row) const { return *iterator(columns_, row); }

private:
    Pointers columns_;
    std::size_t rows_;
};

/// Valid until the system returns. What the system has not declared throws Error denied.
class Table {
public:
    Table() = default;
    explicit Table(const detail::Place& place) : place_(place) {}

    std::size_t rows() const { return place_.rows; }
    std::span<const Entity> entities() const { return {detail::entities(place_), place_.rows}; }

    /// T for const Position is read, for Position written. Position* is optional: null where the table has no such
    /// column. Entity is the row's entity.
    template <class... T>
    Rows<T...> each() const {
        return Rows<T...>(place_);
    }
    /// Empty where an optional component is not there.
    template <class T>
    std::span<T> column() const {
        T* first = detail::column<T>(place_.table);
        return {first, first != nullptr ? place_.rows : 0};
    }
    template <class T>
    bool has() const {
        detail::check<T>();
        return has(detail::component_id<T>);
    }
    bool has(std::string_view component) const;

    /// For kernels: a whole column, or one member of it: table["Position"], table["Position"]["x"],
    /// table.span<Position>(), table.span(&Position::x)
    Column operator[](std::string_view component) const;
    template <class T>
    Column span() const;
    template <class T, class Member>
    Column span(Member T::*member) const;

    const detail::Place& place() const { return place_; }

private:
    bool has(std::uint32_t component) const;
    Column whole(std::uint32_t component) const;
    detail::Place place_;
};

/// The tables of the running system's query that have rows, in the order in which they came to be.
class Tables {
public:
    class iterator {
    public:
        using iterator_category = std::input_iterator_tag;
        using value_type = Table;
        using difference_type = std::ptrdiff_t;
        using pointer = Table*;
        using reference = Table&;
        explicit iterator(std::uint32_t number) { place_.number = number; }
        Table& operator*() const { return table_ = Table(place_); }
        Table* operator->() const { return &**this; }
        iterator& operator++() {
            ++place_.number;
            find();
            return *this;
        }
        friend bool operator==(const iterator& a, const iterator& b) { return a.place_.number == b.place_.number; }

        /// Goes on to the first table from here that has rows.
        iterator& find() {
            const detail::Running& running = detail::running;
            if (!running.all) [[unlikely]] {
                place_ = detail::find_changed(place_.number);
                return *this;
            }
            for (; place_.number < running.list->count; ++place_.number) {
                place_.table = running.list->tables[place_.number];
                place_.rows = running.tables[place_.table].rows;
                if (place_.rows != 0) break;
            }
            return *this;
        }

    private:
        detail::Place place_;
        mutable Table table_;
    };
    iterator begin() const { return iterator(0).find(); }
    iterator end() const { return iterator(detail::running.list->count); }
    /// Rows of all tables.
    std::size_t size() const {
        std::size_t rows = 0;
        for (const Table& table : *this) rows += table.rows();
        return rows;
    }
};

}  // namespace dragoman
