#pragma once

#include <bit>
#include <cstdint>
#include <string_view>

/// The bytes of a snapshot. All numbers are little-endian; nothing is aligned.
///
///     magic (16 bytes), u32 version, u32 byte_order
///     sections, each: u32 kind, u32 number, u64 length, payload, u64 XXH3 of all that before
///
///     components  u32 count; for each: text name, u64 hash of its schema, u32 fields, for each: text declaration
///     handles     u64 indices ever given out, u64 how many are free, the free handles (u32 index, u32 generation) in
///                 the order of the stack from which they are taken, the last one first
///     then for each table, by id (`number`):
///     table       u64 rows, u32 columns, for each: u32 component
///     entities    the rows' handles
///     plain       for each component with plain fields (`number`): the rows' structs, padding zeroed
///     texts       for each component with text or json fields: for each such field, for each row: text
///     end         u64 hash of the world
///
/// A text is u32 length and so many bytes. An index that is neither free nor alive is retired.
namespace dragoman::ecs::snapshot {

static_assert(std::endian::native == std::endian::little, "snapshots are written as the machine has them");

inline constexpr std::string_view magic{"dragoman world\n\x1a", 16};
inline constexpr std::uint32_t version = 1;
inline constexpr std::uint32_t byte_order = 0x01020304;

enum class Kind : std::uint32_t { components = 1, handles, table, entities, plain, texts, end };

constexpr std::string_view name(Kind kind) {
    switch (kind) {
        case Kind::components:
            return "components";
        case Kind::handles:
            return "handles";
        case Kind::table:
            return "table";
        case Kind::entities:
            return "entities";
        case Kind::plain:
            return "plain";
        case Kind::texts:
            return "texts";
        case Kind::end:
            return "end";
    }
    return "";
}

struct SectionHead {
    Kind kind;
    std::uint32_t number;
    std::uint64_t length;
};
static_assert(sizeof(SectionHead) == 16);

}  // namespace dragoman::ecs::snapshot
