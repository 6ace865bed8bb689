#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "ecs/world.hpp"

namespace dragoman::ecs {

struct CommandCounts {
    std::uint64_t created = 0;
    std::uint64_t destroyed = 0;
    std::uint64_t added = 0;
    std::uint64_t removed = 0;
    std::uint64_t set = 0;
    /// About entities that others destroyed, or components that others removed, since `began`: not an error of this
    /// script, which could not know.
    std::uint64_t overtaken = 0;
    std::uint64_t handles_used = 0;
};

/// Applies what a script left behind its dragoman_control (dragoman_command of ecs/layout/plane.h): all or nothing. No
/// byte is taken for granted, but they must not change meanwhile: the caller hands a copy of its own. Creations take
/// `reserved` from the first one on, which World::reserve() gave; the caller releases those that were not used.
///
/// The Error of the command that may not be says which one it is and why, for the script's author. A bool becomes 0 or
/// 1, a handle of generation 0 becomes no entity, and what lies between the fields becomes 0. Text and json fields have
/// their defaults in what is created or added, and stay as they are in what is set.
///
/// `began` is the change counter when the script was shown the world; it has been advanced since, by whoever changed
/// it.
CommandCounts apply_commands(World& world, std::span<const std::byte> commands, std::span<const Entity> reserved,
                             std::uint64_t began);
inline CommandCounts apply_commands(World& world, std::span<const std::byte> commands,
                                    std::span<const Entity> reserved) {
    return apply_commands(world, commands, reserved, world.change_counter());
}

}  // namespace dragoman::ecs
