#include "ecs/entities.hpp"

#include <algorithm>
#include <cassert>

namespace dragoman::ecs {

Entities::Entities(std::size_t most, Budget& budget)
    : arena_("entity-index", most * sizeof(EntitySlot), budget),
      slots_(reinterpret_cast<EntitySlot*>(arena_.data())),
      most_(std::min(most, arena_.capacity() / sizeof(EntitySlot))) {}

Entities::Next Entities::next() {
    if (living_ >= most_ || (free_.empty() && size_ >= most_))
        throw Error(ErrorCode::denied, "the world is full: it may hold " + std::to_string(most_) + " entities");
    if (!free_.empty()) return {free_.back(), false};
    return {{static_cast<std::uint32_t>(size_), 1}, true};
}

void Entities::create(Next next) {
    if (next.fresh) {
        ++size_;
    } else {
        chunks_.mark(free_.size() - 1);
        free_.pop_back();
    }
    slots_[next.entity.index] = {no_table, 0, next.entity.generation, 0};
    ++living_;
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
    free_.push_back({entity.index, slot.generation});
    chunks_.fit(free_.size());
    chunks_.mark(free_.size() - 1);
}

void Entities::undo_create(Next created) {
    auto& slot = slots_[created.entity.index];
    slot.table = no_table;
    --living_;
    if (created.fresh) {
        assert(created.entity.index == size_ - 1);
        --size_;
    } else {
        free_.push_back(created.entity);
        chunks_.mark(free_.size() - 1);
    }
}

void Entities::undo_destroy(Entity entity) {
    slots_[entity.index].generation = entity.generation;
    ++living_;
    if (entity.generation == last_generation) return;
    chunks_.mark(free_.size() - 1);
    free_.pop_back();
}

void Entities::clear() {
    arena_.reset();
    size_ = living_ = 0;
    free_.clear();
}

std::uint64_t Entities::hash() {
    const auto free = chunks_.hash(free_.size(), [this](std::size_t first, std::size_t count) {
        return XXH3_64bits(free_.data() + first, count * sizeof(Entity));
    });
    return XXH3_64bits_withSeed(&size_, sizeof(size_), free);
}

}  // namespace dragoman::ecs
