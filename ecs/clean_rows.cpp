#include "ecs/clean_rows.hpp"

#include <algorithm>
#include <cstring>

#include "ecs/entity.hpp"
#include "ecs/error.hpp"

namespace dragoman::ecs {

namespace {

void clean_bool(std::byte* at) { *at = std::byte{*at != std::byte{0}}; }

void clean_entity(const Component& component, const Field& field, std::byte* at) {
    Entity entity;
    std::memcpy(&entity, at, sizeof(entity));
    if (!entity) std::memset(at, 0, sizeof(entity));
    if (entity.generation > last_generation)
        throw Error(ErrorCode::bad_value, component.name + "." + field.name + ": no entity has the generation " +
                                              std::to_string(entity.generation) + "; the last one is " +
                                              std::to_string(last_generation));
}

void clean_row(const Component& component, std::byte* row) {
    std::size_t end = 0;
    for (const auto& field : component.fields) {
        if (field.side()) continue;
        std::memset(row + end, 0, field.offset - end);
        end = field.offset + field.bytes();
        if (field.type != FieldType::boolean && field.type != FieldType::entity) continue;
        for (auto at = std::size_t{field.offset}; at < end; at += info(field.type).size) {
            if (field.type == FieldType::boolean)
                clean_bool(row + at);
            else
                clean_entity(component, field, row + at);
        }
    }
    std::memset(row + end, 0, component.size - end);
}

}  // namespace

void clean_rows(const Component& component, std::byte* rows, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) clean_row(component, rows + i * component.size);
}

}  // namespace dragoman::ecs
