// One field of a row, as JSON.
#include "plane.hpp"

#include <dragoman/calls.hpp>

#include <limits>

namespace dragoman::plane {
namespace {

using nlohmann::json;

/// Calls `with` with a value of the C++ type that the field has.
template <class With>
void dispatch(std::uint8_t type, With with) {
    switch (type) {
        case DRAGOMAN_BOOL:
            return with(false);
        case DRAGOMAN_I8:
            return with(std::int8_t{});
        case DRAGOMAN_I16:
            return with(std::int16_t{});
        case DRAGOMAN_I32:
            return with(std::int32_t{});
        case DRAGOMAN_I64:
            return with(std::int64_t{});
        case DRAGOMAN_U8:
            return with(std::uint8_t{});
        case DRAGOMAN_U16:
            return with(std::uint16_t{});
        case DRAGOMAN_U32:
            return with(std::uint32_t{});
        case DRAGOMAN_U64:
        case DRAGOMAN_ENTITY:
            return with(std::uint64_t{});
        case DRAGOMAN_F32:
            return with(float{});
        default:
            return with(double{});
    }
}

template <class T>
bool convert(const json& value, T& result) {
    if constexpr (std::is_same_v<T, bool>) {
        if (!value.is_boolean()) return false;
    } else {
        if (!value.is_number()) return false;
        if constexpr (std::is_integral_v<T>) {
            if (value.is_number_unsigned()) {
                if (value.get<std::uint64_t>() > std::uint64_t{std::numeric_limits<T>::max()}) return false;
            } else if (value.is_number_integer()) {
                const auto whole = value.get<std::int64_t>();
                if (std::is_unsigned_v<T> ? whole < 0 : whole < std::int64_t{std::numeric_limits<T>::lowest()})
                    return false;
                if (whole > 0 && static_cast<std::uint64_t>(whole) > std::uint64_t{std::numeric_limits<T>::max()})
                    return false;
            } else {
                const auto real = value.get<double>();
                if (!(real >= -9007199254740992.0 && real <= 9007199254740992.0)) return false;
                const auto whole = static_cast<std::int64_t>(real);
                return static_cast<double>(whole) == real && convert(json(whole), result);
            }
        }
    }
    result = value.get<T>();
    return true;
}

}  // namespace

void write_value(void* row, const Field& field, const json& value, std::string_view component) {
    const auto refuse = [&] {
        throw Error("bad_value", std::string(component) + "." + field.name + " is " + type_name(field) +
                                     "; it cannot be " + value.dump(-1, ' ', true, json::error_handler_t::replace));
    };
    auto* at = static_cast<char*>(row) + field.offset;
    dispatch(field.type, [&](auto element) {
        if (field.count == 0) {
            if (!convert(value, element)) refuse();
            std::memcpy(at, &element, sizeof element);
            return;
        }
        if (!value.is_array() || value.size() != field.count) refuse();
        std::vector<decltype(element)> elements;
        for (const json& one : value) {
            if (!convert(one, element)) refuse();
            elements.push_back(element);
        }
        for (const decltype(element) one : elements) {
            std::memcpy(at, &one, sizeof element);
            at += sizeof element;
        }
    });
}

json read_value(const void* row, const Field& field) {
    const auto* at = static_cast<const char*>(row) + field.offset;
    json value;
    dispatch(field.type, [&](auto element) {
        if (field.count == 0) {
            std::memcpy(&element, at, sizeof element);
            value = element;
            return;
        }
        value = json::array();
        for (std::uint32_t i = 0; i < field.count; ++i) {
            std::memcpy(&element, at + i * sizeof element, sizeof element);
            value.push_back(element);
        }
    });
    return value;
}

}  // namespace dragoman::plane
