#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ecs/world.hpp"

namespace dragoman::ecs {

/// Entities of one kind that are used again and again: handles, rows and texts stay, and there is always one at hand.
///
/// All of them have a tag of the pool's own. Those that are ready also have the tag `Parked`: no query sees them, of
/// whatever language, unless it asks for `Parked` by name (Query). So nothing of a pool is outside the world: it is
/// hashed, rolled back and saved with it, and a pool with the same tag in a loaded world goes on with what is there.
///
/// The handle of an entity that was given back stays alive, and is the next user's too. Where old handles are to go
/// stale, create and destroy. A pool does not live over World::clear() or the rollback of the transaction that it was
/// made in.
class EntityPool {
public:
    struct Options {
        std::size_t ready = 0;        // to begin with
        std::size_t most = SIZE_MAX;  // ready and in use together
    };
    struct Statistics {
        std::size_t ready;
        std::size_t in_use;
        // Since this pool was made, rolled back or not:
        std::uint64_t created;
        std::uint64_t acquired;
        std::uint64_t released;
    };

    /// Declares the tags where they are not there yet.
    EntityPool(World& world, std::string_view tag, std::span<const ComponentValues> components, Options options);
    /// EntityPool bullets = EntityPool::of(world, "Bullets", {.ready = 100}, Position{}, Velocity{1, 0, 0});
    template <class... Ts>
    static EntityPool of(World& world, std::string_view tag, Options options, const Ts&... components);

    /// One with exactly the pool's components and their first values. Made now where none is ready; Error denied where
    /// there are `most`.
    Entity acquire();
    /// Parks it: it loses what others added to it. Error no_entity, or conflict where it is not of this pool, or not in
    /// use.
    void release(Entity entity);
    /// Makes new ones until so many are ready.
    void fill(std::size_t ready);
    /// Destroys ready ones until so many are left.
    void shrink(std::size_t ready);

    Statistics statistics() const;
    ComponentId tag() const { return tag_; }

private:
    struct Prototype {
        ComponentId component;
        std::vector<std::byte> plain;
        std::vector<FieldValue> sides;
    };

    EntityPool(World& world, std::string_view tag) : world_(&world) { declare_tags(tag); }
    void declare_tags(std::string_view tag);
    void add(ComponentId component, std::vector<std::byte> plain, std::span<const FieldValue> values);
    void start(Options options);
    Entity create(bool parked);
    Entity any_ready() const;
    bool normal(const Table& table) const;
    void make_normal(Entity entity);
    void reset_values(Entity entity);

    World* world_;
    ComponentId tag_ = 0;
    ComponentId parked_ = 0;
    std::vector<Prototype> prototypes_;
    std::vector<ComponentId> set_;  // of one in use
    std::size_t most_ = SIZE_MAX;
    Query* ready_ = nullptr;
    Query* in_use_ = nullptr;
    std::uint64_t created_ = 0, acquired_ = 0, released_ = 0;
};

template <class... Ts>
EntityPool EntityPool::of(World& world, std::string_view tag, Options options, const Ts&... components) {
    EntityPool pool(world, tag);
    const auto bytes = [](const auto& component) -> std::vector<std::byte> {
        if constexpr (std::is_empty_v<std::remove_cvref_t<decltype(component)>>) return {};
        const auto* first = reinterpret_cast<const std::byte*>(&component);
        return {first, first + sizeof(component)};
    };
    (pool.add(world.bound<Ts>(), bytes(components), {}), ...);
    pool.start(options);
    return pool;
}

}  // namespace dragoman::ecs
