#pragma once

#include <compare>
#include <cstdint>
#include <optional>

namespace dragoman::ecs {

inline constexpr std::uint32_t last_generation = (1u << 20) - 1;

/// A handle to one entity. Stored in columns as two 32-bit halves; generations start at 1, so that a zeroed handle is
/// no entity. A destroyed entity's index is given out again with the next generation, and retired after the last.
struct Entity {
    std::uint32_t index = 0;
    std::uint32_t generation = 0;

    explicit operator bool() const { return generation != 0; }
    friend auto operator<=>(const Entity&, const Entity&) = default;
};
static_assert(sizeof(Entity) == 8);

/// The handle as it travels: below 2^52, and so exact in a double.
constexpr std::uint64_t to_number(Entity entity) { return (std::uint64_t{entity.generation} << 32) | entity.index; }

/// Nothing where the number has not the form of a handle. Says nothing about whether the entity lives.
constexpr std::optional<Entity> from_number(std::uint64_t number) {
    const auto generation = number >> 32;
    if (generation == 0 || generation > last_generation) return std::nullopt;
    return Entity{static_cast<std::uint32_t>(number), static_cast<std::uint32_t>(generation)};
}

}  // namespace dragoman::ecs
