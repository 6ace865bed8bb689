#pragma once

#include <algorithm>
#include <cassert>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "ecs/arena.hpp"
#include "ecs/chunk_hashes.hpp"
#include "ecs/copy_row.hpp"
#include "ecs/schema.hpp"

namespace dragoman::ecs {

/// One component of all rows of a table: structs in a slice of the component's arena, texts beside it.
class Column {
public:
    Column(ComponentId id, const Component& component, Arena* arena, Budget& budget);
    ~Column();
    Column(const Column&) = delete;

    ComponentId id() const { return id_; }
    const Component& component() const { return component_; }
    std::size_t row_bytes() const { return size_; }
    /// Null where no field is plain.
    const Arena* arena() const { return arena_; }
    Slice slice() const { return slice_; }
    /// The second buffer, of the same size; without bytes where there is none. World::make_back().
    Slice back() const { return back_; }
    bool has_back() const { return back_.bytes != 0; }
    const std::byte* row(std::size_t row) const { return data_ + row * size_; }
    const std::string& text(std::size_t side, std::size_t row) const { return sides_[side][row].str(); }

    std::byte* back_row(std::size_t row) { return arena_->at(back_) + row * component_.size; }

    /// For writing. The caller marks what it writes; rows that come, go or move are marked by the table.
    std::byte* row(std::size_t row) { return data_ + row * size_; }
    Text& side(std::size_t side, std::size_t row) { return sides_[side][row]; }
    void mark(std::size_t row) { chunks_.mark(row); }
    void mark_all() { chunks_.mark_all(); }

    /// Room for `capacity` rows, of which there are `rows` now.
    void reserve(std::size_t rows, std::size_t capacity);
    /// Only where there are plain fields.
    void make_back(std::size_t capacity);
    void swap_buffers();
    /// Texts of a new last row; of the last row that goes.
    void push() {
        for (auto& texts : sides_) texts.emplace_back();
    }
    void pop() {
        for (auto& texts : sides_) texts.pop_back();
    }
    /// Takes over a row of this or another table's column of the same component; that row is left without its texts.
    void take(Column& from, std::size_t from_row, std::size_t row) {
        copy_row(this->row(row), from.row(from_row), size_);
        for (std::size_t i = 0; i < sides_.size(); ++i) sides_[i][row] = std::move(from.sides_[i][from_row]);
    }
    /// Takes over a struct and one text for each side field.
    void put(std::size_t row, const std::byte* bytes, Text* texts) {
        copy_row(this->row(row), bytes, size_);
        for (std::size_t i = 0; i < sides_.size(); ++i) sides_[i][row] = std::move(texts[i]);
    }
    bool has_sides() const { return !sides_.empty(); }
    /// What is marked in the rows is marked in the column.
    void mark_as(const ChunkHashes& rows) { chunks_.mark_as(rows); }
    std::uint64_t hash(std::size_t rows);

    /// The world's change counter when values in it were written last; of rows that came or went see Table.
    std::uint64_t version = 0;
    bool unpublished = false;  // something changed since World::publish()

    /// When a transaction saved this column whole (World::edit_column).
    struct Saved {
        std::uint64_t transaction = 0;
        std::uint64_t pushes = 0;
    } saved;

private:
    std::uint64_t hash_rows(std::size_t first, std::size_t count) const;

    ComponentId id_;
    std::uint32_t size_;  // of a row
    std::byte* data_ = nullptr;
    const Component& component_;
    Arena* arena_;  // null where no field is plain
    Budget& budget_;
    std::size_t counted_ = 0;  // of the budget: what does not lie in the arena
    Slice slice_;
    Slice back_;
    std::vector<std::vector<Text>> sides_;  // by side field, then row
    ChunkHashes chunks_;
};

/// All entities that have exactly one set of components. Rows stay packed: the last one takes a removed one's place.
class Table {
public:
    struct Part {
        ComponentId id;
        const Component* component;
        Arena* arena;
    };
    /// `parts` in ascending order of their ids.
    Table(std::uint32_t id, const std::vector<Part>& parts, Arena& entity_ids, Budget& budget);
    ~Table();
    Table(const Table&) = delete;

    std::uint32_t id() const { return id_; }
    const std::vector<ComponentId>& components() const { return components_; }
    std::size_t rows() const { return rows_; }
    /// How many there is room for.
    std::size_t capacity() const { return capacity_; }
    std::span<const Entity> entities() const { return {entities_, rows_}; }
    Slice entities_slice() const { return slice_; }
    bool has(ComponentId id) const { return id < positions_.size() && positions_[id] >= 0; }
    /// Null where the table has no such component.
    const Column* column(ComponentId id) const { return has(id) ? columns_[positions_[id]].get() : nullptr; }
    Column* column(ComponentId id) { return has(id) ? columns_[positions_[id]].get() : nullptr; }
    std::span<const std::unique_ptr<Column>> columns() const { return columns_; }

    /// Room for so many more rows, after which the functions below cannot fail.
    void reserve(std::size_t more) {
        if (more > capacity_ - rows_) grow(rows_ + more);
    }
    /// A new last row; its columns are the caller's to fill.
    std::size_t push(Entity entity) {
        assert(rows_ < capacity_);
        const auto row = rows_++;
        entities_[row] = entity;
        if (has_sides_)
            for (auto& column : columns_) column->push();
        changed(row);
        ++pushes_;
        return row;
    }
    /// The same for many; gives the first of them.
    std::size_t push(std::span<const Entity> entities);
    void pop() {
        changed(--rows_);
        if (has_sides_)
            for (auto& column : columns_) column->pop();
    }
    /// Gives the entity that took the removed row's place, if one did.
    Entity remove(std::size_t row);
    /// Undoes remove(); the row's columns are the caller's to fill. Gives the entity that went back to the end, if one
    /// did.
    Entity reopen(std::size_t row, Entity entity);

    /// For the hash: something was written.
    void touch() { dirty_ = true; }
    /// The change counter when something in the column, or in the table's rows, was changed last.
    std::uint64_t version_of(const Column& column) const { return std::max(column.version, rows_version); }
    std::uint64_t rows_version = 0;
    /// What World::publish() has to tell of it.
    enum class Unpublished : std::uint8_t { nothing, columns, rows };
    Unpublished unpublished = Unpublished::nothing;
    /// Rows ever pushed.
    std::uint64_t pushes() const { return pushes_; }
    std::uint64_t hash();

    /// The table with this component more, or less where it is here; null where nobody has looked for it yet.
    Table* neighbour(ComponentId id) const { return id < neighbours_.size() ? neighbours_[id] : nullptr; }
    void set_neighbour(ComponentId id, Table& table);
    void forget_neighbour(const Table& table) {
        for (auto*& neighbour : neighbours_)
            if (neighbour == &table) neighbour = nullptr;
    }

private:
    void grow(std::size_t rows);
    void changed(std::size_t row) {
        chunks_.mark(row);
        dirty_ = true;
    }

    std::uint32_t id_;
    std::vector<ComponentId> components_;
    std::vector<std::int32_t> positions_;  // by component id: place in columns_, or -1
    std::vector<std::unique_ptr<Column>> columns_;
    std::vector<Column*> by_name_;    // the order of the hash, whoever declared which component first
    std::vector<Table*> neighbours_;  // by component id
    bool has_sides_ = false;
    Arena& arena_;
    Slice slice_;
    Entity* entities_ = nullptr;
    std::size_t rows_ = 0;
    std::size_t capacity_ = 0;
    std::uint64_t pushes_ = 0;
    ChunkHashes chunks_;
    bool dirty_ = true;
    std::uint64_t hash_ = 0;
};

}  // namespace dragoman::ecs
