#include <algorithm>
#include <cassert>

#include "ecs/world.hpp"

namespace dragoman::ecs {

namespace {

[[noreturn]] void differs(const Component& component, const std::string& how) {
    throw Error(ErrorCode::conflict, "the C++ struct for component " + describe(component) + " does not match: " + how);
}

void compare(const Component& component, std::span<const BoundField> fields, std::size_t size) {
    std::vector<const Field*> plain;
    for (const auto& field : component.fields)
        if (!field.side()) plain.push_back(&field);
    if (plain.size() != fields.size())
        differs(component, "it has " + std::to_string(fields.size()) + " fields, and the component " +
                               std::to_string(plain.size()) + " plain ones");
    for (std::size_t i = 0; i < plain.size(); ++i) {
        const auto& ours = *plain[i];
        const auto& theirs = fields[i];
        if (ours.name != theirs.name || ours.type != theirs.type || ours.count != theirs.count)
            differs(component, "it has \"" + theirs.declaration() + "\" in place " + std::to_string(i + 1));
        if (ours.offset != theirs.offset)
            differs(component, "field " + ours.name + " is at byte " + std::to_string(theirs.offset) + ", not " +
                                   std::to_string(ours.offset));
    }
    if (component.size != size)
        differs(component, "it has " + std::to_string(size) + " bytes, not " + std::to_string(component.size));
}

}  // namespace

ComponentId World::bind_fields(std::string_view name, std::span<const BoundField> fields, std::size_t size,
                               const void* key) {
    auto id = find_component(name);
    if (id) {
        compare(schema(*id), fields, size);
    } else {
        std::vector<std::string> declarations;
        for (const auto& field : fields) declarations.push_back(field.declaration());
        compare(make_component(name, declarations), fields, size);
        id = declare(name, declarations);
    }
    if (!bound_.insert_or_assign(key, *id).second) typed_queries_.clear();
    refill_bound_cache();
    return *id;
}

void World::refill_bound_cache() {
    bound_cache_ = {};
    for (const auto& [key, id] : bound_)
        bound_cache_[reinterpret_cast<std::uintptr_t>(key) % bound_cache_.size()] = {key, id};
}

ComponentId World::find_bound(const void* key) const {
    const auto found = bound_.find(key);
    assert(found != bound_.end() && "bind<T>() comes first");
    return found->second;
}

void World::count_accesses(bool count) {
    accesses_ = count ? std::make_unique<AccessCounts>(limits_.components) : nullptr;
}

}  // namespace dragoman::ecs
