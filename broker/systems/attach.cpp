#include <algorithm>
#include <thread>

#include "broker/launch/launcher.hpp"
#include "broker/systems/attach_message.hpp"
#include "broker/systems/systems_state.hpp"

// From what scripts declare to columns that they can map.

namespace dragoman {
namespace {

/// How long a script looks for its next tick before it sleeps, where that is not in vain too often
/// (clients/plane/wait.c).
constexpr std::uint32_t spin_us = 50;

}  // namespace

void Systems::State::refuse(const SystemScript& script, std::string message) {
    Failure failure;
    failure.outcome = Outcome::compile_error;
    failure.message = std::move(message);
    broker.script(script.script).fail(std::move(failure));
}

void Systems::State::read(SystemScript& script) {
    if (script.declared || lost(script)) return;
    const auto& hello = broker.script(script.script).session().hello();
    if (!hello) return refuse(script, "it said no __hello__");
    auto read = read_declarations(*hello);
    if (auto* wrong = std::get_if<std::string>(&read)) return refuse(script, std::move(*wrong));
    const DataTier given = broker.data_tier(script.script);
    if (!is_enough(given, options.at_least)) {
        Failure failure;
        failure.outcome = Outcome::not_ready;
        failure.message =
            "its columns cannot be kept from it as they should be: " + std::string(name(options.at_least)) +
            " was asked for, this machine gives " + std::string(name(given)) + " (see dragoman doctor)";
        return broker.script(script.script).fail(std::move(failure));
    }
    script.declared = std::get<Declarations>(std::move(read));
}

void Systems::State::declare(SystemScript& script) {
    if (lost(script) || !script.declared) return;
    ecs::Transaction all_or_none(world);
    const std::size_t before = world.component_count();
    for (const auto& component : script.declared->components) {
        try {
            world.declare(component.name, component.fields);
        } catch (const ecs::Error& error) {
            std::string message = error.what();
            if (const auto other = declared_in.find(component.name); other != declared_in.end())
                message += " (the other one is in " + other->second + ")";
            return refuse(script, message);
        }
    }
    all_or_none.commit();
    for (auto id = before; id < world.component_count(); ++id)
        declared_in[world.schema(static_cast<ecs::ComponentId>(id)).name] = broker.script(script.script).name();
}

/// The same over all rounds.
std::size_t Systems::State::report_of(const SystemDeclaration& declared, std::size_t script) {
    for (std::size_t i = 0; i < reports.size(); ++i)
        if (reports[i].name == declared.name && reports[i].script == script) return i;
    SystemReport fresh;
    fresh.name = declared.name;
    fresh.script = script;
    fresh.order = declared.order;
    reports.push_back(std::move(fresh));
    return reports.size() - 1;
}

/// Names become numbers.
void Systems::State::resolve(SystemScript& script, std::size_t member) {
    if (lost(script) || !script.declared) return;
    const DataTier tier = broker.data_tier(script.script);
    std::uint32_t number = 0;
    for (const SystemDeclaration& declared : script.declared->systems) {
        LiveSystem system;
        system.declared = declared;
        system.member = member;
        system.number = number++;
        system.mode = declared.mode.value_or(tier == DataTier::shared ? options.trusted_mode : options.untrusted_mode);
        system.access.assign(world.component_count(), DRAGOMAN_ACCESS_NONE);
        system.report = report_of(declared, script.script);
        const auto other = std::ranges::find(systems, declared.name, [](const auto& one) { return one.declared.name; });
        if (other != systems.end())
            return refuse(script, "two systems are called " + declared.name + ": the other one is in " +
                                      broker.script(members[other->member].script).name());
        ecs::QueryTerms terms;
        try {
            const auto add = [&](const std::vector<std::string>& names, std::vector<ecs::ComponentId>& to) {
                for (const auto& one : names) to.push_back(world.component(one));
            };
            std::vector<ecs::ComponentId> reads;
            std::vector<ecs::ComponentId> optional;
            add(declared.read, reads);
            add(declared.write, system.writes);
            add(declared.with, terms.with);
            add(declared.without, terms.without);
            add(declared.optional, optional);
            add(declared.changed, system.changed);
            for (const auto id : system.changed) world.watch_versions(id);
            if (declared.exclusive) {
                system.writes.clear();
                for (ecs::ComponentId id = 0; id < world.component_count(); ++id) system.writes.push_back(id);
                optional = system.writes;
            }
            std::ranges::sort(system.writes);
            system.writes.erase(std::unique(system.writes.begin(), system.writes.end()), system.writes.end());
            for (const auto id : reads) system.access[id] = DRAGOMAN_ACCESS_READ;
            const auto how = world.seals_arenas()                ? DRAGOMAN_ACCESS_STAGED
                             : system.mode == WriteMode::replace ? DRAGOMAN_ACCESS_REPLACE
                                                                 : DRAGOMAN_ACCESS_WRITE;
            for (const auto id : system.writes) system.access[id] = how;
            std::erase_if(system.writes, [&](ecs::ComponentId id) { return world.schema(id).size == 0; });
            for (ecs::ComponentId id = 0; id < world.component_count(); ++id)
                if (system.access[id] != DRAGOMAN_ACCESS_NONE && std::ranges::count(optional, id) == 0)
                    terms.with.push_back(id);
            system.query = &world.query(std::move(terms));
        } catch (const ecs::Error& error) {
            return refuse(script, "system " + declared.name + ": " + error.what());
        }
        script.systems.push_back(systems.size());
        systems.push_back(std::move(system));
    }
}

/// Where the order cannot be, the script that asks for it fails, and the others are ordered without it.
bool Systems::State::order_systems() {
    for (;;) {
        std::erase_if(systems, [this](const LiveSystem& system) { return lost(members[system.member]); });
        for (auto& script : members) script.systems.clear();
        std::vector<PlannedSystem> planned;
        for (std::size_t i = 0; i < systems.size(); ++i) {
            const LiveSystem& system = systems[i];
            members[system.member].systems.push_back(i);
            PlannedSystem one{system.declared.name,
                              system.member,
                              system.declared.order,
                              system.declared.before,
                              system.declared.after,
                              {},
                              {},
                              system.declared.exclusive};
            for (ecs::ComponentId id = 0; id < system.access.size(); ++id) {
                if (system.access[id] == DRAGOMAN_ACCESS_READ) one.reads.set(id);
                if (system.access[id] > DRAGOMAN_ACCESS_READ) one.writes.set(id);
            }
            planned.push_back(std::move(one));
        }
        auto made = make_plan(planned);
        if (auto* good = std::get_if<Plan>(&made)) {
            plan = std::move(*good);
            return !systems.empty();
        }
        const auto& fault = std::get<PlanFault>(made);
        refuse(members[systems[fault.system].member], fault.what);
    }
}

void Systems::State::attach(SystemScript& script) {
    if (lost(script) || script.systems.empty()) return;
    Plane& plane = *broker.plane(script.script);
    Plane::Attachment attachment;
    attachment.world = &world;
    attachment.access.assign(world.component_count(), DRAGOMAN_ACCESS_NONE);
    attachment.command_bytes = options.command_bytes;
    attachment.spin_us = std::thread::hardware_concurrency() > 1 ? spin_us : 0;
    std::vector<std::string> names;
    for (const std::size_t number : script.systems) {
        LiveSystem& system = systems[number];
        names.push_back(system.declared.name);
        attachment.systems.push_back({system.declared.name, system.query, system.access, system.changed});
        attachment.most_handles = std::max<std::size_t>(attachment.most_handles, system.declared.creates);
        for (ecs::ComponentId id = 0; id < system.access.size(); ++id)
            attachment.access[id] = std::max(attachment.access[id], system.access[id]);
    }
    try {
        for (ecs::ComponentId id = 0; id < attachment.access.size(); ++id)
            if (attachment.access[id] != DRAGOMAN_ACCESS_NONE) world.make_arena(id);
        world.publish();
        plane.attach(attachment);
        while (script.reserved.size() < attachment.most_handles) script.reserved.push_back(world.reserve());
        plane.give_handles(script.reserved);
    } catch (const std::runtime_error& error) {  // LaunchError, ecs::Error
        return refuse(script, error.what());
    }
    const std::string message = attach_message(world, attachment.access, names);
    broker.exchange(script.script, Header::update, message, broker.ticks(), round, broker.deadlines().start);
    if (!lost(script) && !broker.answer(script.script)) broker.give_up(script.script);
    script.attached = !lost(script);
}

bool Systems::attach(int round) {
    State& state = *state_;
    state.round = round;
    state.systems.clear();
    state.declared_in.clear();
    state.started = false;
    for (auto& script : state.members) {
        script.systems.clear();
        script.attached = false;
        for (const ecs::Entity handle : std::exchange(script.reserved, {}))
            if (state.world.reserved(handle)) state.world.release(handle);  // else the world was cleared
    }
    for (auto& script : state.members) state.read(script);
    for (auto& script : state.members) state.declare(script);
    for (std::size_t i = 0; i < state.members.size(); ++i) state.resolve(state.members[i], i);
    bool some = state.order_systems();
    state.world.publish();
    for (auto& script : state.members) state.attach(script);
    const bool all = std::ranges::all_of(state.members, &SystemScript::attached);
    some = some && std::ranges::any_of(state.members, &SystemScript::attached);
    return !state.broker.stopping() && some && (all || state.options.after_failure == AfterFailure::go_on);
}

}  // namespace dragoman
