#include "ecs/world.hpp"

#include <algorithm>
#include <cassert>
#include <cstring>

namespace dragoman::ecs {

namespace {

std::string shown(Entity entity) { return "entity " + std::to_string(to_number(entity)); }

}  // namespace

Value ComponentRow::value(std::size_t number) const {
    const auto& field = component->fields[number];
    if (field.type == FieldType::text) return text(field);
    if (field.type == FieldType::json) return Json{text(field)};
    return decode(field, plain());
}

void World::expect_alive(Entity entity) const {
    if (!alive(entity))
        throw Error(ErrorCode::no_entity, shown(entity) + " does not live: it was destroyed or never created");
}

const EntitySlot& World::expect(Entity entity, ComponentId id) const {
    expect_alive(entity);
    const auto& slot = entities_.where(entity);
    if (!tables_[slot.table]->has(id))
        throw Error(ErrorCode::no_component, shown(entity) + " has no component " + schema(id).name);
    return slot;
}

Entity World::create(std::span<const ComponentValues> components) {
    unstage();
    for (const auto& component : components) stage(component.component, component.values);
    return create_staged();
}

Entity World::create_raw(std::span<const ComponentId> ids, std::span<const void* const> rows) {
    assert(!visiting_);
    const auto& plan = this->plan(ids);
    if (plan.has_sides) return create_staged(ids, rows);
    auto& table = *plan.table;
    table.reserve(1);
    const auto next = entities_.next();
    if (in_transaction()) log_created(table, next.fresh, false, 1);
    entities_.create(next);
    const auto row = table.push(next.entity);
    for (std::size_t i = 0; i < ids.size(); ++i)
        plan.columns[i]->put(row, static_cast<const std::byte*>(rows[i]), nullptr);
    entities_.place(next.entity, table.id(), static_cast<std::uint32_t>(row));
    rows_changed(table);
    return next.entity;
}

Entity World::create_staged(std::span<const ComponentId> ids, std::span<const void* const> rows) {
    unstage();
    for (std::size_t i = 0; i < ids.size(); ++i) stage_raw(ids[i], rows[i]);
    return create_staged();
}

Entity World::create_staged() {
    assert(!visiting_);
    staged_set_.clear();
    for (const auto& part : staged_) staged_set_.push_back(part.id);
    const auto& plan = this->plan(staged_set_);
    auto& table = *plan.table;
    table.reserve(1);
    const auto next = entities_.next();
    if (in_transaction()) log_created(table, next.fresh, false, 1);
    entities_.create(next);
    const auto row = table.push(next.entity);
    for (std::size_t i = 0; i < staged_.size(); ++i) put(*plan.columns[i], row, staged_[i]);
    entities_.place(next.entity, table.id(), static_cast<std::uint32_t>(row));
    rows_changed(table);
    return next.entity;
}

void World::destroy(Entity entity) {
    assert(!visiting_);
    expect_alive(entity);
    const auto slot = entities_.where(entity);
    auto& table = *tables_[slot.table];
    if (in_transaction()) {
        std::size_t bytes = 0, texts = 0;
        for (const auto& column : table.columns()) {
            bytes += column->component().size;
            texts += column->component().side_defaults.size();
        }
        log_.reserve(1, bytes, texts);
        for (const auto& column : table.columns()) save_row(*column, slot.row);
        log_.push({.kind = UndoRecord::destroyed, .table = slot.table, .row = slot.row, .entity = entity});
    }
    place_moved(table.remove(slot.row), table, slot.row);
    entities_.destroy(entity);
    entities_.stamp(entity, change_counter_);
    rows_changed(table);
}

bool World::has(Entity entity, ComponentId component) const {
    return alive(entity) && tables_[entities_.where(entity).table]->has(component);
}

void World::add(Entity entity, ComponentId id, std::span<const FieldValue> values) {
    assert(!visiting_);
    expect_alive(entity);
    if (values.empty()) {
        add_row(entity, id, schema(id).defaults.data());
        return;
    }
    unstage();
    stage(id, values);
    const auto place = open_place(entity, id);
    put(place.column, place.row, staged_.front());
}

std::byte* World::add_row(Entity entity, ComponentId id, const std::byte* bytes) {
    assert(!visiting_ && alive(entity));
    const auto& texts = schema(id).side_defaults;
    if (!texts.empty()) unstage();
    for (const auto& text : texts) staged_texts_.emplace_back(budget_, text);
    const auto place = open_place(entity, id);
    place.column.put(place.row, bytes, staged_texts_.data());
    return place.column.row(place.row);
}

World::Place World::open_place(Entity entity, ComponentId id) {
    const auto slot = entities_.where(entity);
    auto& from = *tables_[slot.table];
    if (auto* column = from.column(id)) {
        if (in_transaction()) {
            const auto texts = schema(id).side_defaults.size();
            log_.reserve(1 + texts, schema(id).size, texts);
            save_bytes(entity, *column, slot.row);
            for (std::size_t side = 0; side < texts; ++side) save_text(entity, *column, slot.row, side);
        }
        column->mark(slot.row);
        values_changed(from, *column);
        return {*column, slot.row};
    }
    auto& to = neighbour(from, id);
    to.reserve(1);
    if (in_transaction()) {
        log_.reserve(1, 0, 0);
        log_.push({.kind = UndoRecord::moved, .table = slot.table, .row = slot.row, .entity = entity});
    }
    move(entity, from, slot.row, to);
    return {*to.column(id), to.rows() - 1};
}

void World::remove(Entity entity, ComponentId id) {
    assert(!visiting_);
    const auto slot = expect(entity, id);
    auto& from = *tables_[slot.table];
    auto& to = neighbour(from, id);
    to.reserve(1);
    if (in_transaction()) {
        log_.reserve(1, schema(id).size, schema(id).side_defaults.size());
        save_row(*from.column(id), slot.row);
        log_.push({.kind = UndoRecord::moved, .table = slot.table, .row = slot.row, .entity = entity});
    }
    move(entity, from, slot.row, to);
}

void World::set(Entity entity, ComponentId id, std::span<const FieldValue> values) {
    const auto& slot = expect(entity, id);
    auto& table = *tables_[slot.table];
    auto& column = *table.column(id);
    const auto& component = schema(id);

    unstage();
    const auto* now = column.row(slot.row);
    staged_bytes_.assign(now, now + component.size);
    for (const auto& [number, value] : values) {
        const auto& field = component.fields[number];
        if (field.side()) {
            staged_texts_.emplace_back(budget_, encode_side(component, field, value));
            staged_sides_.push_back(field.offset);
        } else {
            encode(component, field, value, staged_bytes_.data());
        }
    }
    if (in_transaction()) {
        log_.reserve(1 + staged_sides_.size(), component.size, staged_sides_.size());
        if (staged_sides_.size() < values.size()) save_bytes(entity, column, slot.row);
    }
    if (component.size) std::memcpy(column.row(slot.row), staged_bytes_.data(), component.size);
    for (std::size_t i = 0; i < staged_sides_.size(); ++i) {
        if (in_transaction()) save_text(entity, column, slot.row, staged_sides_[i]);
        column.side(staged_sides_[i], slot.row) = std::move(staged_texts_[i]);
    }
    column.mark(slot.row);
    values_changed(table, column);
}

void World::set(Entity entity, ComponentId component, std::size_t field, Value value) {
    const FieldValue one{field, std::move(value)};
    set(entity, component, {&one, 1});
}

ComponentRow World::get(Entity entity, ComponentId id) const {
    const auto& slot = expect(entity, id);
    return {&schema(id), std::as_const(*tables_[slot.table]).column(id), slot.row};
}

Value World::get(Entity entity, ComponentId id, std::size_t field) const { return get(entity, id).value(field); }

std::span<const std::byte> World::raw(Entity entity, ComponentId id, std::size_t number) const {
    const auto row = get(entity, id);
    const auto& field = row.component->fields[number];
    assert(!field.side());
    return {row.plain() + field.offset, field.bytes()};
}

void World::set_raw(Entity entity, ComponentId id, std::size_t number, std::span<const std::byte> bytes) {
    const auto& field = schema(id).fields[number];
    assert(!field.side() && bytes.size() == field.bytes());
    std::memcpy(edit_component(entity, id) + field.offset, bytes.data(), bytes.size());
}

std::byte* World::edit_component(Entity entity, ComponentId id) {
    const auto& slot = expect(entity, id);
    auto& table = *tables_[slot.table];
    auto& column = *table.column(id);
    if (in_transaction()) {
        log_.reserve(1, schema(id).size, 0);
        save_bytes(entity, column, slot.row);
    }
    column.mark(slot.row);
    values_changed(table, column);
    return column.row(slot.row);
}

std::byte* World::edit_column(Table& table, Column& column) {
    const auto size = table.rows() * column.component().size;
    if (in_transaction() && size) {
        const auto transaction = marks_.back().transaction;
        if (column.saved.transaction != transaction || column.saved.pushes != table.pushes()) {
            log_.reserve(1, size, 0);
            log_.push_bytes(column.row(0), size);
            log_.push({.kind = UndoRecord::column_saved,
                       .component = column.id(),
                       .table = table.id(),
                       .rows = table.rows()});
            column.saved = {transaction, table.pushes()};
        }
    }
    column.mark_all();
    values_changed(table, column);
    return column.row(0);
}

}  // namespace dragoman::ecs
