#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ecs/layout.hpp"
#include "ecs/value.hpp"

namespace dragoman::ecs {

using ComponentId = std::uint32_t;

struct Field {
    std::string name;
    FieldType type = FieldType::f32;
    std::uint32_t count = 0;   // elements of an array; 0: not an array
    std::uint32_t offset = 0;  // in the row's struct; of a side field its number among the side fields

    bool side() const { return info(type).size == 0; }
    std::uint32_t bytes() const { return info(type).size * (count ? count : 1); }
    std::string type_name() const;  // "f32[3]"
};

/// A component as it was declared. Plain fields form a C struct, in declared order with C's alignment; text and json
/// fields lie beside it.
struct Component {
    std::string name;
    std::vector<Field> fields;
    std::uint32_t size = 0;  // of the struct; 0 where no field is plain
    std::uint32_t alignment = 1;
    bool parks = false;               // the tag that hides its entities from queries
    bool padded = false;              // the struct has bytes that belong to no field
    bool loose = false;               // not every struct of so many bytes is one: padded, or has a bool or entity
    std::vector<std::byte> defaults;  // one struct
    std::vector<std::string> side_defaults;  // one for each side field
    std::uint64_t hash = 0;                  // of name, fields, types and defaults

    std::optional<std::size_t> find(std::string_view field) const;
    /// The field's number; Error unknown_field, naming the fields that there are.
    std::size_t field(std::string_view field) const;
};

/// A tag of this name hides entities from all queries that do not ask for it.
inline constexpr std::string_view parked_name = "Parked";
inline constexpr std::size_t longest_name = 64;
inline constexpr std::size_t most_fields = 256;
inline constexpr std::size_t largest_row = 64 * 1024;

/// Reads declarations such as `speed: f32 = 7`; Error bad_value says what was expected and where.
Component make_component(std::string_view name, std::span<const std::string> declarations);

/// The declaration in words, for messages: `Ball(x: f32, y: f32)`.
std::string describe(const Component& component);
/// "name", cut where it is long.
std::string quoted(std::string_view text);
/// `none` for an empty list, else `some` and the first names of it.
std::string list_of(std::span<const std::string> names, std::string_view none, std::string_view some);

/// Writes a value into a plain field of a row; Error bad_value where type or range do not fit, with nothing written.
void encode(const Component& component, const Field& field, const Value& value, std::byte* row);
/// The text of a side field; Error bad_value.
std::string encode_side(const Component& component, const Field& field, const Value& value);
/// The value of a plain field of a row.
Value decode(const Field& field, const std::byte* row);

}  // namespace dragoman::ecs
