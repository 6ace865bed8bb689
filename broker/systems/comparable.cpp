#include "broker/systems/comparable.hpp"

#include <algorithm>

#include "ecs/declaration.hpp"
#include "ecs/error.hpp"

namespace dragoman {
namespace {

/// A shadow changes nothing in the world, and so cannot bring components.
std::string of_components(const ecs::World& world, const Declarations& shadow) {
    for (const auto& component : shadow.components) {
        const auto known = world.find_component(component.name);
        if (!known) return "component " + component.name + " would be new in the world";
        try {
            if (ecs::make_component(component.name, component.fields).hash != world.schema(*known).hash)
                return "component " + component.name + " has other fields in this run";
        } catch (const ecs::Error& error) {
            return error.what();
        }
    }
    return "";
}

std::string of_system(const SystemDeclaration& played, const SystemDeclaration& shadow) {
    const auto is_same = [](std::vector<std::string> one, std::vector<std::string> other) {
        std::ranges::sort(one);
        std::ranges::sort(other);
        return one == other;
    };
    const auto declared = [&](const std::string& what) { return "system " + shadow.name + " has another " + what; };
    if (played.order != shadow.order) return declared("order");
    if (played.every != shadow.every || played.rate != shadow.rate) return declared("beat (every, rate)");
    if (!is_same(played.before, shadow.before) || !is_same(played.after, shadow.after))
        return declared("place (before, after)");
    if (!is_same(played.changed, shadow.changed)) return declared("list of what has changed (changed)");
    if (shadow.creates > played.creates)
        return "system " + shadow.name + " creates up to " + std::to_string(shadow.creates) + " entities, not " +
               std::to_string(played.creates) + ", and the world has put no handles aside for that";
    return "";
}

}  // namespace

std::string why_not_comparable(const ecs::World& world, const Declarations& played, const Declarations& shadow) {
    if (auto why = of_components(world, shadow); !why.empty()) return why;
    bool repeats = false;
    for (const SystemDeclaration& system : shadow.systems) {
        const auto other = std::ranges::find(played.systems, system.name, &SystemDeclaration::name);
        if (other == played.systems.end()) return "system " + system.name + " is new";
        if (auto why = of_system(*other, system); !why.empty()) return why;
        repeats = repeats || system.order != Order::startup;
    }
    for (const SystemDeclaration& system : played.systems)
        if (std::ranges::count(shadow.systems, system.name, &SystemDeclaration::name) == 0)
            return "it has no system " + system.name;
    return repeats ? "" : "its systems run in a round's first tick only";
}

}  // namespace dragoman
