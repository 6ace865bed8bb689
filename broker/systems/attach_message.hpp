#pragma once

#include <span>
#include <string>
#include <vector>

#include "ecs/layout/plane.h"
#include "ecs/world.hpp"

namespace dragoman {

/// The body of the __update__ that tells a script of its columns (docs/protocol.md, section 8).
std::string attach_message(const ecs::World& world, std::span<const dragoman_access> access,
                           const std::vector<std::string>& systems);

}  // namespace dragoman
