#pragma once

#include <string>

#include "broker/systems/declaration.hpp"
#include "ecs/world.hpp"

namespace dragoman {

/// Why systems that are declared so cannot be compared with those that play; empty where they can.
std::string why_not_comparable(const ecs::World& world, const Declarations& played, const Declarations& shadow);

}  // namespace dragoman
