// Components as structs:
//
//     struct Position { float x = 0, y = 0, z = 0; };
//     DRAGOMAN_COMPONENT(Position, x, y, z)
//
// The members' initialisers are the defaults. A struct without members is a tag: DRAGOMAN_COMPONENT(Frozen)
#pragma once
#include <dragoman/entity.hpp>

#include <ecs/layout/plane.h>

#include <array>
#include <cstddef>
#include <cstring>
#include <string_view>
#include <type_traits>

namespace dragoman {

struct Field {
    const char* name;
    std::uint8_t type;    ///< dragoman_type
    std::uint32_t count;  ///< elements of an array; 0: no array
    std::uint32_t offset;
    std::uint32_t size;  ///< of one element
};

/// What DRAGOMAN_COMPONENT says of a struct.
struct Component {
    std::string_view name;
    const Field* fields;
    std::size_t field_count;
    std::size_t size;  ///< 0: a tag
    const void* defaults;
};

namespace detail {

template <class T>
struct Element {
    using type = T;
    static constexpr std::uint32_t count = 0;
};
template <class T, std::size_t n>
struct Element<T[n]> {
    using type = T;
    static constexpr std::uint32_t count = n;
};
template <class T, std::size_t n>
struct Element<std::array<T, n>> : Element<T[n]> {};

inline constexpr std::uint8_t no_type = 255;

/// The numbers of dragoman_type: bool, i8 to i64, u8 to u64, f32, f64, entity.
template <class T>
constexpr std::uint8_t type_of() {
    if constexpr (std::is_enum_v<T>) {
        return type_of<std::underlying_type_t<T>>();
    } else if constexpr (std::is_same_v<T, bool>) {
        return 0;
    } else if constexpr (std::is_integral_v<T>) {
        return (std::is_signed_v<T> ? 1 : 5) + (sizeof(T) == 1 ? 0 : sizeof(T) == 2 ? 1 : sizeof(T) == 4 ? 2 : 3);
    } else if constexpr (std::is_same_v<T, float>) {
        return 9;
    } else if constexpr (std::is_same_v<T, double>) {
        return 10;
    } else if constexpr (std::is_same_v<T, Entity>) {
        return 11;
    } else {
        return no_type;
    }
}

template <class T>
constexpr Field make_field(const char* name, std::size_t offset) {
    using E = typename Element<T>::type;
    static_assert(type_of<E>() != no_type,
                  "a component's member is a bool, a number, a dragoman::Entity, or an array of numbers");
    static_assert(Element<T>::count == 0 || (type_of<E>() != 0 && type_of<E>() != 11), "only numbers have arrays");
    return {name, type_of<E>(), Element<T>::count, static_cast<std::uint32_t>(offset), sizeof(E)};
}

/// Whether the fields lie as the broker lays them out and fill the struct: then none was forgotten.
template <std::size_t n>
constexpr bool fill(const std::array<Field, n>& fields, std::size_t size) {
    std::size_t end = 0;
    std::size_t alignment = 1;
    for (const Field& field : fields) {
        end = (end + field.size - 1) / field.size * field.size;
        if (field.offset != end) return false;
        end += field.size * (field.count != 0 ? field.count : 1);
        alignment = alignment < field.size ? field.size : alignment;
    }
    return n == 0 || (end + alignment - 1) / alignment * alignment == size;
}

constexpr std::string_view last_part(std::string_view name) {
    const std::size_t colon = name.rfind(':');
    return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

/// Where DRAGOMAN_COMPONENT was not written for T, this is found.
void dragoman_fields(...);
template <class T>
concept Declared = !std::is_void_v<decltype(dragoman_fields(static_cast<const T*>(nullptr)))>;

/// The component's id in the world; known from the first attach on.
template <class T>
inline std::uint32_t component_id = DRAGOMAN_NONE;

/// Remembers the component for __hello__; `id` is filled in at the attach.
int remember(const Component& component, std::uint32_t* id);

template <class T>
inline const T defaults{};

template <class T>
constexpr auto fields_of() {
    if constexpr (Declared<T>) {
        return dragoman_fields(static_cast<const T*>(nullptr));
    } else {
        static_assert(Declared<T>, "DRAGOMAN_COMPONENT(T, members...) is missing for this type");
        return std::array<Field, 0>();
    }
}

template <class T>
constexpr std::string_view name_of() {
    if constexpr (Declared<T>)
        return dragoman_name(static_cast<const T*>(nullptr));
    else
        return fields_of<T>().empty() ? "" : "";
}

template <class T>
constexpr void check() {
    fields_of<T>();
}

template <class T>
constexpr bool is_tag() {
    return fields_of<T>().empty() && Declared<T>;
}

template <class T>
int declare() {
    static constexpr auto fields = fields_of<T>();
    return remember({name_of<T>(), fields.data(), fields.size(), fields.empty() ? 0 : sizeof(T), &defaults<T>},
                    &component_id<T>);
}

}  // namespace detail
}  // namespace dragoman

// For each member; g++ goes through this many at most: 4^4.
#define DRAGOMAN_AGAIN(...) DRAGOMAN_AGAIN3(DRAGOMAN_AGAIN3(DRAGOMAN_AGAIN3(DRAGOMAN_AGAIN3(__VA_ARGS__))))
#define DRAGOMAN_AGAIN3(...) DRAGOMAN_AGAIN2(DRAGOMAN_AGAIN2(DRAGOMAN_AGAIN2(DRAGOMAN_AGAIN2(__VA_ARGS__))))
#define DRAGOMAN_AGAIN2(...) DRAGOMAN_AGAIN1(DRAGOMAN_AGAIN1(DRAGOMAN_AGAIN1(DRAGOMAN_AGAIN1(__VA_ARGS__))))
#define DRAGOMAN_AGAIN1(...) __VA_ARGS__
#define DRAGOMAN_LATER ()
#define DRAGOMAN_FIELD(Type, member, ...)                                                   \
    ::dragoman::detail::make_field<decltype(Type::member)>(#member, offsetof(Type, member)) \
        __VA_OPT__(, DRAGOMAN_NEXT_FIELD DRAGOMAN_LATER(Type, __VA_ARGS__))
#define DRAGOMAN_NEXT_FIELD() DRAGOMAN_FIELD
#define DRAGOMAN_COUNT(member, ...) 1 __VA_OPT__(+DRAGOMAN_NEXT_COUNT DRAGOMAN_LATER(__VA_ARGS__))
#define DRAGOMAN_NEXT_COUNT() DRAGOMAN_COUNT
#define DRAGOMAN_JOIN(a, b) DRAGOMAN_JOIN1(a, b)
#define DRAGOMAN_JOIN1(a, b) a##b

#define DRAGOMAN_COMPONENT(Type, ...)                                                                                \
    static_assert(std::is_standard_layout_v<Type> && std::is_trivially_copyable_v<Type>,                             \
                  #Type ": a component is a plain struct, without virtual functions, text or containers");           \
    static_assert(std::is_default_constructible_v<Type>, #Type ": a component has defaults");                        \
    [[maybe_unused]] constexpr std::string_view dragoman_name(const Type*) {                                         \
        return ::dragoman::detail::last_part(#Type);                                                                 \
    }                                                                                                                \
    [[maybe_unused]] constexpr auto dragoman_fields(const Type*) {                                                   \
        return std::array<::dragoman::Field, 0 __VA_OPT__(+DRAGOMAN_AGAIN(DRAGOMAN_COUNT(__VA_ARGS__)))>{            \
            __VA_OPT__({DRAGOMAN_AGAIN(DRAGOMAN_FIELD(Type, __VA_ARGS__))})};                                        \
    }                                                                                                                \
    static_assert(::dragoman::detail::fill(dragoman_fields(static_cast<const Type*>(nullptr)), sizeof(Type)),        \
                  "DRAGOMAN_COMPONENT(" #Type ", ...) lists every member, in the order in which they are declared"); \
    [[maybe_unused]] static const int DRAGOMAN_JOIN(dragoman_component_, __COUNTER__) =                              \
        ::dragoman::detail::declare<Type>();
