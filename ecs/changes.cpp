#include "ecs/changes.hpp"

#include <string>

namespace dragoman::ecs {

namespace {

struct Apply {
    World& world;
    std::vector<Entity>& created;

    void operator()(const Create& change) { created.push_back(world.create(change.components)); }
    void operator()(const Destroy& change) { world.destroy(change.entity); }
    void operator()(const Add& change) {
        world.add(change.entity, change.component.component, change.component.values);
    }
    void operator()(const Remove& change) { world.remove(change.entity, change.component); }
    void operator()(const Set& change) {
        world.set(change.entity, change.component.component, change.component.values);
    }
};

}  // namespace

std::string_view name(const Change& change) {
    static constexpr std::string_view names[] = {"create", "destroy", "add", "remove", "set"};
    return names[change.index()];
}

std::vector<Entity> apply_changes(World& world, std::span<const Change> changes) {
    std::vector<Entity> created;
    Transaction transaction(world);
    for (std::size_t i = 0; i < changes.size(); ++i) {
        try {
            std::visit(Apply{world, created}, changes[i]);
        } catch (const Error& error) {
            const auto which = "change " + std::to_string(i + 1) + " (" + std::string(name(changes[i])) + "): ";
            throw Error(error.code(), which + error.what());
        }
    }
    transaction.commit();
    return created;
}

}  // namespace dragoman::ecs
