#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ecs/schema.hpp"

namespace dragoman::ecs {

/// What one declaration says: `name: type` or `name: type = default`.
struct Declaration {
    Field field;
    std::optional<Value> standard;  // the default, where one is given
};

/// Error bad_value says what was expected, and at which character.
Declaration read_declaration(std::string_view text);
bool is_name(std::string_view text);

/// What make_component() makes the same component of again, to its hash.
std::vector<std::string> declarations(const Component& component);

}  // namespace dragoman::ecs
