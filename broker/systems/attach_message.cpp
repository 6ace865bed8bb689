#include "broker/systems/attach_message.hpp"

#include <cmath>
#include <cstdio>

#include "protocol/encode.hpp"

namespace dragoman {
namespace {

const char* word(dragoman_access access) {
    switch (access) {
        case DRAGOMAN_ACCESS_READ:
            return "read";
        case DRAGOMAN_ACCESS_WRITE:
            return "write";
        case DRAGOMAN_ACCESS_REPLACE:
            return "replace";
        case DRAGOMAN_ACCESS_STAGED:
            return "staged";
        case DRAGOMAN_ACCESS_NONE:
            break;
    }
    return "none";
}

struct ToJson {
    Json operator()(const ecs::Null&) const { return nullptr; }
    Json operator()(const ecs::Json& value) const { return Json::parse(value.text); }
    Json operator()(ecs::Entity value) const { return value ? Json(ecs::to_number(value)) : Json(nullptr); }
    Json operator()(const ecs::Numbers& values) const {
        Json list = Json::array();
        for (const auto& value : values) std::visit([&](auto number) { list.push_back(finite(number)); }, value);
        return list;
    }
    template <class T>
    Json operator()(const T& value) const {
        return finite(value);
    }
    /// JSON has neither NaN nor infinities.
    template <class T>
    static Json finite(const T& value) {
        if constexpr (std::is_same_v<T, double>)
            if (!std::isfinite(value)) return nullptr;
        return value;
    }
};

Json field_json(const ecs::Component& component, const ecs::Field& field) {
    Json json{{"name", field.name}, {"type", std::string(ecs::info(field.type).name)}, {"count", field.count}};
    if (field.side()) {
        json["offset"] = -1;
        return json;
    }
    json["offset"] = field.offset;
    json["default"] = std::visit(ToJson{}, ecs::decode(field, component.defaults.data()));
    return json;
}

}  // namespace

std::string attach_message(const Plane::Attachment& attachment) {
    const ecs::World& world = *attachment.world;
    Json systems = Json::array();
    for (const PlaneSystem& system : attachment.systems) systems.push_back(system.name);
    Json components = Json::array();
    for (ecs::ComponentId id = 0; id < world.component_count(); ++id) {
        const ecs::Component& component = world.schema(id);
        char hash[17];
        std::snprintf(hash, sizeof hash, "%016llx", static_cast<unsigned long long>(component.hash));
        Json fields = Json::array();
        for (const ecs::Field& field : component.fields) fields.push_back(field_json(component, field));
        components.push_back({{"name", component.name},
                              {"id", id},
                              {"size", component.size},
                              {"alignment", component.alignment},
                              {"hash", hash},
                              {"access", word(attachment.access[id])},
                              {"fields", std::move(fields)}});
    }
    return dumps({{"frame", 0}, {"attach", {{"components", std::move(components)}, {"systems", std::move(systems)}}}});
}

}  // namespace dragoman
