#include <algorithm>
#include <cassert>
#include <utility>

#include "ecs/world.hpp"

namespace dragoman::ecs {

void World::list(Table& table, Table::Unpublished what) {
    if (table.unpublished == Table::Unpublished::nothing) unpublished_tables_.push_back(table.id());
    table.unpublished = std::max(table.unpublished, what);
}

void World::wrote_all(Query& query, ComponentId component) {
    assert(!in_transaction());
    const auto same = [&](const Unsettled& one) { return one.query == &query && one.component == component; };
    if (const auto known = std::ranges::find_if(unsettled_, same); known != unsettled_.end())
        known->version = change_counter_;
    else
        unsettled_.push_back({&query, component, change_counter_});
}

void World::settle_writes() {
    const auto now = std::exchange(change_counter_, 0);
    for (const auto& [query, component, version] : std::exchange(unsettled_, {})) {
        change_counter_ = version;
        for (auto* table : query->tables())
            if (auto* column = table->column(component); column && table->rows()) wrote(*table, *column);
    }
    change_counter_ = now;
}

void World::publish() {
    const auto is_watched = [this](const Unsettled& one) { return std::ranges::count(watched_, one.component) > 0; };
    if (std::ranges::any_of(unsettled_, is_watched)) settle_writes();
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

Entity World::reserve_logged() {
    const auto next = entities_.next();
    log_.reserve(1, 0, 0);
    log_.push({.kind = UndoRecord::reserved, .fresh = next.fresh != 0, .entity = next.entity});
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
