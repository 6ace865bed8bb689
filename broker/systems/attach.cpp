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

/// What it declares; once for each version.
std::optional<Failure> Systems::State::read(SystemScript& script) {
    if (script.declared) return std::nullopt;
    Failure failure;
    failure.outcome = Outcome::compile_error;
    const auto& hello = broker.script(script.script).session().hello();
    if (!hello) {
        failure.message = "it said no __hello__";
        return failure;
    }
    auto read = read_declarations(*hello);
    if (auto* wrong = std::get_if<std::string>(&read)) {
        failure.message = std::move(*wrong);
        return failure;
    }
    const DataTier given = broker.data_tier(script.script);
    if (!is_enough(given, options.at_least)) {
        failure.outcome = Outcome::not_ready;
        failure.message =
            "its columns cannot be kept from it as they should be: " + std::string(name(options.at_least)) +
            " was asked for, this machine gives " + std::string(name(given)) + " (see dragoman doctor)";
        return failure;
    }
    script.declared = std::get<Declarations>(std::move(read));
    return std::nullopt;
}

/// All of its components, or none.
Systems::State::Wrong Systems::State::declare(const SystemScript& script) {
    ecs::Transaction all_or_none(world);
    const std::size_t before = world.component_count();
    for (const auto& component : script.declared->components) {
        try {
            world.declare(component.name, component.fields);
        } catch (const ecs::Error& error) {
            std::string message = error.what();
            if (const auto other = declared_in.find(component.name); other != declared_in.end())
                message += " (the other one is in " + other->second + ")";
            return message;
        }
    }
    all_or_none.commit();
    for (auto id = before; id < world.component_count(); ++id)
        declared_in[world.schema(static_cast<ecs::ComponentId>(id)).name] = broker.script(script.script).name();
    return std::nullopt;
}

/// Where the order cannot be, the script that asks for it fails, and the others are ordered without it.
bool Systems::State::order_systems() {
    for (;;) {
        std::erase_if(systems, [this](const LiveSystem& system) { return lost(members[system.member]); });
        number_systems();
        auto made = plan_of(systems);
        if (auto* good = std::get_if<Plan>(&made)) {
            plan = std::move(*good);
            return !systems.empty();
        }
        const auto& fault = std::get<PlanFault>(made);
        refuse(members[systems[fault.system].member], fault.what);
    }
}

/// What a script is shown, for its systems among `all`. Throws ecs::Error.
Plane::Attachment Systems::State::attachment_of(std::span<const LiveSystem> all, std::size_t member) {
    Plane::Attachment attachment;
    attachment.world = &world;
    attachment.access.assign(world.component_count(), DRAGOMAN_ACCESS_NONE);
    attachment.command_bytes = options.command_bytes;
    attachment.spin_us = std::thread::hardware_concurrency() > 1 ? spin_us : 0;
    for (const LiveSystem& system : all) {
        if (system.member != member) continue;
        attachment.systems.push_back({system.declared.name, system.query, system.access, system.changed});
        attachment.most_handles = std::max<std::size_t>(attachment.most_handles, system.declared.creates);
        for (ecs::ComponentId id = 0; id < system.access.size(); ++id)
            attachment.access[id] = std::max(attachment.access[id], system.access[id]);
    }
    for (ecs::ComponentId id = 0; id < attachment.access.size(); ++id)
        if (attachment.access[id] != DRAGOMAN_ACCESS_NONE) world.make_arena(id);
    world.publish();
    return attachment;
}

/// Sends a script its columns, as its systems among `all` are to use them.
Systems::State::Wrong Systems::State::show_columns(SystemScript& script, std::span<const LiveSystem> all,
                                                   Clock::duration allowed) {
    Plane& plane = *broker.plane(script.script);
    Plane::Attachment attachment;
    try {
        attachment = attachment_of(all, place_of(script));
        plane.attach(attachment);
        while (script.reserved.size() < attachment.most_handles) script.reserved.push_back(world.reserve());
        plane.give_handles(std::span(script.reserved).first(attachment.most_handles));
    } catch (const std::runtime_error& error) {  // LaunchError, ecs::Error
        return error.what();
    }
    const std::string message = attach_message(attachment);
    broker.exchange(script.script, Header::update, message, broker.ticks(), round, allowed);
    if (!lost(script) && !broker.answer(script.script)) broker.give_up(script.script);
    script.attached = script.attached || !lost(script);  // lost_for_good() sees who was lost here
    script.told = world.component_count();
    script.attached_in = attachments;
    return std::nullopt;
}

void Systems::State::attach(SystemScript& script) {
    if (lost(script) || script.systems.empty()) return;
    if (auto wrong = show_columns(script, systems, broker.deadlines().start)) refuse(script, std::move(*wrong));
}

void Systems::State::detach() {
    in_world = false;
    systems.clear();
    plan = {};
    watched.clear();
    declared_in.clear();
    for (auto& script : members) {
        script.systems.clear();
        script.attached = false;
        for (const ecs::Entity handle : std::exchange(script.reserved, {}))
            if (world.reserved(handle)) world.release(handle);  // else the world was cleared
    }
}

void Systems::detach() { state_->detach(); }

bool Systems::attach(int round) {
    State& state = *state_;
    state.detach();
    state.in_world = true;
    state.round = round;
    state.started = false;
    ++state.attachments;
    for (auto& script : state.members)
        if (!state.lost(script))
            if (auto failure = state.read(script)) state.broker.script(script.script).fail(std::move(*failure));
    for (auto& script : state.members)
        if (!state.lost(script))
            if (auto wrong = state.declare(script)) state.refuse(script, std::move(*wrong));
    for (auto& script : state.members)
        if (!state.lost(script))
            if (auto wrong = state.resolve(script, state.systems)) state.refuse(script, std::move(*wrong));
    state.report_on(state.systems);
    bool some = state.order_systems();
    state.world.publish();
    for (auto& script : state.members) state.attach(script);
    const auto can_go_on = [](const SystemScript& script) { return script.attached || script.before; };
    const bool all = std::ranges::all_of(state.members, can_go_on);
    some = some && std::ranges::any_of(state.members, &SystemScript::attached);
    return !state.broker.stopping() && some && (all || state.options.after_failure == AfterFailure::go_on);
}

}  // namespace dragoman
