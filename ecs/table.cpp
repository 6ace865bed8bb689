#include "ecs/table.hpp"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <string_view>

#include "ecs/hasher.hpp"

namespace dragoman::ecs {

Column::Column(ComponentId id, const Component& component, Arena* arena, Budget& budget)
    : id_(id),
      size_(component.size),
      component_(component),
      arena_(arena),
      budget_(budget),
      sides_(component.side_defaults.size()) {
    const auto size = sizeof(Column) + sides_.size() * sizeof(sides_[0]);
    budget_.take(size);
    counted_ = size;
}

Column::~Column() {
    if (arena_) {
        arena_->release(slice_);
        arena_->release(back_);
    }
    budget_.give(counted_);
}

void Column::reserve(std::size_t rows, std::size_t capacity) {
    if (slice_.bytes < capacity * component_.size) {
        slice_ = arena_->grow(slice_, rows * component_.size, capacity * component_.size);
        data_ = arena_->at(slice_);
    }
    if (has_back()) make_back(capacity);
    for (auto& texts : sides_) {
        if (texts.capacity() >= capacity) continue;
        const auto size = (capacity - texts.capacity()) * sizeof(Text);
        budget_.take(size);
        counted_ += size;
        texts.reserve(capacity);
    }
    chunks_.fit(capacity);
}

void Column::make_back(std::size_t capacity) {
    const auto bytes = std::max<std::size_t>(capacity * component_.size, 1);
    if (back_.bytes < bytes) back_ = arena_->grow(back_, 0, bytes);
}

void Column::swap_buffers() {
    std::swap(slice_, back_);
    data_ = arena_->at(slice_);
    chunks_.mark_all();
}

std::uint64_t Column::hash(std::size_t rows) {
    if (component_.fields.empty()) return 0;
    return chunks_.hash(rows, [this](std::size_t first, std::size_t count) { return hash_rows(first, count); });
}

std::uint64_t Column::hash_rows(std::size_t first, std::size_t count) const {
    Hasher hasher;
    if (!component_.padded) {
        if (component_.size) hasher.feed(row(first), count * component_.size);
    } else {
        for (auto i = first; i < first + count; ++i)
            for (const auto& field : component_.fields)
                if (!field.side()) hasher.feed(row(i) + field.offset, field.bytes());
    }
    for (const auto& texts : sides_) {
        for (auto i = first; i < first + count; ++i) {
            const auto& text = texts[i].str();
            const auto size = text.size();
            hasher.feed(size);
            hasher.feed(text.data(), size);
        }
    }
    return hasher.result();
}

Table::Table(std::uint32_t id, const std::vector<Part>& parts, Arena& entity_ids, Budget& budget)
    : id_(id), arena_(entity_ids) {
    for (const auto& part : parts) {
        positions_.resize(part.id + 1, -1);
        positions_[part.id] = static_cast<std::int32_t>(columns_.size());
        components_.push_back(part.id);
        columns_.push_back(std::make_unique<Column>(part.id, *part.component, part.arena, budget));
        by_name_.push_back(columns_.back().get());
        has_sides_ = has_sides_ || columns_.back()->has_sides();
    }
    std::ranges::sort(by_name_, {}, [](const Column* column) { return std::string_view(column->component().name); });
}

Table::~Table() { arena_.release(slice_); }

void Table::grow(std::size_t rows) {
    const auto capacity = std::max<std::size_t>({capacity_ * 2, rows, 8});
    if (slice_.bytes < capacity * sizeof(Entity)) {
        slice_ = arena_.grow(slice_, rows_ * sizeof(Entity), capacity * sizeof(Entity));
        entities_ = reinterpret_cast<Entity*>(arena_.at(slice_));
    }
    for (auto& column : columns_) column->reserve(rows_, capacity);
    chunks_.fit(capacity);
    capacity_ = capacity;
}

std::size_t Table::push(std::span<const Entity> entities) {
    assert(entities.size() <= capacity_ - rows_);
    const auto first = rows_;
    rows_ += entities.size();
    std::ranges::copy(entities, entities_ + first);
    if (has_sides_)
        for (auto& column : columns_)
            for (std::size_t i = 0; i < entities.size(); ++i) column->push();
    chunks_.mark_rows(first, entities.size());
    dirty_ = true;
    pushes_ += entities.size();
    return first;
}

void Table::set_neighbour(ComponentId id, Table& table) {
    if (id >= neighbours_.size()) neighbours_.resize(id + 1);
    neighbours_[id] = &table;
}

Entity Table::remove(std::size_t row) {
    const auto last = rows_ - 1;
    Entity moved;
    if (row != last) {
        moved = entities_[row] = entities_[last];
        for (auto& column : columns_) column->take(*column, last, row);
        chunks_.mark(row);
    }
    pop();
    return moved;
}

Entity Table::reopen(std::size_t row, Entity entity) {
    const auto last = push(entity);
    if (row == last) return {};
    const auto moved = entities_[last] = entities_[row];
    for (auto& column : columns_) column->take(*column, row, last);
    entities_[row] = entity;
    chunks_.mark(row);
    return moved;
}

std::uint64_t Table::hash() {
    if (!dirty_) return hash_;
    for (auto& column : columns_) column->mark_as(chunks_);
    Hasher hasher;
    hasher.feed(components_.size());
    hasher.feed(rows_);
    hasher.feed(chunks_.hash(rows_, [this](std::size_t first, std::size_t count) {
        return XXH3_64bits(entities_ + first, count * sizeof(Entity));
    }));
    for (auto* column : by_name_) {
        hasher.feed(column->component().hash);
        hasher.feed(column->hash(rows_));
    }
    hash_ = hasher.result();
    dirty_ = false;
    return hash_;
}

}  // namespace dragoman::ecs
