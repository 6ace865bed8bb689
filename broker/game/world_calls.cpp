#include "broker/game/world_calls.hpp"

#include <charconv>
#include <cmath>

#include "protocol/encode.hpp"

namespace dragoman {
namespace {

using simdjson::dom::element;

[[noreturn]] void bad_params(const std::string& message) { throw CallError{"bad_params", message}; }

bool writes(std::string_view method) {
    return method == "destroy" || method == "add" || method == "remove" || method == "set" || method == "component" ||
           method == "create";
}

ecs::Number number(element value, std::string_view field) {
    switch (value.type()) {
        case simdjson::dom::element_type::INT64:
            return value.get_int64().value_unsafe();
        case simdjson::dom::element_type::UINT64:
            return value.get_uint64().value_unsafe();
        case simdjson::dom::element_type::DOUBLE:
            return value.get_double().value_unsafe();
        default:
            throw CallError{"bad_value", "field " + std::string(field) + ": expected numbers in the list"};
    }
}

ecs::Value to_value(const ecs::Field& field, element value) {
    if (field.type == ecs::FieldType::json) return ecs::Json{simdjson::minify(value)};
    if (field.type == ecs::FieldType::entity && field.count == 0) {
        std::uint64_t handle = 0;
        if (value.get(handle) == simdjson::SUCCESS)
            if (const auto entity = ecs::from_number(handle)) return *entity;
    }
    switch (value.type()) {
        case simdjson::dom::element_type::NULL_VALUE:
            return ecs::Null{};
        case simdjson::dom::element_type::BOOL:
            return value.get_bool().value_unsafe();
        case simdjson::dom::element_type::INT64:
        case simdjson::dom::element_type::UINT64:
        case simdjson::dom::element_type::DOUBLE:
            return std::visit([](auto one) -> ecs::Value { return one; }, number(value, field.name));
        case simdjson::dom::element_type::STRING:
            return std::string(value.get_string().value_unsafe());
        case simdjson::dom::element_type::ARRAY: {
            ecs::Numbers numbers;
            simdjson::dom::array items;
            if (value.get(items) == simdjson::SUCCESS)
                for (const element item : items) numbers.push_back(number(item, field.name));
            return numbers;
        }
        case simdjson::dom::element_type::OBJECT:
            return ecs::Json{simdjson::minify(value)};
    }
    return ecs::Null{};
}

/// JSON has no NaN: a component that holds one cannot be read back, and its author is told where it is.
void append_double(std::string& to, double value, bool single, std::string_view field) {
    if (!std::isfinite(value))
        throw CallError{"bad_value", "field " + std::string(field) + " holds a number that is not finite"};
    char text[40];
    // f32 in its own shortest form: 0.1, not 0.10000000149011612.
    const auto [end, error] = single ? std::to_chars(text, text + sizeof text, static_cast<float>(value))
                                     : std::to_chars(text, text + sizeof text, value);
    const std::string_view written(text, static_cast<std::size_t>(end - text));
    to += written;
    if (written.find_first_of(".e") == std::string_view::npos) to += ".0";
}

template <typename Number>
void append_number(std::string& to, const ecs::Field& field, Number number) {
    if constexpr (std::is_floating_point_v<Number>)
        append_double(to, number, field.type == ecs::FieldType::f32, field.name);
    else
        to += std::to_string(number);
}

void append_value(std::string& to, const ecs::Field& field, const ecs::Value& value) {
    std::visit(
        [&](const auto& held) {
            using Held = std::decay_t<decltype(held)>;
            if constexpr (std::is_same_v<Held, ecs::Null>)
                to += "null";
            else if constexpr (std::is_same_v<Held, bool>)
                to += held ? "true" : "false";
            else if constexpr (std::is_arithmetic_v<Held>)
                append_number(to, field, held);
            else if constexpr (std::is_same_v<Held, std::string>)
                append_quoted(to, held);
            else if constexpr (std::is_same_v<Held, ecs::Json>)
                to += held.text.empty() ? "null" : held.text;
            else if constexpr (std::is_same_v<Held, ecs::Entity>)
                to += held ? std::to_string(ecs::to_number(held)) : "null";
            else {
                const char* between = "[";
                for (const ecs::Number& one : held) {
                    to += std::exchange(between, ", ");
                    std::visit([&](auto number) { append_number(to, field, number); }, one);
                }
                to += held.empty() ? "[]" : "]";
            }
        },
        value);
}

}  // namespace

/// One call's params, read with messages that name what is missing.
struct WorldCalls::Params {
    std::string_view method;
    element params;

    element need(std::string_view key) const {
        element value;
        if (!params.is_object() || params[key].get(value) != simdjson::SUCCESS)
            bad_params("world." + std::string(method) + " needs \"" + std::string(key) + "\"");
        return value;
    }
    std::string_view text(std::string_view key) const {
        std::string_view value;
        if (need(key).get(value) != simdjson::SUCCESS)
            bad_params("world." + std::string(method) + ": \"" + std::string(key) + "\" must be text");
        return value;
    }
    ecs::Entity entity() const {
        std::uint64_t number = 0;
        if (need("entity").get(number) != simdjson::SUCCESS)
            bad_params("world." + std::string(method) + ": \"entity\" must be an entity's number");
        const auto entity = ecs::from_number(number);
        if (!entity)
            throw CallError{"no_entity",
                            "world." + std::string(method) + ": " + std::to_string(number) + " is no entity's number"};
        return *entity;
    }
    simdjson::dom::object object(std::string_view key) const {
        simdjson::dom::object value;
        if (need(key).get(value) != simdjson::SUCCESS)
            bad_params("world." + std::string(method) + ": \"" + std::string(key) + "\" must be an object");
        return value;
    }
    std::vector<std::string> texts(std::string_view key, bool optional = false) const {
        std::vector<std::string> list;
        element value;
        if (optional && (!params.is_object() || params[key].get(value) != simdjson::SUCCESS || value.is_null()))
            return list;
        simdjson::dom::array items;
        if (need(key).get(items) != simdjson::SUCCESS)
            bad_params("world." + std::string(method) + ": \"" + std::string(key) + "\" must be a list of texts");
        for (const element item : items) {
            std::string_view text;
            if (item.get(text) != simdjson::SUCCESS)
                bad_params("world." + std::string(method) + ": \"" + std::string(key) + "\" must be a list of texts");
            list.emplace_back(text);
        }
        return list;
    }
};

std::string WorldCalls::call(std::string_view method, element params) {
    std::string value;
    world_.begin();
    try {
        run(method, params, value);
        world_.commit();
    } catch (const ecs::Error& error) {
        world_.rollback();
        throw CallError{std::string(ecs::name(error.code())), "world." + std::string(method) + ": " + error.what()};
    } catch (...) {
        world_.rollback();
        throw;
    }
    return value;
}

void WorldCalls::apply(element changes) {
    simdjson::dom::array list;
    if (changes.get(list) != simdjson::SUCCESS) bad_params("\"changes\" must be a list of [method, params]");
    std::string ignored;
    world_.begin();
    try {
        batch(list, true, ignored);
        world_.commit();
    } catch (...) {
        world_.rollback();
        throw;
    }
}

void WorldCalls::batch(simdjson::dom::array calls, bool writes_only, std::string& value) {
    std::size_t number = 0;
    const auto where = [&] { return (writes_only ? "change " : "call ") + std::to_string(number) + " of the list: "; };
    value += '[';
    for (const element call : calls) {
        if (number++ > 0) value += ", ";
        simdjson::dom::array pair;
        std::string_view method;
        if (call.get(pair) != simdjson::SUCCESS || pair.size() != 2 || pair.at(0).get(method) != simdjson::SUCCESS)
            bad_params(where() + "expected [method, params]");
        if (writes_only && !writes(method)) bad_params(where() + "\"" + std::string(method) + "\" is no change");
        if (method == "batch") bad_params(where() + "a batch inside a batch");
        try {
            run(method, pair.at(1).value_unsafe(), value);
        } catch (const CallError& error) {
            throw CallError{error.code, where() + error.message};
        } catch (const ecs::Error& error) {
            throw CallError{std::string(ecs::name(error.code())),
                            where() + "world." + std::string(method) + ": " + error.what()};
        }
    }
    value += ']';
}

std::vector<ecs::FieldValue> WorldCalls::values(ecs::ComponentId id, simdjson::dom::object given) const {
    const ecs::Component& component = world_.schema(id);
    std::vector<ecs::FieldValue> values;
    for (const auto [key, value] : given) {
        const std::size_t field = component.field(key);
        values.push_back({field, to_value(component.fields[field], value)});
    }
    return values;
}

void WorldCalls::append_component(std::string& to, const ecs::Component& component, const ecs::Column& column,
                                  std::size_t row) const {
    const char* between = "{";
    const ecs::ComponentRow values{&component, &column, row};
    for (std::size_t i = 0; i < component.fields.size(); ++i) {
        ((to += std::exchange(between, ", ")) += '"') += component.fields[i].name;
        to += "\": ";
        append_value(to, component.fields[i], values.value(i));
    }
    to += component.fields.empty() ? "{}" : "}";
}

void WorldCalls::query(const Params& params, std::string& value) {
    std::vector<ecs::ComponentId> shown;
    ecs::QueryTerms terms;
    for (const auto& name : params.texts("components")) shown.push_back(world_.component(name));
    terms.with = shown;
    for (const auto& name : params.texts("with", true)) terms.with.push_back(world_.component(name));
    for (const auto& name : params.texts("without", true)) terms.without.push_back(world_.component(name));
    const char* between = "";
    value += '[';
    for (const ecs::Table* table : std::as_const(world_.query(std::move(terms))).tables()) {
        for (std::size_t row = 0; row < table->rows(); ++row) {
            (value += std::exchange(between, ", ")) += '[';
            value += std::to_string(ecs::to_number(table->entities()[row]));
            for (const ecs::ComponentId id : shown) {
                value += ", ";
                append_component(value, world_.schema(id), *table->column(id), row);
            }
            value += ']';
        }
    }
    value += ']';
}

void WorldCalls::run(std::string_view method, element element_params, std::string& value) {
    const Params params{method, element_params};
    const auto component = [&] { return world_.component(params.text("component")); };
    if (method == "set") {
        const auto id = component();
        world_.set(params.entity(), id, values(id, params.object("values")));
        value += "null";
    } else if (method == "get") {
        const auto row = world_.get(params.entity(), component());
        append_component(value, *row.component, *row.column, row.row);
    } else if (method == "query") {
        query(params, value);
    } else if (method == "create") {
        std::vector<ecs::ComponentValues> components;
        for (const auto [key, given] : params.object("components")) {
            const auto id = world_.component(key);
            simdjson::dom::object fields;
            if (given.get(fields) != simdjson::SUCCESS)
                bad_params("world.create: the values of " + std::string(key) + " must be an object");
            components.push_back({id, values(id, fields)});
        }
        value += std::to_string(ecs::to_number(world_.create(components)));
    } else if (method == "destroy") {
        world_.destroy(params.entity());
        value += "null";
    } else if (method == "add") {
        const auto id = component();
        world_.add(params.entity(), id, values(id, params.object("values")));
        value += "null";
    } else if (method == "remove") {
        world_.remove(params.entity(), component());
        value += "null";
    } else if (method == "alive") {
        std::uint64_t number = 0;
        const auto entity =
            params.need("entity").get(number) == simdjson::SUCCESS ? ecs::from_number(number) : std::nullopt;
        value += entity && world_.alive(*entity) ? "true" : "false";
    } else if (method == "has") {
        value += world_.has(params.entity(), component()) ? "true" : "false";
    } else if (method == "component") {
        world_.declare(params.text("name"), params.texts("fields"));
        value += "null";
    } else if (method == "batch") {
        simdjson::dom::array calls;
        if (params.need("calls").get(calls) != simdjson::SUCCESS)
            bad_params("world.batch: \"calls\" must be a list of [method, params]");
        batch(calls, false, value);
    } else {
        throw CallError{"unknown_method", "there is no world." + std::string(method)};
    }
}

}  // namespace dragoman
