#include <cmath>
#include <cstring>
#include <limits>
#include <utility>

#include "ecs/error.hpp"
#include "ecs/schema.hpp"

namespace dragoman::ecs {

namespace {

template <class... Ts>
struct Overload : Ts... {
    using Ts::operator()...;
};
template <class... Ts>
Overload(Ts...) -> Overload<Ts...>;

std::string shown(double number) {
    char text[32];
    std::snprintf(text, sizeof(text), "%.17g", number);
    return text;
}

/// Calls `act` with a value of the number type that a field has.
template <class Act>
decltype(auto) with_type(FieldType type, Act&& act) {
    switch (type) {
        case FieldType::i8:
            return act(std::int8_t{});
        case FieldType::i16:
            return act(std::int16_t{});
        case FieldType::i32:
            return act(std::int32_t{});
        case FieldType::i64:
            return act(std::int64_t{});
        case FieldType::u8:
            return act(std::uint8_t{});
        case FieldType::u16:
            return act(std::uint16_t{});
        case FieldType::u32:
            return act(std::uint32_t{});
        case FieldType::u64:
            return act(std::uint64_t{});
        case FieldType::f64:
            return act(double{});
        default:
            return act(float{});
    }
}

std::string expectation(const Field& field) {
    const auto one = [&field]() -> std::string {
        const std::string type(info(field.type).name);
        switch (field.type) {
            case FieldType::boolean:
                return "bool (true or false)";
            case FieldType::entity:
                return "an entity (a number that create gave) or null";
            case FieldType::text:
                return "a text";
            case FieldType::json:
                return "a JSON value";
            case FieldType::f32:
                return "f32 (a number, at most 3.4e38)";
            case FieldType::f64:
                return "f64 (a number)";
            default:
                return with_type(field.type, [&type](auto zero) -> std::string {
                    using T = decltype(zero);
                    return type + " (a whole number from " + std::to_string(std::numeric_limits<T>::min()) + " to " +
                           std::to_string(std::numeric_limits<T>::max()) + ")";
                });
        }
    };
    if (!field.count) return one();
    return "a list of " + std::to_string(field.count) + " numbers, each " + one();
}

[[noreturn]] void refuse(const Component& component, const Field& field, const std::string& got) {
    throw Error(ErrorCode::bad_value,
                component.name + "." + field.name + ": expected " + expectation(field) + ", got " + got);
}

/// Whether the number is a T, and then `out` is it.
template <class T>
bool fits(const Number& number, T& out) {
    return std::visit(
        [&out](auto from) {
            using From = decltype(from);
            if constexpr (std::is_floating_point_v<T>) {
                out = static_cast<T>(from);
                return std::isfinite(out) || !std::isfinite(static_cast<double>(from));
            } else if constexpr (std::is_integral_v<From>) {
                out = static_cast<T>(from);
                return std::in_range<T>(from);
            } else {
                const auto above = std::ldexp(1.0, std::numeric_limits<T>::digits);
                const auto lowest = std::is_signed_v<T> ? -above : 0.0;
                if (!(from >= lowest && from < above) || from != std::trunc(from)) return false;
                out = static_cast<T>(from);
                return true;
            }
        },
        number);
}

bool encode_number(FieldType type, const Number& number, std::byte* out) {
    return with_type(type, [&](auto value) {
        if (!fits(number, value)) return false;
        std::memcpy(out, &value, sizeof(value));
        return true;
    });
}

std::optional<Number> as_number(const Value& value) {
    if (const auto* whole = std::get_if<std::int64_t>(&value)) return *whole;
    if (const auto* large = std::get_if<std::uint64_t>(&value)) return *large;
    if (const auto* real = std::get_if<double>(&value)) return *real;
    return std::nullopt;
}

std::optional<Entity> as_entity(const Value& value) {
    if (std::holds_alternative<Null>(value)) return Entity{};
    if (const auto* entity = std::get_if<Entity>(&value)) {
        if (!*entity || from_number(to_number(*entity))) return *entity;
        return std::nullopt;
    }
    const auto number = as_number(value);
    std::uint64_t handle = 0;
    if (!number || !fits(*number, handle)) return std::nullopt;
    return from_number(handle);
}

void encode_array(const Component& component, const Field& field, const Value& value, std::byte* out) {
    const auto* list = std::get_if<Numbers>(&value);
    if (!list || list->size() != field.count) refuse(component, field, describe(value));
    const auto size = info(field.type).size;
    std::vector<std::byte> encoded(field.bytes());
    for (std::size_t i = 0; i < list->size(); ++i) {
        if (encode_number(field.type, (*list)[i], encoded.data() + i * size)) continue;
        const auto got = std::visit([](auto number) { return describe(Value(number)); }, (*list)[i]);
        refuse(component, field, got + " at place " + std::to_string(i + 1));
    }
    std::memcpy(out, encoded.data(), encoded.size());
}

template <class Result>
Result decode_number(FieldType type, const std::byte* bytes) {
    return with_type(type, [bytes](auto value) -> Result {
        using T = decltype(value);
        std::memcpy(&value, bytes, sizeof(value));
        if constexpr (std::is_floating_point_v<T>)
            return double{value};
        else if constexpr (std::is_signed_v<T>)
            return std::int64_t{value};
        else
            return std::uint64_t{value};
    });
}

}  // namespace

std::string describe(const Value& value) {
    return std::visit(
        Overload{[](const Null&) { return std::string("null"); },
                 [](bool truth) { return std::string(truth ? "true" : "false"); },
                 [](std::int64_t number) { return std::to_string(number); },
                 [](std::uint64_t number) { return std::to_string(number); },
                 [](double number) { return shown(number); }, [](const std::string& text) { return quoted(text); },
                 [](const Json& json) { return "the JSON " + quoted(json.text); },
                 [](const Entity& entity) { return "entity " + std::to_string(to_number(entity)); },
                 [](const Numbers& list) { return "a list of " + std::to_string(list.size()) + " numbers"; }},
        value);
}

void encode(const Component& component, const Field& field, const Value& value, std::byte* row) {
    auto* out = row + field.offset;
    if (field.count) return encode_array(component, field, value, out);
    if (field.type == FieldType::boolean) {
        const auto* truth = std::get_if<bool>(&value);
        if (!truth) refuse(component, field, describe(value));
        *out = std::byte{*truth};
    } else if (field.type == FieldType::entity) {
        const auto entity = as_entity(value);
        if (!entity) refuse(component, field, describe(value));
        std::memcpy(out, &*entity, sizeof(Entity));
    } else {
        const auto number = as_number(value);
        if (!number || !encode_number(field.type, *number, out)) refuse(component, field, describe(value));
    }
}

std::string encode_side(const Component& component, const Field& field, const Value& value) {
    if (field.type == FieldType::text) {
        if (const auto* text = std::get_if<std::string>(&value)) return *text;
    } else {
        if (const auto* json = std::get_if<Json>(&value)) return json->text;
        if (std::holds_alternative<Null>(value)) return "null";
    }
    refuse(component, field, describe(value));
}

Value decode(const Field& field, const std::byte* row) {
    const auto* bytes = row + field.offset;
    if (field.count) {
        Numbers list;
        for (std::uint32_t i = 0; i < field.count; ++i)
            list.push_back(decode_number<Number>(field.type, bytes + i * info(field.type).size));
        return list;
    }
    if (field.type == FieldType::boolean) return *bytes != std::byte{0};
    if (field.type == FieldType::entity) {
        Entity entity;
        std::memcpy(&entity, bytes, sizeof(entity));
        return entity;
    }
    return decode_number<Value>(field.type, bytes);
}

}  // namespace dragoman::ecs
