#include <cassert>

#include "ecs/world.hpp"

namespace dragoman::ecs {

void World::list(Table& table, Table::Unpublished what) {
    if (table.unpublished == Table::Unpublished::nothing) unpublished_tables_.push_back(table.id());
    table.unpublished = std::max(table.unpublished, what);
}

void World::publish() {
    for (const auto& gone : gone_tables_) directory_->forget(gone.table, gone.components);
    gone_tables_.clear();
    directory_->set_counts(tables_.size(), types_.size());
    directory_->set_files(entities_.arena().file_bytes(), ids_.file_bytes());
    for (const auto id : unpublished_arenas_) {
        const auto* arena = id < types_.size() ? types_[id]->arena.get() : nullptr;
        directory_->set_arena(id, arena ? arena->file_bytes() : 0);
    }
    unpublished_arenas_.clear();
    for (const auto id : unpublished_tables_) directory_->tell(*tables_[id]);
    unpublished_tables_.clear();
}

Entity World::reserve() {
    const auto next = entities_.next();
    if (in_transaction()) {
        log_.reserve(1, 0, 0);
        log_.push({.kind = UndoRecord::reserved, .fresh = next.fresh, .entity = next.entity});
    }
    entities_.reserve(next);
    return next.entity;
}

void World::release(Entity entity) {
    assert(reserved(entity));
    if (in_transaction()) {
        log_.reserve(1, 0, 0);
        log_.push({.kind = UndoRecord::released, .entity = entity});
    }
    entities_.release(entity);
}

void World::make_back(Table& table, Column& column) {
    if (!column.component().size || column.has_back()) return;
    column.make_back(table.capacity());
    column.unpublished = true;
    list(table, Table::Unpublished::columns);
}

void World::swap_buffers(Table& table, Column& column) {
    assert(!in_transaction() && !visiting_ && column.has_back());
    column.swap_buffers();
    values_changed(table, column);
}

void World::wrote(Table& table, Column& column) {
    column.mark_all();
    values_changed(table, column);
}

}  // namespace dragoman::ecs
