#include "ecs/commands.hpp"

#include <cassert>
#include <cstring>
#include <string>

#include "ecs/clean_rows.hpp"
#include "ecs/command_reader.hpp"

namespace dragoman::ecs {

namespace {

std::string shown(Entity entity) {
    return "entity " + std::to_string(entity.index) + " (generation " + std::to_string(entity.generation) + ")";
}

}  // namespace

/// One call of apply_commands().
class CommandRun {
public:
    CommandRun(World& world, std::span<const std::byte> bytes, std::span<const Entity> reserved, std::uint64_t began)
        : world_(world), bytes_(bytes), reserved_(reserved), began_(began), reader_(bytes) {}

    CommandCounts run() {
        assert(!world_.visiting_);
        try {
            while (reader_.next()) apply();
        } catch (const Error& error) {
            throw Error(error.code(), reader_.place() + ": " + error.what());
        }
        return counts_;
    }

private:
    void apply();
    void create();
    static void fill(Column& column, std::size_t first, std::size_t count, std::span<const std::byte> data);
    void create_texts(const CreatePlan& plan, std::size_t first, std::size_t count);
    bool overtaken();
    bool overtaken(ComponentId id);
    void destroy();
    void add();
    void remove();
    void set();

    std::span<const Entity> take_handles(std::size_t count);
    ComponentId component(std::size_t part) const;
    /// The data of a part, which is so many rows or nothing.
    std::span<const std::byte> rows(std::size_t part, std::size_t count) const;
    const EntitySlot& living(Entity entity) const;
    const EntitySlot& having(Entity entity, ComponentId id) const;
    std::string earlier(Entity entity, std::uint16_t kind, ComponentId id, std::string_view what) const;

    World& world_;
    std::span<const std::byte> bytes_;
    std::span<const Entity> reserved_;
    std::uint64_t began_;
    CommandReader reader_;
    CommandCounts counts_;
};

void CommandRun::apply() {
    switch (reader_.head().kind) {
        case DRAGOMAN_CREATE:
        case DRAGOMAN_CREATE_MANY:
            return create();
        case DRAGOMAN_DESTROY:
            return destroy();
        case DRAGOMAN_ADD:
            return add();
        case DRAGOMAN_REMOVE:
            return remove();
        case DRAGOMAN_SET:
            return set();
    }
}

ComponentId CommandRun::component(std::size_t part) const {
    const auto id = reader_.components()[part];
    if (id >= world_.component_count())
        throw Error(ErrorCode::unknown_component, "there is no component " + std::to_string(id) + ", the world has " +
                                                      std::to_string(world_.component_count()));
    return id;
}

std::span<const std::byte> CommandRun::rows(std::size_t part, std::size_t count) const {
    const auto data = reader_.data()[part];
    const auto& schema = world_.schema(reader_.components()[part]);
    if (data.empty() || data.size() == std::uint64_t{schema.size} * count) return data;
    const auto expected =
        count == 1 ? std::to_string(schema.size) : std::to_string(count) + " rows of " + std::to_string(schema.size);
    throw Error(ErrorCode::bad_value,
                schema.name + ": expected " + expected + " bytes or none, got " + std::to_string(data.size()));
}

std::span<const Entity> CommandRun::take_handles(std::size_t count) {
    const auto left = reserved_.size() - counts_.handles_used;
    if (count > left)
        throw Error(ErrorCode::denied, "it creates " + std::to_string(count) + ", and " + std::to_string(left) +
                                           " of " + std::to_string(reserved_.size()) + " reserved handles are left");
    const auto handles = reserved_.subspan(counts_.handles_used, count);
    if (count && handles.front() != reader_.entity())
        throw Error(ErrorCode::bad_value, "it names " + shown(reader_.entity()) + ", but the next reserved handle is " +
                                              shown(handles.front()));
    counts_.handles_used += count;
    return handles;
}

void CommandRun::create() {
    const std::size_t count = reader_.head().count;
    const auto ids = reader_.components();
    if (!world_.plans_.find(ids).table)  // else the ids are good
        for (std::size_t i = 0; i < ids.size(); ++i) component(i);
    const auto& plan = world_.plan(ids);
    auto& table = *plan.table;
    for (std::size_t i = 0; i < ids.size(); ++i) {
        const auto bytes = reader_.data()[i].size();
        if (bytes && bytes != plan.columns[i]->row_bytes() * count) rows(i, count);
    }
    const auto handles = take_handles(count);
    if (handles.empty()) return;

    table.reserve(count);
    world_.log_created(table, false, true, count);
    const auto first = count == 1 ? table.push(handles[0]) : table.push(handles);
    for (std::size_t i = 0; i < count; ++i) {
        world_.entities_.create_reserved(handles[i]);
        world_.entities_.place(handles[i], table.id(), static_cast<std::uint32_t>(first + i));
    }
    world_.rows_changed(table);
    for (std::size_t i = 0; i < ids.size(); ++i) fill(*plan.columns[i], first, count, reader_.data()[i]);
    if (plan.has_sides) create_texts(plan, first, count);
    counts_.created += count;
}

void CommandRun::fill(Column& column, std::size_t first, std::size_t count, std::span<const std::byte> data) {
    const auto& schema = column.component();
    if (data.empty()) {
        for (std::size_t row = first; row < first + count; ++row)
            copy_row(column.row(row), schema.defaults.data(), schema.size);
        return;
    }
    copy_row(column.row(first), data.data(), data.size());
    if (schema.loose) clean_rows(schema, column.row(first), count);
}

void CommandRun::create_texts(const CreatePlan& plan, std::size_t first, std::size_t count) {
    for (auto* column : plan.columns) {
        const auto& texts = column->component().side_defaults;
        for (std::size_t side = 0; side < texts.size(); ++side)
            for (auto row = first; row < first + count; ++row)
                column->side(side, row) = Text(world_.budget_, texts[side]);
    }
}

/// Somebody else was quicker, in the same stage.
bool CommandRun::overtaken() {
    if (!world_.entities_.destroyed_between(reader_.entity(), began_, world_.change_counter_)) return false;
    ++counts_.overtaken;
    return true;
}

/// The same of a component: rows have come to the entity's table since.
bool CommandRun::overtaken(ComponentId id) {
    if (overtaken()) return true;
    if (!world_.alive(reader_.entity())) return false;
    const auto& table = *world_.tables_[world_.entities_.where(reader_.entity()).table];
    if (table.has(id) || table.rows_version <= began_ || table.rows_version >= world_.change_counter_) return false;
    ++counts_.overtaken;
    return true;
}

void CommandRun::destroy() {
    if (overtaken()) return;
    living(reader_.entity());
    world_.destroy(reader_.entity());
    ++counts_.destroyed;
}

void CommandRun::add() {
    const auto id = component(0);
    const auto data = rows(0, 1);
    if (overtaken()) return;
    living(reader_.entity());
    const auto& schema = world_.schema(id);
    auto* row = world_.add_row(reader_.entity(), id, data.empty() ? schema.defaults.data() : data.data());
    if (schema.loose && !data.empty()) clean_rows(schema, row, 1);
    ++counts_.added;
}

void CommandRun::remove() {
    const auto id = component(0);
    if (!reader_.data()[0].empty()) throw Error(ErrorCode::bad_value, "expected no data");
    if (overtaken(id)) return;
    having(reader_.entity(), id);
    world_.remove(reader_.entity(), id);
    ++counts_.removed;
}

void CommandRun::set() {
    const auto id = component(0);
    const auto data = rows(0, 1);
    if (overtaken(id)) return;
    having(reader_.entity(), id);
    const auto& schema = world_.schema(id);
    auto* row = world_.edit_component(reader_.entity(), id);
    copy_row(row, data.empty() ? schema.defaults.data() : data.data(), schema.size);
    if (schema.loose && !data.empty()) clean_rows(schema, row, 1);
    ++counts_.set;
}

const EntitySlot& CommandRun::living(Entity entity) const {
    if (world_.alive(entity)) return world_.entities_.where(entity);
    auto why = earlier(entity, DRAGOMAN_DESTROY, 0, "destroyed");
    if (why.empty())
        why = world_.reserved(entity) ? "no command has created it yet" : "it was destroyed before, or never created";
    throw Error(ErrorCode::no_entity, shown(entity) + " does not live: " + why);
}

const EntitySlot& CommandRun::having(Entity entity, ComponentId id) const {
    const auto& slot = living(entity);
    if (world_.tables_[slot.table]->has(id)) return slot;
    const auto why = earlier(entity, DRAGOMAN_REMOVE, id, "removed");
    throw Error(ErrorCode::no_component,
                shown(entity) + " has no component " + world_.schema(id).name + (why.empty() ? "" : ": " + why));
}

/// Whether one of the commands before this one did it to the entity; they are known to be right.
std::string CommandRun::earlier(Entity entity, std::uint16_t kind, ComponentId id, std::string_view what) const {
    std::size_t found = 0;
    CommandReader reader(bytes_.first(reader_.offset()));
    while (reader.next())
        if (reader.head().kind == kind && reader.entity() == entity &&
            (reader.components().empty() || reader.components()[0] == id))
            found = reader.number();
    if (!found) return "";
    return "it was " + std::string(what) + " by command " + std::to_string(found);
}

CommandCounts apply_commands(World& world, std::span<const std::byte> commands, std::span<const Entity> reserved,
                             std::uint64_t began) {
    if (commands.empty()) return {};
    Transaction transaction(world);
    const auto counts = CommandRun(world, commands, reserved, began).run();
    transaction.commit();
    return counts;
}

}  // namespace dragoman::ecs
