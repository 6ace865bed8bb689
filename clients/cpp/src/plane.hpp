// The data plane as this script sees it: one for each program, opened by the system loop.
#pragma once
#include <dragoman/component.hpp>
#include <dragoman/tables.hpp>

#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace dragoman::plane {

/// A component of the world, as the broker's attach describes it. Fields lie in rows; text and json do not.
struct Schema {
    std::string name;
    std::size_t size = 0;
    std::deque<std::string> names;
    std::vector<Field> fields;
    std::uint8_t type = detail::no_type;  ///< of all fields, where they have the same and lie without gaps
    std::uint16_t lanes = 0;              ///< how many numbers they are then

    /// Error unknown_field.
    const Field& field(std::string_view name) const;
};

/// Takes over what the attach says, and compares it with the script's own structs: Error conflict names the field.
void attach(const nlohmann::json& components);
/// Error unknown_component.
std::uint32_t find(std::string_view component);
const Schema& schema(std::uint32_t component);
/// The script's own components as __hello__ says them.
nlohmann::json declarations();

/// Error denied outside a system's run.
dragoman_plane* running();
/// Throws what the plane said, where `result` is -1.
void check(int result);

/// Error bad_value where the value does not fit the field, or field[i].
void write_value(void* row, const Field& field, const nlohmann::json& value, std::string_view component);
nlohmann::json read_value(const void* row, const Field& field);
std::string type_name(const Field& field);

}  // namespace dragoman::plane
