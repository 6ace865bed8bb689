#pragma once

#include <cassert>
#include <cstdint>
#include <span>
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
        std::uint32_t fresh;  // a whole word: a byte of it that is stored and read at once with others stalls
    };
    Next next() {
        if (!free_.empty()) return {free_.back(), false};
        return next_fresh();
    }
    /// Takes what next() said; the entity is not yet placed.
    void create(Next next) {
        take(next);
        ++living_;
    }
    void destroy(Entity entity);
    void undo_create(Next created);
    void undo_destroy(Entity entity);
    /// Takes what next() said, for later: it does not live, and nobody else gets it.
    void reserve(Next next);
    /// Back among those to give out.
    void release(Entity reserved);
    /// Brings a reserved one to life; the entity is not yet placed.
    void create_reserved(Entity reserved) {
        unset_reserved(reserved);
        ++living_;
    }
    void undo_reserve(Next reserved);
    void undo_release(Entity entity);
    void undo_create_reserved(Entity created);
    void clear();
    /// Error denied where so many handles are more than there may be.
    void expect_room(std::size_t handles) const;
    /// Handles as a snapshot has them, in an index of nobody: `size` given out, of which `free` come next; those that
    /// live are then revived, with indices that `unknown` says are neither. The rest is retired.
    void restore(std::size_t size, std::vector<Entity> free);
    bool unknown(std::uint32_t index) const { return index < size_ && slots_[index].generation == 0; }
    void revive(Entity entity, std::uint32_t table, std::uint32_t row);

    bool alive(Entity entity) const {
        return entity.index < size_ && slots_[entity.index].generation == entity.generation &&
               slots_[entity.index].table != no_table;
    }
    bool reserved(Entity entity) const {
        return entity.index < size_ && slots_[entity.index].generation == entity.generation &&
               slots_[entity.index].reserved != 0;
    }
    const EntitySlot& where(Entity entity) const { return slots_[entity.index]; }
    /// Notes when it was destroyed, in its slot, until the index is given out again.
    void stamp(Entity destroyed, std::uint64_t when) { slots_[destroyed.index].row = static_cast<std::uint32_t>(when); }
    /// Whether that was after `since` and before `now`, at most 2^32 later.
    bool destroyed_between(Entity entity, std::uint64_t since, std::uint64_t now) const {
        const auto known = entity.index < size_ ? slots_[entity.index] : EntitySlot{};
        if (known.table != no_table || known.reserved != 0 || known.generation != entity.generation + 1) return false;
        const std::uint64_t ago = static_cast<std::uint32_t>(now) - known.row;  // modulo 2^32
        return ago > 0 && ago < now - since;
    }
    void place(Entity entity, std::uint32_t table, std::uint32_t row) {
        slots_[entity.index].table = table;
        slots_[entity.index].row = row;
    }

    std::size_t living() const { return living_; }
    std::size_t reserved() const { return reserved_; }
    std::size_t size() const { return size_; }
    std::span<const Entity> free() const { return free_; }
    const Arena& arena() const { return arena_; }
    /// Of everything that decides which handles come next.
    std::uint64_t hash();

private:
    void make_room(std::size_t slots);
    Next next_fresh();
    void take(Next next) {
        if (next.fresh) {
            ++size_;
        } else {
            chunks_.mark(free_.size() - 1);
            free_.pop_back();
        }
        slots_[next.entity.index] = {no_table, 0, next.entity.generation, 0};
    }
    void give_back(Next next);
    void set_reserved(Entity entity) {
        slots_[entity.index].reserved = 1;
        ++reserved_;
        reserved_sum_ += mixed(entity);
    }
    void unset_reserved(Entity entity) {
        assert(reserved(entity));
        slots_[entity.index].reserved = 0;
        --reserved_;
        reserved_sum_ -= mixed(entity);
    }
    /// Splitmix64: different handles give different numbers, which look random.
    static std::uint64_t mixed(Entity entity) {
        auto x = to_number(entity) + 0x9e3779b97f4a7c15;
        x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
        x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
        return x ^ (x >> 31);
    }

    Arena arena_;
    Slice slice_;
    EntitySlot* slots_;
    std::size_t room_ = 0;  // slots that the slice has
    std::size_t most_;
    std::size_t size_ = 0;
    std::size_t living_ = 0;
    std::size_t reserved_ = 0;
    std::uint64_t reserved_sum_ = 0;  // of the hashes of the reserved handles, in whatever order they came
    std::vector<Entity> free_;        // a stack of the handles to give out next
    ChunkHashes chunks_;              // of free_
};

}  // namespace dragoman::ecs
