#include <cassert>
#include <cstring>

#include "ecs/world.hpp"

namespace dragoman::ecs {

// Records are undone last first, so each finds tables, rows and entities exactly as it left them.

void World::begin() {
    assert(!visiting_);
    marks_.push_back({log_.size(), ++transactions_});
}

void World::commit() {
    assert(in_transaction());
    marks_.pop_back();
    if (marks_.empty()) log_.clear();
}

void World::rollback() {
    assert(in_transaction() && !visiting_);
    while (log_.size() > marks_.back().records) undo(log_.pop());
    marks_.pop_back();
    if (marks_.empty()) log_.clear();
}

void World::save_row(Column& column, std::size_t row) {
    log_.push_bytes(column.row(row), column.component().size);
    for (std::size_t side = 0; side < column.component().side_defaults.size(); ++side)
        log_.push_text(std::move(column.side(side, row)));
}

void World::restore_row(Column& column, std::size_t row) {
    const auto& component = column.component();
    for (auto side = component.side_defaults.size(); side-- > 0;) column.side(side, row) = log_.pop_text();
    if (component.size) std::memcpy(column.row(row), log_.pop_bytes(component.size), component.size);
    column.mark(row);
}

void World::save_bytes(Entity entity, Column& column, std::size_t row) {
    log_.push_bytes(column.row(row), column.component().size);
    log_.push({.kind = UndoRecord::written, .component = column.id(), .entity = entity});
}

void World::save_text(Entity entity, Column& column, std::size_t row, std::size_t side) {
    log_.push_text(std::move(column.side(side, row)));
    log_.push({.kind = UndoRecord::texted,
               .component = column.id(),
               .side = static_cast<std::uint32_t>(side),
               .entity = entity});
}

void World::undo(const UndoRecord& record) {
    switch (record.kind) {
        case UndoRecord::declared:
            return undo_declared();
        case UndoRecord::tabled:
            return undo_tabled();
        case UndoRecord::created:
        case UndoRecord::reserved_created:
            return undo_created(record);
        case UndoRecord::reserved:
            return entities_.undo_reserve({record.entity, record.fresh});
        case UndoRecord::released:
            return entities_.undo_release(record.entity);
        case UndoRecord::destroyed:
            return undo_destroyed(record);
        case UndoRecord::moved:
            return undo_moved(record);
        case UndoRecord::written:
        case UndoRecord::texted:
            return undo_written(record);
        case UndoRecord::column_saved:
            return undo_column(record);
    }
}

void World::undo_declared() {
    const auto id = static_cast<ComponentId>(types_.size() - 1);
    const auto mentioned = [id](const std::vector<ComponentId>& ids) { return !ids.empty() && ids.back() == id; };
    typed_queries_.clear();
    std::erase_if(queries_,
                  [&](const auto& entry) { return mentioned(entry.first.with) || mentioned(entry.first.without); });
    std::erase_if(bound_, [id](const auto& entry) { return entry.second == id; });
    refill_bound_cache();
    unpublished_arenas_.push_back(id);
    names_.erase(types_.back()->component->name);
    types_.pop_back();
}

void World::undo_tabled() {
    auto& table = *tables_.back();
    assert(table.rows() == 0);
    for (auto& [terms, query] : queries_) query->table_went(table);
    for (const auto& other : tables_) other->forget_neighbour(table);
    tables_by_set_.erase(table.components());
    plans_.clear();
    if (table.unpublished != Table::Unpublished::nothing) std::erase(unpublished_tables_, table.id());
    gone_tables_.push_back({table.id(), table.components()});
    tables_.pop_back();
}

void World::log_created(Table& table, bool fresh, bool reserved, std::size_t count) {
    const auto kind = reserved ? UndoRecord::reserved_created : UndoRecord::created;
    if (log_.size() > marks_.back().records) {
        auto& last = log_.last();
        if (last.kind == kind && last.table == table.id() && last.fresh == fresh) {
            last.rows += count;
            return;
        }
    }
    log_.reserve(1, 0, 0);
    log_.push({.kind = kind, .fresh = fresh, .table = table.id(), .rows = count});
}

void World::undo_created(const UndoRecord& record) {
    auto& table = *tables_[record.table];
    for (auto left = record.rows; left > 0; --left) {
        const auto entity = table.entities().back();
        watches_.forget(entity);
        table.pop();
        if (record.kind == UndoRecord::reserved_created)
            entities_.undo_create_reserved(entity);
        else
            entities_.undo_create({entity, record.fresh});
    }
    rows_changed(table);
}

void World::undo_destroyed(const UndoRecord& record) {
    auto& table = *tables_[record.table];
    const auto moved = table.reopen(record.row, record.entity);
    place_moved(moved, table, table.rows() - 1);
    for (auto i = table.columns().size(); i-- > 0;) restore_row(*table.columns()[i], record.row);
    entities_.undo_destroy(record.entity);
    entities_.place(record.entity, record.table, record.row);
    rows_changed(table);
}

void World::undo_moved(const UndoRecord& record) {
    const auto slot = entities_.where(record.entity);
    auto& from = *tables_[slot.table];
    auto& back = *tables_[record.table];
    assert(slot.row == from.rows() - 1);
    const auto moved = back.reopen(record.row, record.entity);
    place_moved(moved, back, back.rows() - 1);
    for (const auto& column : back.columns()) {
        if (auto* source = from.column(column->id()))
            column->take(*source, slot.row, record.row);
        else
            restore_row(*column, record.row);
    }
    from.pop();
    entities_.place(record.entity, record.table, record.row);
    rows_changed(from);
    rows_changed(back);
}

void World::undo_written(const UndoRecord& record) {
    const auto& slot = entities_.where(record.entity);
    auto& table = *tables_[slot.table];
    auto& column = *table.column(record.component);
    if (record.kind == UndoRecord::texted) {
        column.side(record.side, slot.row) = log_.pop_text();
    } else if (const auto size = column.component().size) {
        std::memcpy(column.row(slot.row), log_.pop_bytes(size), size);
    }
    column.mark(slot.row);
    values_changed(table, column);
}

void World::undo_column(const UndoRecord& record) {
    auto& table = *tables_[record.table];
    auto& column = *table.column(record.component);
    const auto size = record.rows * column.component().size;
    assert(table.rows() == record.rows);
    std::memcpy(column.row(0), log_.pop_bytes(size), size);
    column.mark_all();
    values_changed(table, column);
}

}  // namespace dragoman::ecs
