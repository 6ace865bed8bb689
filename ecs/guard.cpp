#include "ecs/guard.hpp"

#include <utility>

namespace dragoman::ecs {

EntityGuard::EntityGuard(World& world, Entity entity) {
    if (!world.alive(entity)) return;
    world_ = &world;
    entity_ = entity;
    token_ = world.watches_.add(entity);
}

EntityGuard::EntityGuard(EntityGuard&& other) noexcept
    : world_(std::exchange(other.world_, nullptr)), entity_(other.entity_), token_(other.token_) {}

EntityGuard& EntityGuard::operator=(EntityGuard&& other) noexcept {
    if (this == &other) return *this;
    end();
    world_ = std::exchange(other.world_, nullptr);
    entity_ = other.entity_;
    token_ = other.token_;
    return *this;
}

Entity EntityGuard::entity() const {
    if (!world_ || !world_->watches_.same(entity_, token_) || !world_->alive(entity_)) return {};
    return entity_;
}

Entity EntityGuard::keep() {
    const auto kept = entity();
    if (world_) world_->watches_.remove(entity_, token_);
    world_ = nullptr;
    return kept;
}

void EntityGuard::destroy() {
    if (const auto guarded = entity()) world_->destroy(guarded);
    keep();
}

void EntityGuard::end() noexcept {
    try {
        destroy();
    } catch (const Error&) {
        keep();
    }
}

}  // namespace dragoman::ecs
