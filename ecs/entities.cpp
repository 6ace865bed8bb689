#include "ecs/entities.hpp"

#include <algorithm>
#include <bit>
#include <cassert>

namespace dragoman::ecs {

Entities::Entities(std::size_t most, Budget& budget)
    : arena_("entity-index", std::bit_ceil(most * sizeof(EntitySlot)), budget, 0, true),
      slots_(reinterpret_cast<EntitySlot*>(arena_.data())),
      most_(std::min(most, std::bit_floor(arena_.capacity()) / sizeof(EntitySlot))) {}

void Entities::expect_room(std::size_t handles) const {
    if (handles > most_)
        throw Error(ErrorCode::denied, "the world is full: it may hold " + std::to_string(most_) + " entities");
}

void Entities::make_room(std::size_t slots) {
    slice_ = arena_.grow(slice_, 0, std::max<std::size_t>(slots, 64) * sizeof(EntitySlot));
    assert(slice_.offset == 0);
    room_ = slice_.bytes / sizeof(EntitySlot);
}

Entities::Next Entities::next_fresh() {
    expect_room(size_ + 1);
    if (size_ == room_) make_room(room_ * 2);
    return {{static_cast<std::uint32_t>(size_), 1}, true};
}

void Entities::give_back(Next next) {
    if (next.fresh) {
        assert(next.entity.index == size_ - 1);
        --size_;
    } else {
        free_.push_back(next.entity);
        chunks_.fit(free_.size());
        chunks_.mark(free_.size() - 1);
    }
}

void Entities::destroy(Entity entity) {
    auto& slot = slots_[entity.index];
    slot.table = no_table;
    --living_;
    if (entity.generation == last_generation) {
        slot.generation = 0;
        return;
    }
    slot.generation = entity.generation + 1;
    give_back({{entity.index, slot.generation}, false});
}

void Entities::undo_create(Next created) {
    slots_[created.entity.index].table = no_table;
    --living_;
    give_back(created);
}

void Entities::undo_destroy(Entity entity) {
    slots_[entity.index].generation = entity.generation;
    ++living_;
    if (entity.generation == last_generation) return;
    chunks_.mark(free_.size() - 1);
    free_.pop_back();
}

void Entities::reserve(Next next) {
    take(next);
    set_reserved(next.entity);
}

void Entities::release(Entity reserved) {
    unset_reserved(reserved);
    give_back({reserved, false});
}

void Entities::undo_reserve(Next reserved) {
    unset_reserved(reserved.entity);
    give_back(reserved);
}

void Entities::undo_release(Entity entity) {
    assert(free_.back() == entity);
    chunks_.mark(free_.size() - 1);
    free_.pop_back();
    set_reserved(entity);
}

void Entities::undo_create_reserved(Entity created) {
    slots_[created.index].table = no_table;
    --living_;
    set_reserved(created);
}

void Entities::restore(std::size_t size, std::vector<Entity> free) {
    assert(size_ == 0 && size <= most_);
    if (size > room_) make_room(size);
    for (std::size_t i = 0; i < size; ++i) slots_[i] = {no_table, 0, 0, 0};
    for (const auto entity : free) slots_[entity.index].generation = entity.generation;
    size_ = size;
    free_ = std::move(free);
    chunks_.fit(free_.size());
    chunks_.mark_all();
}

void Entities::revive(Entity entity, std::uint32_t table, std::uint32_t row) {
    assert(unknown(entity.index));
    slots_[entity.index] = {table, row, entity.generation, 0};
    ++living_;
}

void Entities::clear() {
    arena_.reset();
    slice_ = {};
    room_ = size_ = living_ = reserved_ = 0;
    reserved_sum_ = 0;
    free_.clear();
}

std::uint64_t Entities::hash() {
    const auto free = chunks_.hash(free_.size(), [this](std::size_t first, std::size_t count) {
        return XXH3_64bits(free_.data() + first, count * sizeof(Entity));
    });
    const auto all = XXH3_64bits_withSeed(&size_, sizeof(size_), free);
    if (!reserved_) return all;
    const std::uint64_t kept[] = {reserved_, reserved_sum_};
    return XXH3_64bits_withSeed(kept, sizeof(kept), all);
}

}  // namespace dragoman::ecs
