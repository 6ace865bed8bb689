#include "ecs/directory.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <string>

#include "ecs/error.hpp"

#ifndef F_SEAL_FUTURE_WRITE
#define F_SEAL_FUTURE_WRITE 0x0010
#endif

namespace dragoman::ecs {

static_assert(sizeof(EntitySlot) == sizeof(dragoman_slot) &&
              offsetof(EntitySlot, table) == offsetof(dragoman_slot, table) &&
              offsetof(EntitySlot, row) == offsetof(dragoman_slot, row) &&
              offsetof(EntitySlot, generation) == offsetof(dragoman_slot, generation));
static_assert(sizeof(Entity) == sizeof(dragoman_entity) &&
              offsetof(Entity, index) == offsetof(dragoman_entity, index) &&
              offsetof(Entity, generation) == offsetof(dragoman_entity, generation));
static_assert(no_table == DRAGOMAN_NONE);

namespace {

/// Entries are made ready a page at a time.
constexpr std::size_t tables_at_once = 4096 / sizeof(dragoman_column);
static_assert(DRAGOMAN_MOST_TABLES % tables_at_once == 0);

}  // namespace

Directory::Directory() {
    const auto bytes = DRAGOMAN_DIRECTORY_BYTES;
    descriptor_ = memfd_create("dragoman:directory", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    void* mapped = MAP_FAILED;
    if (descriptor_ >= 0 && fchmod(descriptor_, S_IRUSR | S_IWUSR) == 0 &&
        ftruncate(descriptor_, static_cast<off_t>(bytes)) == 0)
        mapped = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor_, 0);
    if (mapped == MAP_FAILED ||
        fcntl(descriptor_, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_FUTURE_WRITE | F_SEAL_SEAL) != 0) {
        const auto reason = std::string(std::strerror(errno));
        if (mapped != MAP_FAILED) munmap(mapped, bytes);
        if (descriptor_ >= 0) close(descriptor_);
        throw Error(ErrorCode::denied, "no shared memory for the world's directory: " + reason);
    }
    madvise(mapped, bytes, MADV_DONTDUMP);
    auto* first = static_cast<std::byte*>(mapped);
    header_ = reinterpret_cast<dragoman_directory*>(first);
    tables_ = reinterpret_cast<dragoman_table*>(first + DRAGOMAN_TABLES_OFFSET);
    columns_ = reinterpret_cast<dragoman_column*>(first + DRAGOMAN_COLUMNS_OFFSET);
    header_->plane_version = DRAGOMAN_PLANE_VERSION;
}

Directory::~Directory() {
    munmap(header_, DRAGOMAN_DIRECTORY_BYTES);
    close(descriptor_);
}

void Directory::clear_entries(std::size_t component, std::size_t first_table, std::size_t last_table) {
    constexpr dragoman_column nothing{DRAGOMAN_NOWHERE, DRAGOMAN_NOWHERE, 0, 0};
    std::fill(&entry(component, first_table), &entry(component, first_table) + (last_table - first_table), nothing);
}

void Directory::set_counts(std::size_t tables, std::size_t components) {
    if (tables > ready_tables_) {
        const auto ready = (tables + tables_at_once - 1) / tables_at_once * tables_at_once;
        for (std::size_t id = 0; id < ready_components_; ++id) clear_entries(id, ready_tables_, ready);
        ready_tables_ = ready;
    }
    for (; ready_components_ < components; ++ready_components_) clear_entries(ready_components_, 0, ready_tables_);
    header_->tables = static_cast<std::uint32_t>(tables);
    for (auto id = components; id < header_->components; ++id) header_->arena_bytes[id] = 0;
    header_->components = static_cast<std::uint32_t>(components);
}

void Directory::set_files(std::size_t index_bytes, std::size_t ids_bytes) {
    header_->index_bytes = index_bytes;
    header_->ids_bytes = ids_bytes;
}

void Directory::tell(Table& table) {
    if (table.unpublished == Table::Unpublished::rows) {
        tables_[table.id()] = {static_cast<std::uint32_t>(table.rows()), 0, table.entities_slice().offset};
        for (const auto& column : table.columns()) tell_column(table, *column);
    } else {
        for (const auto& column : table.columns())
            if (column->unpublished) tell_column(table, *column);
    }
    table.unpublished = Table::Unpublished::nothing;
}

void Directory::tell_column(const Table& table, Column& column) {
    const auto back = column.has_back() ? column.back().offset : DRAGOMAN_NOWHERE;
    entry(column.id(), table.id()) = {column.slice().offset, back, table.version_of(column), 0};
    if (column.arena()) header_->arena_bytes[column.id()] = column.arena()->file_bytes();
    column.unpublished = false;
}

void Directory::forget(std::uint32_t table, std::span<const ComponentId> components) {
    if (table >= ready_tables_) return;  // never told
    tables_[table] = {};
    for (const auto id : components)
        if (id < ready_components_) clear_entries(id, table, table + 1);
}

void Directory::restart() {
    for (std::size_t id = 0; id < ready_components_; ++id) clear_entries(id, 0, ready_tables_);
    std::fill(tables_, tables_ + ready_tables_, dragoman_table{});
    std::fill(std::begin(header_->arena_bytes), std::end(header_->arena_bytes), 0);
    header_->tables = header_->components = 0;
    header_->index_bytes = header_->ids_bytes = 0;
}

}  // namespace dragoman::ecs
