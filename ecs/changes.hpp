#pragma once

#include <span>
#include <string_view>
#include <variant>
#include <vector>

#include "ecs/world.hpp"

namespace dragoman::ecs {

struct Create {
    std::vector<ComponentValues> components;
};
struct Destroy {
    Entity entity;
};
struct Add {
    Entity entity;
    ComponentValues component;
};
struct Remove {
    Entity entity;
    ComponentId component;
};
struct Set {
    Entity entity;
    ComponentValues component;
};
using Change = std::variant<Create, Destroy, Add, Remove, Set>;

std::string_view name(const Change& change);

/// Applies them in order, all or none, and gives the created entities. The Error of the change that may not be says
/// which one it is.
std::vector<Entity> apply_changes(World& world, std::span<const Change> changes);

}  // namespace dragoman::ecs
