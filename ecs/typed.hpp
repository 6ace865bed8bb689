#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <type_traits>

#include "ecs/entity.hpp"
#include "ecs/layout.hpp"

namespace dragoman::ecs {

/// A member of a C++ struct, to be compared with a declared field: see World::bind.
struct BoundField {
    std::string name;
    FieldType type;
    std::uint32_t count;  // 0: not an array
    std::size_t offset;

    std::string declaration() const {
        const auto array = count ? "[" + std::to_string(count) + "]" : std::string();
        return name + ": " + std::string(info(type).name) + array;
    }
};

template <class T>
constexpr FieldType field_type() {
    if constexpr (std::is_same_v<T, bool>)
        return FieldType::boolean;
    else if constexpr (std::is_same_v<T, Entity>)
        return FieldType::entity;
    else if constexpr (std::is_same_v<T, float>)
        return FieldType::f32;
    else if constexpr (std::is_same_v<T, double>)
        return FieldType::f64;
    else {
        static_assert(std::is_integral_v<T>, "a component's fields are numbers, bool, Entity, or arrays of numbers");
        constexpr FieldType with_sign[] = {FieldType::i8, FieldType::i16, FieldType::i32, FieldType::i64};
        constexpr FieldType without[] = {FieldType::u8, FieldType::u16, FieldType::u32, FieldType::u64};
        constexpr auto power = sizeof(T) == 1 ? 0 : sizeof(T) == 2 ? 1 : sizeof(T) == 4 ? 2 : 3;
        return std::is_signed_v<T> ? with_sign[power] : without[power];
    }
}

template <class T>
struct ArrayOf {
    using Element = T;
    static constexpr std::uint32_t count = 0;
};
template <class T, std::size_t N>
struct ArrayOf<T[N]> {
    using Element = T;
    static constexpr std::uint32_t count = N;
};
template <class T, std::size_t N>
struct ArrayOf<std::array<T, N>> : ArrayOf<T[N]> {};

/// field("x", &Position::x)
template <class Struct, class Member>
BoundField field(std::string name, Member Struct::*member) {
    static_assert(std::is_trivially_copyable_v<Struct> && std::is_standard_layout_v<Struct>);
    static const Struct probe{};
    const auto offset = reinterpret_cast<const char*>(&(probe.*member)) - reinterpret_cast<const char*>(&probe);
    return {std::move(name), field_type<typename ArrayOf<Member>::Element>(), ArrayOf<Member>::count,
            static_cast<std::size_t>(offset)};
}

/// One address for each type.
template <class T>
inline constexpr char type_key = 0;

template <class T>
inline T empty_component{};

/// The rows of a column as structs; of a tag, one empty struct for all rows.
template <class T>
struct TypedRows {
    T* first;
    T& operator[](std::size_t row) const {
        if constexpr (std::is_empty_v<T>)
            return *first;
        else
            return first[row];
    }
    std::span<T> span(std::size_t row, std::size_t rows) const { return {first + row, rows}; }
};

/// The same of a component that may not be there: then all is null and empty.
template <class T>
struct OptionalRows {
    T* first;
    T* operator[](std::size_t row) const { return std::is_empty_v<T> || !first ? first : first + row; }
    std::span<T> span(std::size_t row, std::size_t rows) const {
        if (!first) return {};
        return {first + row, rows};
    }
};

}  // namespace dragoman::ecs
