#pragma once

#include <cstdint>
#include <vector>

#include "ecs/arena.hpp"
#include "ecs/chunk_hashes.hpp"
#include "ecs/entity.hpp"
#include "ecs/layout.hpp"

namespace dragoman::ecs {

/// Gives out handles and knows where each living entity is. The index lies in an arena of its own, as one array of
/// EntitySlot that never moves.
class Entities {
public:
    Entities(std::size_t most, Budget& budget);
    Entities(const Entities&) = delete;

    /// What create() will give, and whether its index was never used before. Error denied where the world is full.
    struct Next {
        Entity entity;
        bool fresh;
    };
    Next next();
    /// Takes what next() said; the entity is not yet placed.
    void create(Next next);
    void destroy(Entity entity);
    void undo_create(Next created);
    void undo_destroy(Entity entity);
    void clear();

    bool alive(Entity entity) const {
        return entity.index < size_ && slots_[entity.index].generation == entity.generation &&
               slots_[entity.index].table != no_table;
    }
    const EntitySlot& where(Entity entity) const { return slots_[entity.index]; }
    void place(Entity entity, std::uint32_t table, std::uint32_t row) {
        slots_[entity.index].table = table;
        slots_[entity.index].row = row;
    }

    std::size_t living() const { return living_; }
    std::size_t size() const { return size_; }
    const Arena& arena() const { return arena_; }
    /// Of everything that decides which handles come next.
    std::uint64_t hash();

private:
    Arena arena_;
    EntitySlot* slots_;
    std::size_t most_;
    std::size_t size_ = 0;
    std::size_t living_ = 0;
    std::vector<Entity> free_;  // a stack of the handles to give out next
    ChunkHashes chunks_;        // of free_
};

}  // namespace dragoman::ecs
