#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

/// How the world lies in shared memory: types of fields and the entity index. Plain data only, since whoever maps the
/// memory reads this too.
namespace dragoman::ecs {

enum class FieldType : std::uint8_t { boolean, i8, i16, i32, i64, u8, u16, u32, u64, f32, f64, entity, text, json };

struct TypeInfo {
    FieldType type;
    std::string_view name;
    std::uint32_t size;  // also its alignment; 0: lies beside the columns
    bool number;
};

inline constexpr TypeInfo field_types[] = {
    {FieldType::boolean, "bool", 1, false}, {FieldType::i8, "i8", 1, true},
    {FieldType::i16, "i16", 2, true},       {FieldType::i32, "i32", 4, true},
    {FieldType::i64, "i64", 8, true},       {FieldType::u8, "u8", 1, true},
    {FieldType::u16, "u16", 2, true},       {FieldType::u32, "u32", 4, true},
    {FieldType::u64, "u64", 8, true},       {FieldType::f32, "f32", 4, true},
    {FieldType::f64, "f64", 8, true},       {FieldType::entity, "entity", 8, false},
    {FieldType::text, "text", 0, false},    {FieldType::json, "json", 0, false},
};

constexpr const TypeInfo& info(FieldType type) { return field_types[static_cast<std::size_t>(type)]; }

/// One entry of the entity index, at position Entity::index. The entity lives where the generation is the handle's
/// and the table is not `no_table`.
struct EntitySlot {
    std::uint32_t table;
    std::uint32_t row;
    std::uint32_t generation;
    std::uint32_t reserved;  // 1: its handle is given out, and the entity is still to come (World::reserve)
};
static_assert(sizeof(EntitySlot) == 16);

inline constexpr std::uint32_t no_table = 0xffffffff;
inline constexpr std::size_t slice_alignment = 64;

}  // namespace dragoman::ecs
