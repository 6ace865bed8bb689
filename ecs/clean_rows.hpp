#pragma once

#include <cstddef>

#include "ecs/schema.hpp"

namespace dragoman::ecs {

/// Makes rows that came as bytes what they would be had they come as values: a bool is 0 or 1, no entity is all 0, what
/// belongs to no field is 0. Error bad_value for a handle whose generation no entity can have.
void clean_rows(const Component& component, std::byte* rows, std::size_t count);

}  // namespace dragoman::ecs
