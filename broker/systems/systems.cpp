#include "broker/systems/systems.hpp"

#include <sys/prctl.h>

#include <algorithm>

#include "broker/launch/launcher.hpp"
#include "broker/systems/systems_state.hpp"

namespace dragoman {

Systems::Systems(Broker& broker, ecs::World& world, SystemsOptions options)
    : state_(std::make_unique<State>(broker, world, std::move(options))) {
    if (broker.data_tier() != DataTier::sealed) return;
    world.seal_arenas();
    // Scripts of the same uid could otherwise reach into its memory.
    if (prctl(PR_SET_DUMPABLE, 0) != 0) throw LaunchError("the broker cannot be kept from being traced");
}

Systems::~Systems() = default;

std::size_t Systems::add(ScriptSpec spec) {
    spec.role = Role::system;
    const std::size_t number = state_->broker.add(std::move(spec));
    SystemScript script;
    script.script = number;
    state_->members.push_back(std::move(script));
    return number;
}

bool Systems::tick(double dt, std::uint64_t tick, int round) {
    State& state = *state_;
    if (state.lost_for_good(true) && state.options.after_failure == AfterFailure::stop) return false;
    state.look_at_shadows();
    if (!state.started)
        for (const Stage& stage : state.plan.startup)
            if (!state.run(stage, dt, tick, round, state.broker.deadlines().start)) return false;
    state.started = true;
    for (std::size_t i = 0; i < state.plan.ticks.size(); ++i) {
        state.next.clear();
        if (i + 1 < state.plan.ticks.size())
            for (const std::size_t number : state.plan.ticks[i + 1])
                state.next.push_back(state.members[state.systems[number].member].script);
        if (!state.run(state.plan.ticks[i], dt, tick, round, state.broker.deadlines().tick)) return false;
    }
    return std::ranges::any_of(state.members, [&](const auto& script) { return !state.lost(script) || script.before; });
}

/// Whether it runs in this tick; called once in each.
bool Systems::State::is_due(LiveSystem& system, double dt) {
    system.elapsed += dt;
    const std::uint64_t tick = system.ticks++;
    if (!system.declared.rate) return tick % system.declared.every == 0;
    // A rate above the ticks' own means each tick; what is owed beyond that is forgotten.
    system.owed = std::min(system.owed + dt * *system.declared.rate, 1.0 + 1e-9);
    if (tick != 0 && system.owed < 1.0 - 1e-9) return false;
    system.owed = tick == 0 ? 0 : system.owed - 1.0;
    return true;
}

void Systems::State::prepare(LiveSystem& system) {
    Plane& plane = *broker.plane(members[system.member].script);
    plane.list_new_tables(system.number, *system.query);
    for (const ecs::ComponentId id : system.writes)
        if (system.access[id] == DRAGOMAN_ACCESS_REPLACE)
            for (ecs::Table* const table : system.query->tables())
                if (ecs::Column* const column = table->column(id)) world.make_back(*table, *column);
    if (options.torn == TornPolicy::restore) save_columns(system);
}

void Systems::State::save_columns(const LiveSystem& system) {
    for (const ecs::ComponentId id : system.writes) {
        if (system.access[id] != DRAGOMAN_ACCESS_WRITE) continue;
        for (ecs::Table* const table : system.query->tables()) {
            ecs::Column* const column = table->column(id);
            if (column == nullptr || table->rows() == 0) continue;
            const std::size_t bytes = table->rows() * column->component().size;
            checkpoints.push_back({table, column, {column->row(0), column->row(0) + bytes}});
        }
    }
}

/// Its own files have become too small for what it writes: it gets larger ones.
void Systems::State::grow_staging(SystemScript& script) {
    if (lost(script)) return;
    const Plane& plane = *broker.plane(script.script);
    for (ecs::ComponentId id = 0; id < script.told; ++id) {
        const std::size_t room = plane.staging(id).bytes();
        if (room == 0 || room >= world.arena(id)->file_bytes()) continue;
        return attach(script);  // its reserved handles stay
    }
}

bool Systems::State::run(const Stage& stage, double dt, std::uint64_t tick, int round, Clock::duration allowed) {
    running.clear();
    runs.clear();
    looked_since.clear();
    checkpoints.clear();
    swapped.clear();
    structure_changed = false;
    for (const std::size_t number : stage) {
        LiveSystem& system = systems[number];
        if (!is_due(system, dt) || lost(members[system.member])) continue;
        if (world.seals_arenas()) grow_staging(members[system.member]);
        prepare(system);
        looked_since.push_back(system.since);
        running.push_back(number);
        runs.push_back({members[system.member].script,
                        {.system = system.number,
                         .tick = tick,
                         .dt = std::exchange(system.elapsed, 0.0),
                         .since = system.since,
                         .handles = system.declared.creates}});
    }
    if (runs.empty()) return true;
    world.advance();
    shown_at = world.change_counter();
    for (const std::size_t number : running) systems[number].since = shown_at;
    world.publish();
    run_shadows(allowed);
    if (options.by_lines)
        run_by_lines(runs, tick, round, allowed);
    else
        broker.run_systems(runs, tick, round, allowed, next);
    return take();
}

/// Side by side as well, but told by lines.
void Systems::State::run_by_lines(std::span<const Broker::SystemRun> given, std::uint64_t tick, int round,
                                  Clock::duration allowed) {
    for (std::size_t i = 0; i < given.size(); ++i) {
        const auto& [script, run] = given[i];
        broker.plane(script)->go(run, false);
        broker.exchange(script, Header::update, line_of_run(systems[running[i]], tick), tick, round, allowed);
        if (!broker.answer(script) && broker.script(script).phase() != Phase::lost && !broker.stopping())
            broker.give_up(script);
    }
}

std::string Systems::State::line_of_run(const LiveSystem& system, std::uint64_t tick) {
    std::string line = "{\"frame\": " + std::to_string(tick) + ", \"system\": ";
    append_quoted(line, system.declared.name);
    return line + "}";
}

std::vector<std::vector<std::string>> Systems::stages() const {
    std::vector<std::vector<std::string>> all;
    for (const auto* stages : {&state_->plan.startup, &state_->plan.ticks})
        for (const Stage& stage : *stages) {
            auto& names = all.emplace_back();
            for (const std::size_t number : stage) names.push_back(state_->systems[number].declared.name);
        }
    return all;
}

std::vector<SystemReport> Systems::reports() const { return state_->reports; }

}  // namespace dragoman
