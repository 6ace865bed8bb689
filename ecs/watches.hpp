#pragma once

#include <cstdint>
#include <unordered_map>

#include "ecs/entity.hpp"

namespace dragoman::ecs {

/// Tells an entity from a later one with the same handle: a rollback that undoes a creation gives its handle to
/// whatever is created next, with the same generation.
class Watches {
public:
    /// A token for this entity, which is the same as long as it is the same entity. Each add() wants its remove().
    std::uint64_t add(Entity entity) {
        auto& watch = watched_[to_number(entity)];
        if (watch.count++ == 0) watch.token = ++tokens_;
        return watch.token;
    }
    bool same(Entity entity, std::uint64_t token) const {
        const auto found = watched_.find(to_number(entity));
        return found != watched_.end() && found->second.token == token;
    }
    void remove(Entity entity, std::uint64_t token) {
        const auto found = watched_.find(to_number(entity));
        if (found == watched_.end() || found->second.token != token) return;
        if (--found->second.count == 0) watched_.erase(found);
    }

    /// The entity was never created.
    void forget(Entity entity) {
        if (!watched_.empty()) watched_.erase(to_number(entity));
    }
    void clear() { watched_.clear(); }

private:
    struct Watch {
        std::uint64_t token = 0;
        std::size_t count = 0;
    };
    std::unordered_map<std::uint64_t, Watch> watched_;
    std::uint64_t tokens_ = 0;
};

}  // namespace dragoman::ecs
