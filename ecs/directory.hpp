#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "ecs/layout/plane.h"
#include "ecs/table.hpp"

namespace dragoman::ecs {

/// The page that tells scripts where the rows of every table lie: dragoman_directory of ecs/layout/plane.h, a memfd
/// that nobody but this process can ever map to write. The world tells it what changed.
class Directory {
public:
    /// Error denied where there is no memory for it.
    Directory();
    ~Directory();
    Directory(const Directory&) = delete;

    int descriptor() const { return descriptor_; }

    void set_counts(std::size_t tables, std::size_t components);
    void set_files(std::size_t index_bytes, std::size_t ids_bytes);
    void set_arena(ComponentId component, std::size_t bytes) { header_->arena_bytes[component] = bytes; }
    /// What is not told yet of a table, or all of it. Its component's arenas are told with set_arena().
    void tell(Table& table);
    void tell_column(const Table& table, Column& column);
    /// A rolled back table, with the components that it had. Comes before what is told of others.
    void forget(std::uint32_t table, std::span<const ComponentId> components);
    /// Nothing is there any more.
    void restart();

private:
    dragoman_column& entry(std::size_t component, std::size_t table) {
        return columns_[component * DRAGOMAN_MOST_TABLES + table];
    }
    void clear_entries(std::size_t component, std::size_t first_table, std::size_t last_table);

    int descriptor_ = -1;
    dragoman_directory* header_ = nullptr;
    dragoman_table* tables_ = nullptr;
    dragoman_column* columns_ = nullptr;
    std::size_t ready_tables_ = 0;  // entries of these tables and components are not holes
    std::size_t ready_components_ = 0;
};

}  // namespace dragoman::ecs
