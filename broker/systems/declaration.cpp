#include "broker/systems/declaration.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "ecs/layout/plane.h"
#include "protocol/encode.hpp"

namespace dragoman {
namespace {

constexpr WriteMode write_modes[] = {WriteMode::replace, WriteMode::in_place};

struct Wrong {
    std::string what;
};

std::string text(const Json& json, const std::string& what) {
    if (!json.is_string()) throw Wrong{what + " must be a text, not " + json.dump()};
    return json.get<std::string>();
}

std::vector<std::string> texts(const Json& json, const std::string& what) {
    if (!json.is_array()) throw Wrong{what + " must be a list of names, not " + json.dump()};
    std::vector<std::string> list;
    for (const Json& one : json) list.push_back(text(one, "each of " + what));
    return list;
}

template <class Value, class Named>
Value one_of(const Json& json, const std::string& what, const Named& values) {
    const std::string given = text(json, what);
    std::string known;
    for (const Value value : values) {
        if (name(value) == given) return value;
        known += (known.empty() ? "" : ", ") + std::string(name(value));
    }
    throw Wrong{what + " must be one of " + known + ", not " + given};
}

std::uint64_t count(const Json& json, const std::string& what, std::uint64_t least, std::uint64_t most) {
    const bool whole = json.is_number_unsigned() || (json.is_number_float() && json.get<double>() >= 0 &&
                                                     std::floor(json.get<double>()) == json.get<double>());
    if (whole && json.get<double>() >= static_cast<double>(least) && json.get<double>() <= static_cast<double>(most))
        return json.get<std::uint64_t>();
    throw Wrong{what + " must be a whole number from " + std::to_string(least) + " to " + std::to_string(most) +
                ", not " + json.dump()};
}

bool truth(const Json& json, const std::string& what) {
    if (!json.is_boolean()) throw Wrong{what + " must be true or false, not " + json.dump()};
    return json.get<bool>();
}

SystemDeclaration read_system(const Json& json) {
    if (!json.is_object() || !json.contains("name")) throw Wrong{"a system needs a \"name\""};
    SystemDeclaration system;
    system.name = text(json["name"], "a system's name");
    if (system.name.empty() || system.name.size() >= DRAGOMAN_NAME_BYTES - 7)
        throw Wrong{"a system's name has 1 to 64 bytes; this one has " + std::to_string(system.name.size())};
    const auto is_allowed = [](unsigned char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               std::string_view("_-.: ").find(static_cast<char>(c)) != std::string_view::npos;
    };
    if (!std::ranges::all_of(system.name, is_allowed))
        throw Wrong{"a system's name has letters, digits, blanks and _ - . : only; this one is " +
                    json["name"].dump(-1, ' ', true)};
    const std::string of = " of system " + system.name;
    const std::pair<const char*, std::vector<std::string>*> lists[] = {
        {"before", &system.before},     {"after", &system.after},     {"read", &system.read},
        {"write", &system.write},       {"with", &system.with},       {"without", &system.without},
        {"optional", &system.optional}, {"changed", &system.changed},
    };
    for (const auto& item : json.items()) {
        const std::string& key = item.key();
        const Json& value = item.value();
        const auto list =
            std::find_if(std::begin(lists), std::end(lists), [&](const auto& one) { return key == one.first; });
        const std::string what = "\"" + key + "\"" + of;
        if (list != std::end(lists))
            *list->second = texts(value, what);
        else if (key == "order")
            system.order = one_of<Order>(value, what, orders);
        else if (key == "mode" && !value.is_null())
            system.mode = one_of<WriteMode>(value, what, write_modes);
        else if (key == "exclusive")
            system.exclusive = truth(value, what);
        else if (key == "creates")
            system.creates = count(value, what, 0, most_creates);
        else if (key == "every")
            system.every = count(value, what, 1, std::uint64_t{1} << 32);
        else if (key == "rate" && !value.is_null()) {
            if (!value.is_number() || !(value.get<double>() > 0))
                throw Wrong{what + " must be a number above 0, not " + value.dump()};
            system.rate = value.get<double>();
        }
    }
    for (const std::string& one : system.optional)
        if (std::ranges::count(system.read, one) + std::ranges::count(system.write, one) == 0)
            throw Wrong{one + " is \"optional\"" + of + ", which neither reads nor writes it"};
    if (system.changed.size() > 16) throw Wrong{"\"changed\"" + of + " names more than 16 components"};
    return system;
}

Json parsed(const std::string& json) { return json.empty() ? Json::array() : Json::parse(json); }

}  // namespace

std::string_view name(Order order) {
    switch (order) {
        case Order::startup:
            return "Startup";
        case Order::pre_update:
            return "PreUpdate";
        case Order::update:
            return "Update";
        case Order::post_update:
            return "PostUpdate";
    }
    return "?";
}

std::string_view name(WriteMode mode) { return mode == WriteMode::replace ? "replace" : "in_place"; }

std::variant<Declarations, std::string> read_declarations(const Hello& hello) {
    try {
        Declarations all;
        const Json components = parsed(hello.components);
        const Json systems = parsed(hello.systems);
        if (!components.is_array() || !systems.is_array())
            throw Wrong{"__hello__ has \"components\" and \"systems\" that are no lists"};
        for (const Json& one : components) {
            if (!one.is_object() || !one.contains("name") || !one.contains("fields"))
                throw Wrong{"a component needs a \"name\" and \"fields\""};
            const std::string name = text(one["name"], "a component's name");
            all.components.push_back({name, texts(one["fields"], "\"fields\" of component " + name)});
        }
        std::set<std::string> names;
        for (const Json& one : systems) {
            all.systems.push_back(read_system(one));
            if (!names.insert(all.systems.back().name).second)
                throw Wrong{"two of its systems are called " + all.systems.back().name};
        }
        if (all.systems.empty()) throw Wrong{"it declares no system"};
        if (all.systems.size() > DRAGOMAN_MOST_SYSTEMS)
            throw Wrong{"it declares " + std::to_string(all.systems.size()) + " systems; a script may have " +
                        std::to_string(DRAGOMAN_MOST_SYSTEMS)};
        if (std::ranges::find(hello.features, "plane") == hello.features.end())
            throw Wrong{"its client cannot map columns (no \"plane\" among its features)"};
        return all;
    } catch (const Wrong& wrong) {
        return wrong.what;
    }
}

}  // namespace dragoman
