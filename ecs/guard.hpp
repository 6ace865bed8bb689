#pragma once

#include "ecs/world.hpp"

namespace dragoman::ecs {

/// Destroys its entity at the end of its scope, unless keep() was called. Where the entity is gone by then - destroyed,
/// cleared away, its creation rolled back - nothing happens, also when its handle belongs to another entity by now. The
/// end of the scope is a structural change as any other: it can be rolled back, and is not for visitors. Does not
/// outlive the world.
class EntityGuard {
public:
    EntityGuard() = default;
    /// Of an entity that does not live it guards nothing.
    EntityGuard(World& world, Entity entity);
    EntityGuard(EntityGuard&& other) noexcept;
    EntityGuard& operator=(EntityGuard&& other) noexcept;
    ~EntityGuard() { end(); }

    /// The entity, where it still lives, and else none.
    Entity entity() const;
    explicit operator bool() const { return static_cast<bool>(entity()); }
    /// From now on the entity is the caller's.
    Entity keep();
    /// Destroys it now. Error denied where the undo log has no room, which the end of the scope passes over: then the
    /// entity stays.
    void destroy();

private:
    void end() noexcept;

    World* world_ = nullptr;
    Entity entity_;
    std::uint64_t token_ = 0;
};

/// EntityGuard bullet = create_guarded(world, Position{}, Velocity{1, 0, 0});
template <class... Ts>
EntityGuard create_guarded(World& world, const Ts&... components) {
    return {world, world.create_from(components...)};
}

}  // namespace dragoman::ecs
