#include <algorithm>
#include <cstring>

#include "broker/systems/systems_state.hpp"
#include "ecs/commands.hpp"

// What came of a stage. First the columns of all systems, since commands move rows; then the commands; each in the
// order of the systems.

namespace dragoman {
namespace {

using namespace std::chrono_literals;

/// For a process to be gone that was killed.
constexpr auto end_time = 1s;

/// A system that asks for changes only was not shown this table.
bool was_shown(const LiveSystem& system, const ecs::Table& table, std::uint64_t since) {
    if (table.rows() == 0) return false;
    if (system.changed.empty()) return true;
    return std::ranges::any_of(system.changed, [&](ecs::ComponentId id) {
        const ecs::Column* const column = table.column(id);
        return column != nullptr && std::max(column->version, table.rows_version) > since;
    });
}

}  // namespace

void Systems::State::take_columns(LiveSystem& system, std::uint64_t since) {
    const bool in_place = system.mode == WriteMode::in_place && !world.seals_arenas();
    if (in_place && system.changed.empty()) {
        for (const ecs::ComponentId id : system.writes) world.wrote_all(*system.query, id);
        return;
    }
    Plane& plane = *broker.plane(members[system.member].script);
    for (ecs::Table* const table : system.query->tables()) {
        if (!was_shown(system, *table, since)) continue;
        for (const ecs::ComponentId id : system.writes) {
            ecs::Column* const column = table->column(id);
            if (column == nullptr) continue;
            switch (system.access[id]) {
                case DRAGOMAN_ACCESS_REPLACE:
                    if (!plane.take_mark(id, table->id())) break;
                    world.swap_buffers(*table, *column);
                    swapped.push_back({static_cast<std::size_t>(&system - systems.data()), table, column});
                    break;
                case DRAGOMAN_ACCESS_STAGED:
                    if (!plane.take_mark(id, table->id())) break;
                    if (plane.staging(id).bytes() < column->slice().offset + table->rows() * column->component().size)
                        break;  // grow_staging() has seen to it; a script cannot have written there
                    std::memcpy(column->row(0), plane.staging(id).data() + column->slice().offset,
                                table->rows() * column->component().size);
                    world.wrote(*table, *column);
                    break;
                default:
                    world.wrote(*table, *column);
                    break;
            }
        }
    }
}

void Systems::State::take_commands(LiveSystem& system) {
    SystemScript& script = members[system.member];
    Plane& plane = *broker.plane(script.script);
    try {
        const auto commands = plane.commands();
        if (commands.empty()) return;
        const auto handles = std::span(script.reserved).first(system.declared.creates);
        world.advance();
        const ecs::CommandCounts counts = ecs::apply_commands(world, commands, handles, shown_at);
        structure_changed = true;
        report(system).created += counts.created;
        report(system).destroyed += counts.destroyed;
        report(system).overtaken += counts.overtaken;
        script.used = counts.handles_used;
    } catch (const ecs::Error& error) {
        put_back(system);
        tear(system);
        broker.revoke_ok(script.script);
        --report(system).runs;
        Failure failure;
        failure.outcome = Outcome::protocol_error;
        failure.message = "the changes of system " + system.declared.name + " cannot be made: " + error.what();
        broker.script(script.script).fail(std::move(failure));
    }
}

/// What it replaced is as it was: all or nothing. Where rows have moved meanwhile that cannot be; then its columns
/// stand.
void Systems::State::put_back(LiveSystem& system) {
    if (structure_changed) return;
    for (const Swapped& one : swapped)
        if (&systems[one.system] == &system) world.swap_buffers(*one.table, *one.column);
}

/// When all of the stage is applied: what was destroyed in it is given out again only then.
void Systems::State::top_up(SystemScript& script) {
    const std::size_t used = std::exchange(script.used, 0);
    if (used == 0) return;
    std::size_t done = 0;
    try {
        for (; done < used; ++done) script.reserved[done] = world.reserve();
    } catch (const ecs::Error& full) {
        Failure failure;
        failure.outcome = Outcome::protocol_error;
        failure.message = std::string("no handles are left for the entities that it creates: ") + full.what();
        const auto first = script.reserved.begin();
        script.reserved.erase(first + static_cast<std::ptrdiff_t>(done), first + static_cast<std::ptrdiff_t>(used));
        return broker.script(script.script).fail(std::move(failure));
    }
    broker.plane(script.script)->give_handles(std::span(script.reserved).first(used));
}

/// It failed, and wrote in place: its columns are put back, or stay as they are and are reported.
void Systems::State::tear(LiveSystem& system) {
    for (const ecs::ComponentId id : system.writes) {
        if (system.access[id] != DRAGOMAN_ACCESS_WRITE) continue;
        std::size_t tables = 0;
        std::size_t rows = 0;
        for (ecs::Table* const table : system.query->tables()) {
            ecs::Column* const column = table->column(id);
            if (column == nullptr || table->rows() == 0) continue;
            world.wrote(*table, *column);
            ++tables;
            rows += table->rows();
        }
        if (tables == 0 || (options.torn == TornPolicy::restore && !structure_changed)) continue;
        std::string what = world.schema(id).name + " (" + std::to_string(tables) +
                           (tables == 1 ? " table, " : " tables, ") + std::to_string(rows) + " rows)";
        if (options.warn)
            options.warn("system " + system.declared.name + " failed while it wrote in place: " + what +
                         " may be torn");
        report(system).torn.push_back(std::move(what));
    }
    if (structure_changed) return;  // rows are no longer where they were
    for (const Checkpoint& one : checkpoints) {
        if (std::ranges::count(system.writes, one.column->id()) == 0) continue;
        std::memcpy(one.column->row(0), one.bytes.data(), one.bytes.size());
        world.wrote(*one.table, *one.column);
    }
}

bool Systems::State::writes_shared(const LiveSystem& system) const {
    return std::ranges::any_of(system.writes, [&](ecs::ComponentId id) {
        return system.access[id] == DRAGOMAN_ACCESS_WRITE || system.access[id] == DRAGOMAN_ACCESS_REPLACE;
    });
}

/// It is killed already, and could go on writing until it is gone: into what is put back now, or is another's next.
void Systems::State::await_end(const SystemScript& script) {
    const LiveScript& dying = broker.script(script.script);
    const bool gone = broker.wait_for([&] { return dying.gone(); }, Clock::now() + end_time);
    if (!gone && !broker.stopping() && options.warn)
        options.warn(dying.name() + " was killed and is not gone yet; what it maps may still change");
}

void Systems::State::release(SystemScript& script) {
    for (const ecs::Entity handle : std::exchange(script.reserved, {})) world.release(handle);
    script.attached = false;
}

/// Whether a script has been lost that no version before it stands in for; told once. Who can be given back has time
/// for that until the next tick.
bool Systems::State::lost_for_good(bool tick_begins) {
    bool some = false;
    for (SystemScript& script : members) {
        if (!script.attached || !lost(script)) continue;
        if (script.before && !(tick_begins && script.missed)) {
            script.missed = true;
            continue;
        }
        some = true;
        script.before.reset();
        release(script);
    }
    return some;
}

bool Systems::State::take() {
    const auto did = [this](const LiveSystem& system) {
        const SystemScript& script = members[system.member];
        return !lost(script) && broker.script(script.script).phase() == Phase::idle;
    };
    if (broker.stopping()) return false;
    for (const std::size_t number : running)
        if (!did(systems[number]) && writes_shared(systems[number])) await_end(members[systems[number].member]);
    for (std::size_t i = 0; i < running.size(); ++i) {
        LiveSystem& system = systems[running[i]];
        if (!did(system)) continue;
        take_columns(system, looked_since[i]);
        ++report(system).runs;
        if (const auto time = broker.script(members[system.member].script).latency()) report(system).time += *time;
    }
    for (const std::size_t number : running)
        if (did(systems[number])) compare_with_shadow(number);
    for (const std::size_t number : running)
        if (!did(systems[number])) tear(systems[number]);
    for (const std::size_t number : running)
        if (did(systems[number])) take_commands(systems[number]);
    for (const std::size_t number : running)
        if (did(systems[number])) top_up(members[systems[number].member]);
    for (std::size_t i = 0; i < running.size(); ++i) {
        LiveSystem& system = systems[running[i]];
        if (did(system)) continue;
        system.since = looked_since[i];  // whoever stands in for it has all of this before him
        system.elapsed = runs[i].run.dt;
    }
    return !lost_for_good(false) || options.after_failure == AfterFailure::go_on;
}

}  // namespace dragoman
