#include <algorithm>
#include <cassert>

#include "broker/systems/systems_state.hpp"
#include "ecs/declaration.hpp"

// Another version of a script gets its seat, between two ticks. Handles and what systems count belong to the seat, so
// that the same version once more makes no difference to the world.

namespace dragoman {
namespace {

std::string fields_of(const std::vector<std::string>& fields) {
    std::string text;
    for (const auto& field : fields) text += (text.empty() ? "" : ", ") + field;
    return "(" + text + ")";
}

const LiveSystem* find(std::span<const LiveSystem> all, const LiveSystem& system) {
    const auto same = [&](const LiveSystem& one) {
        return one.member == system.member && one.declared.name == system.declared.name;
    };
    const auto found = std::ranges::find_if(all, same);
    return found == all.end() ? nullptr : &*found;
}

}  // namespace

SystemScript& Systems::State::script_of(std::size_t number) {
    const auto found = std::ranges::find(members, number, &SystemScript::script);
    assert(found != members.end());
    return *found;
}

std::size_t Systems::State::place_of(const SystemScript& script) const {
    return static_cast<std::size_t>(&script - members.data());
}

/// A component of this world that would have to be another.
Systems::State::Wrong Systems::State::conflict(const Declarations& declared) const {
    for (const auto& component : declared.components) {
        const auto known = world.find_component(component.name);
        if (!known) continue;
        try {
            const ecs::Component here = ecs::make_component(component.name, component.fields);
            const ecs::Component& there = world.schema(*known);
            if (here.hash == there.hash) continue;
            return "component " + component.name + " is " + fields_of(ecs::declarations(here)) + " here and " +
                   fields_of(ecs::declarations(there)) +
                   " in this run: the entities that have it cannot change; begin the run anew";
        } catch (const ecs::Error&) {
            continue;  // declare() says what is wrong with it
        }
    }
    return std::nullopt;
}

/// All systems as they would be with this script's, which is resolved anew; and all others where they are to be told of
/// new components.
Systems::State::Wrong Systems::State::line_up(const SystemScript& script, bool new_components, LineUp& next) {
    for (const SystemScript& member : members) {
        if (lost(member) || !member.declared) continue;
        if (&member != &script && !new_components) {
            for (const std::size_t number : member.systems) {
                const std::string& called = systems[number].declared.name;
                if (std::ranges::any_of(next.systems, [&](const auto& one) { return one.declared.name == called; }))
                    return "two systems are called " + called + ": the other one is in " +
                           broker.script(member.script).name();
                next.systems.push_back(systems[number]);
            }
            continue;
        }
        const std::size_t first = next.systems.size();
        if (auto wrong = resolve(member, next.systems)) return wrong;
        for (std::size_t i = first; i < next.systems.size(); ++i)
            if (const LiveSystem* const other = find(systems, next.systems[i])) next.systems[i].go_on_from(*other);
    }
    auto made = plan_of(next.systems);
    if (auto* good = std::get_if<Plan>(&made)) {
        next.plan = std::move(*good);
        return std::nullopt;
    }
    const auto& fault = std::get<PlanFault>(made);
    const SystemScript& whose = members[next.systems[fault.system].member];
    return &whose == &script ? fault.what : fault.what + " (this is in " + broker.script(whose.script).name() + ")";
}

void Systems::State::adopt(LineUp next) {
    systems = std::move(next.systems);
    plan = std::move(next.plan);
    report_on(systems);
    number_systems();
}

/// Everything that can go wrong, and all of it undone where it does.
Systems::State::Wrong Systems::State::bring_in(SystemScript& script) {
    const LiveScript& version = broker.script(script.script);
    if (lost(script)) return version.failure() ? version.failure()->message : "it has ended";
    if (const auto failure = read(script)) return failure->message;
    if (!in_world) return std::nullopt;  // attach() does the rest
    if (auto wrong = conflict(*script.declared)) return wrong;

    const auto declared_before = declared_in;
    const std::size_t components = world.component_count();
    const std::size_t handles = script.reserved.size();
    ecs::Transaction all_or_none(world);
    const auto try_it = [&]() -> Wrong {
        if (auto wrong = declare(script)) return wrong;
        LineUp next;
        if (auto wrong = line_up(script, world.component_count() != components, next)) return wrong;
        if (auto wrong = show_columns(script, next.systems, options.hand_over)) return wrong;
        if (lost(script)) {
            await_end(script);
            return version.failure()->message;
        }
        all_or_none.commit();
        adopt(std::move(next));
        return std::nullopt;
    };
    auto wrong = try_it();
    if (wrong) {
        declared_in = declared_before;
        script.reserved.resize(handles);
    }
    return wrong;
}

/// The world has got new components: whoever knows less of them than there are is attached anew.
void Systems::State::tell_the_others(const SystemScript& script) {
    for (SystemScript& other : members)
        if (&other != &script && other.attached && other.told != world.component_count()) attach(other);
}

/// Who took a name while the version that has it was away has to give it up.
void Systems::State::make_way_for(const SystemScript& script) {
    for (const SystemDeclaration& declared : script.declared->systems)
        for (const LiveSystem& system : systems) {
            const SystemScript& other = members[system.member];
            if (system.declared.name != declared.name || &other == &script || lost(other)) continue;
            refuse(other, "two systems are called " + declared.name + ": the other one is in " +
                              broker.script(script.script).name() + ", whose earlier version is back");
        }
}

/// How many its systems may use.
std::size_t Systems::State::handles_of(const SystemScript& script) const {
    std::size_t most = 0;
    for (const std::size_t number : script.systems)
        most = std::max<std::size_t>(most, systems[number].declared.creates);
    return most;
}

void Systems::State::trim(SystemScript& script) {
    const std::size_t needed = handles_of(script);
    for (; script.reserved.size() > needed; script.reserved.pop_back())
        if (world.reserved(script.reserved.back())) world.release(script.reserved.back());
}

std::optional<std::string> Systems::take_over(std::size_t number) {
    State& state = *state_;
    SystemScript& script = state.script_of(number);
    VersionBefore before{script.declared, {}, script.told, script.attached_in, script.attached};
    for (const std::size_t system : script.systems) before.systems.push_back(state.systems[system]);
    script.declared.reset();
    if (auto wrong = state.bring_in(script)) {
        script.declared = std::move(before.declared);
        script.told = before.told;
        script.attached_in = before.attached_in;
        script.attached = before.attached;
        state.world.publish();
        return wrong;
    }
    script.superseded = script.before.has_value();
    script.missed = false;
    if (before.attached || !state.in_world) script.before = std::move(before);
    state.tell_the_others(script);
    return std::nullopt;
}

void Systems::give_back(std::size_t number) {
    State& state = *state_;
    SystemScript& script = state.script_of(number);
    VersionBefore before = std::exchange(script.before, std::nullopt).value_or(VersionBefore{});
    script.declared = std::move(before.declared);
    script.told = before.told;
    script.attached_in = before.attached_in;
    script.attached = before.attached;
    script.missed = false;
    if (state.in_world) state.bring_back(script, before.systems);
}

/// As attach() does it, for one script: what cannot be is a failure of whoever is in the way.
void Systems::State::bring_back(SystemScript& script, std::span<const LiveSystem> before) {
    const bool is_known = script.attached && script.attached_in == attachments;
    std::vector<LiveSystem> own;
    if (!lost(script)) {
        if (auto failure = read(script)) broker.script(script.script).fail(std::move(*failure));
    }
    if (!lost(script)) {
        auto wrong = is_known ? std::nullopt : declare(script);
        if (!wrong) wrong = resolve(script, own);
        if (wrong) refuse(script, std::move(*wrong));
    }
    if (!lost(script)) make_way_for(script);
    for (LiveSystem& system : own) {
        const LiveSystem* other = find(systems, system);
        if (other == nullptr && is_known) other = find(before, system);
        if (other != nullptr) system.go_on_from(*other);
    }
    const std::size_t place = place_of(script);
    std::erase_if(systems, [place](const LiveSystem& system) { return system.member == place; });
    const auto behind = std::ranges::find_if(systems, [place](const auto& system) { return system.member > place; });
    systems.insert(behind, own.begin(), own.end());
    report_on(systems);
    order_systems();
    const std::size_t handles = handles_of(script);
    if (!is_known || script.told != world.component_count() || script.reserved.size() < handles)
        attach(script);
    else
        broker.plane(script.script)->give_handles(std::span(script.reserved).first(handles));
    trim(script);
}

void Systems::settle(std::size_t number) {
    SystemScript& script = state_->script_of(number);
    if (std::exchange(script.superseded, false)) return;
    script.before.reset();
    state_->trim(script);
}

}  // namespace dragoman
