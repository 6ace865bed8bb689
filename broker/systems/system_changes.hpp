#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>

#include "ecs/world.hpp"

namespace dragoman {

// What a system did with a world, and what another version of it would have done with the same: the first thing that
// is different, in words; nothing where nothing is. Bytes are compared, field by field, so NaN is the same as itself.

/// The rows of one column of these entities.
std::optional<std::string> column_difference(const ecs::Component& component, std::span<const ecs::Entity> entities,
                                             std::span<const std::byte> played, std::span<const std::byte> shadow);

/// The structural changes: for each entity what becomes of it in the end, by whatever commands, and in which order
/// entities are changed first, since rows come to lie in it. Both had these handles to create entities with. Error
/// where what was played makes no sense; of the shadow that is a difference.
std::optional<std::string> command_difference(const ecs::World& world, std::span<const ecs::Entity> handles,
                                              std::span<const std::byte> played, std::span<const std::byte> shadow);

}  // namespace dragoman
