#pragma once

#include <doctest/doctest.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "ecs/changes.hpp"
#include "ecs/world.hpp"

namespace dragoman::ecs {

/// What a call was refused with, as "code: message", or "nothing".
inline std::string refusal(const std::function<void()>& call) {
    try {
        call();
    } catch (const Error& error) {
        return std::string(name(error.code())) + ": " + error.what();
    }
    return "nothing";
}

inline bool says(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

/// A world spoken to by names.
struct NamedWorld {
    using Values = std::vector<std::pair<std::string, Value>>;

    explicit NamedWorld(Limits limits = {}) : world(limits) {}

    ComponentId declare(const std::string& name, std::vector<std::string> fields = {}) {
        return world.declare(name, fields);
    }
    std::vector<FieldValue> values(const std::string& component, const Values& named) const {
        std::vector<FieldValue> result;
        const auto& schema = world.schema(world.component(component));
        for (const auto& [field, value] : named) result.push_back({schema.field(field), value});
        return result;
    }
    Entity create(const std::vector<std::pair<std::string, Values>>& components) {
        std::vector<ComponentValues> list;
        for (const auto& [name, named] : components) list.push_back({world.component(name), values(name, named)});
        return world.create(list);
    }
    void add(Entity entity, const std::string& name, const Values& named = {}) {
        world.add(entity, world.component(name), values(name, named));
    }
    void remove(Entity entity, const std::string& name) { world.remove(entity, world.component(name)); }
    void set(Entity entity, const std::string& name, const Values& named) {
        world.set(entity, world.component(name), values(name, named));
    }
    bool has(Entity entity, const std::string& name) const { return world.has(entity, world.component(name)); }
    Value get(Entity entity, const std::string& name, const std::string& field) const {
        const auto id = world.component(name);
        return world.get(entity, id, world.schema(id).field(field));
    }
    /// The value in words.
    std::string shown(Entity entity, const std::string& name, const std::string& field) const {
        return describe(get(entity, name, field));
    }
    std::vector<Entity> query(const std::vector<std::string>& with, const std::vector<std::string>& without = {}) {
        QueryTerms terms;
        for (const auto& name : with) terms.with.push_back(world.component(name));
        for (const auto& name : without) terms.without.push_back(world.component(name));
        std::vector<Entity> found;
        for (const auto* table : std::as_const(world.query(terms)).tables())
            found.insert(found.end(), table->entities().begin(), table->entities().end());
        return found;
    }

    World world;
};

inline doctest::String toString(const Entity& entity) {
    return ("entity " + std::to_string(entity.index) + "/" + std::to_string(entity.generation)).c_str();
}

}  // namespace dragoman::ecs
