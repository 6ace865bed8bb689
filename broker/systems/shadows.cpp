#include <algorithm>
#include <utility>

#include "broker/systems/attach_message.hpp"
#include "broker/systems/comparable.hpp"
#include "broker/systems/system_changes.hpp"
#include "broker/systems/systems_state.hpp"

// Versions that are shadows: each of their systems runs when the stage of the one that plays is about to run, over the
// world as it is then. When that one is done what it wrote is compared with what the shadow wrote in its own files, and
// the commands with the commands. Nothing of the shadow's reaches the world.

namespace dragoman {
namespace {

bool is_lost(const LiveVersion& version) { return version.script->phase() == Phase::lost; }

void fail(LiveVersion& version, Outcome outcome, std::string message) {
    Failure failure;
    failure.outcome = outcome;
    failure.message = "as a shadow: " + std::move(message);
    version.script->fail(std::move(failure));
}

bool is_among(std::span<const ecs::ComponentId> ids, ecs::ComponentId id) { return std::ranges::count(ids, id) > 0; }

void note(SystemShadow& shadow, const LiveSystem& system, std::optional<std::string> difference) {
    if (!difference || shadow.tick.difference) return;
    shadow.tick.difference = "in system " + system.declared.name + " " + *difference;
}

/// The tables that either of two systems runs over.
std::vector<ecs::Table*> tables_of(const LiveSystem& one, const LiveSystem& other) {
    std::vector<ecs::Table*> tables(one.query->tables().begin(), one.query->tables().end());
    for (ecs::Table* const table : other.query->tables())
        if (!one.query->matches(*table)) tables.push_back(table);
    return tables;
}

}  // namespace

/// What a version declares; or why it cannot be compared.
std::string Systems::State::declarations_of(const LiveVersion& version, const SystemScript& script,
                                            Declarations& into) const {
    if (!version.script->session().hello()) return "it said no __hello__";
    auto read = read_declarations(*version.script->session().hello());
    if (auto* const wrong = std::get_if<std::string>(&read)) return std::move(*wrong);
    into = std::get<Declarations>(std::move(read));
    return why_not_comparable(world, *script.declared, into);
}

std::string Systems::why_no_shadow(std::size_t script, const LiveVersion& version) const {
    const SystemScript& playing = state_->script_of(script);
    if (!state_->in_world || !playing.declared) return "";  // look_at() will see
    Declarations ignored;
    return state_->declarations_of(version, playing, ignored);
}

/// Before a tick: whether there are shadows that can be compared.
void Systems::State::look_at_shadows() {
    if (!options.with_shadow) return;
    for (auto& [number, shadow] : shadows) {
        shadow.tick = {};
        shadow.of.reset();
        shadow.is_there = false;
    }
    for (const SystemScript& script : members)
        options.with_shadow(script.script, [&](LiveVersion& version) { look_at(version, script); });
    std::erase_if(shadows, [](const auto& shadow) { return !shadow.second.is_there; });
}

void Systems::State::look_at(LiveVersion& version, const SystemScript& script) {
    SystemShadow& shadow = shadows[script.script];
    if (!version.plane->is_attached()) shadow = {};  // another version than before
    shadow.is_there = true;
    if (version.plane->is_attached() || is_lost(version)) return;
    if (!script.declared) return;
    shadow.tick.cannot = declarations_of(version, script, shadow.declared.emplace());
}

/// Of a stage whose systems are about to run; the world is published.
void Systems::State::run_shadows(Clock::duration allowed) {
    if (shadows.empty()) return;
    for (std::size_t i = 0; i < running.size(); ++i)
        options.with_shadow(runs[i].script, [&](LiveVersion& version) { run_shadow(version, i, allowed); });
}

/// One line to a version without a seat, and its answer in time; else false, and it is lost.
bool Systems::State::exchange(LiveVersion& version, const std::string& line, Clock::duration allowed) {
    const auto outcome = broker.exchange(version, Header::update, line, allowed);
    if (!outcome || is_lost(version)) return false;  // stopped; seen by whoever keeps it
    if (outcome != Outcome::ok) fail(version, *outcome, "late");
    return outcome == Outcome::ok;
}

/// Its columns, again where there are others than it was shown.
bool Systems::State::show_shadow(LiveVersion& version, SystemShadow& shadow, std::size_t member) {
    Plane& plane = *version.plane;
    const auto has_outgrown = [&](ecs::ComponentId id) {
        const std::size_t room = plane.staging(id).bytes();
        return room != 0 && room < world.arena(id)->file_bytes();
    };
    if (plane.is_attached() && shadow.attached_in == attachments && shadow.told == world.component_count()) {
        bool fits = true;
        for (ecs::ComponentId id = 0; id < shadow.told; ++id) fits = fits && !has_outgrown(id);
        if (fits) return true;
    }
    shadow.systems.clear();
    auto wrong = resolve(*shadow.declared, member, shadow.systems);
    for (LiveSystem& system : shadow.systems)
        for (dragoman_access& access : system.access)
            if (access > DRAGOMAN_ACCESS_READ) access = DRAGOMAN_ACCESS_STAGED;
    Plane::Attachment attachment;
    if (!wrong) try {
            attachment = attachment_of(shadow.systems, member);
            plane.attach(attachment);
        } catch (const std::runtime_error& error) {  // LaunchError, ecs::Error
            wrong = error.what();
        }
    shadow.told = world.component_count();
    shadow.attached_in = attachments;
    if (wrong) shadow.tick.cannot = std::move(*wrong);
    return shadow.tick.cannot.empty() && exchange(version, attach_message(attachment), options.hand_over);
}

void Systems::State::run_shadow(LiveVersion& version, std::size_t running_at, Clock::duration allowed) {
    const LiveSystem& played = systems[running[running_at]];
    const SystemScript& script = members[played.member];
    const auto found = shadows.find(script.script);
    if (found == shadows.end() || !found->second.declared || !found->second.tick.cannot.empty()) return;
    SystemShadow& shadow = found->second;
    if (is_lost(version) || !show_shadow(version, shadow, played.member)) return;
    const auto name_of = [](const LiveSystem& system) { return system.declared.name; };
    const auto mine = std::ranges::find(shadow.systems, played.declared.name, name_of);
    if (mine == shadow.systems.end()) return;
    Plane& plane = *version.plane;
    plane.list_new_tables(mine->number, *mine->query);
    Plane::Run run = runs[running_at].run;
    run.system = mine->number;
    run.handles = std::min<std::size_t>(mine->declared.creates, script.reserved.size());
    plane.give_handles(std::span(script.reserved).first(run.handles));  // the same as the version that plays
    plane.go(run, false);
    if (!exchange(version, line_of_run(*mine, run.tick), allowed)) return;
    if (!plane.is_done())
        return fail(version, Outcome::protocol_error,
                    "it says that system " + mine->declared.name + " is done, not where");
    try {
        const auto commands = plane.commands();
        shadow.commands.assign(commands.begin(), commands.end());
    } catch (const ecs::Error& error) {
        return fail(version, Outcome::protocol_error, error.what());
    }
    keep_written(plane, shadow, played, *mine);
    shadow.tick.ran = true;
    shadow.of = running[running_at];
}

/// What the columns would be after the shadow's run; those that the version that plays does not write are compared at
/// once, before anybody else does.
void Systems::State::keep_written(Plane& plane, SystemShadow& shadow, const LiveSystem& played,
                                  const LiveSystem& mine) {
    std::vector<ecs::ComponentId> ids = played.writes;
    for (const ecs::ComponentId id : mine.writes)
        if (!is_among(played.writes, id)) ids.push_back(id);
    shadow.columns.clear();
    for (ecs::Table* const table : tables_of(played, mine)) {
        if (table->rows() == 0) continue;
        for (const ecs::ComponentId id : ids) {
            const ecs::Column* const column = std::as_const(*table).column(id);
            if (column == nullptr) continue;
            const std::size_t bytes = table->rows() * column->row_bytes();
            std::span<const std::byte> now(column->row(0), bytes);
            std::span<const std::byte> then = now;
            if (is_among(mine.writes, id) && plane.take_mark(id, table->id())) {
                const SharedFile& file = plane.staging(id);
                if (file.bytes() >= column->slice().offset + bytes)
                    then = {file.data() + column->slice().offset, bytes};
            }
            if (is_among(played.writes, id) && played.query->matches(*table))
                shadow.columns.push_back({table, column, {then.begin(), then.end()}});
            else if (then.data() != now.data())
                note(shadow, played, column_difference(column->component(), table->entities(), now, then));
        }
    }
}

/// When the version that plays has done it, and before rows move.
void Systems::State::compare_with_shadow(std::size_t number) {
    const LiveSystem& played = systems[number];
    const SystemScript& script = members[played.member];
    const auto found = shadows.find(script.script);
    if (found == shadows.end() || found->second.of != number) return;
    SystemShadow& shadow = found->second;
    shadow.of.reset();
    for (const auto& [table, column, then] : shadow.columns) {
        const std::span<const std::byte> now(column->row(0), then.size());
        note(shadow, played, column_difference(column->component(), table->entities(), now, then));
    }
    try {
        const auto handles = std::span(script.reserved).first(played.declared.creates);
        const auto commands = broker.plane(script.script)->commands();
        note(shadow, played, command_difference(world, handles, commands, shadow.commands));
    } catch (const ecs::Error&) {  // take_commands() says what is wrong with it
    }
}

SystemShadowTick Systems::shadow_tick(std::size_t script) const {
    const auto found = state_->shadows.find(script);
    return found == state_->shadows.end() ? SystemShadowTick{} : found->second.tick;
}

}  // namespace dragoman
