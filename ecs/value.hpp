#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "ecs/entity.hpp"

namespace dragoman::ecs {

struct Null {
    friend bool operator==(const Null&, const Null&) = default;
};

/// A JSON text. The world keeps it as it is and does not read it.
struct Json {
    std::string text;
    friend bool operator==(const Json&, const Json&) = default;
};

using Number = std::variant<std::int64_t, std::uint64_t, double>;
using Numbers = std::vector<Number>;

/// What a field is given or holds, whatever its type. Read back: bool, int64 (i8..i64), uint64 (u8..u64), double (f32,
/// f64), Entity (a false one where there is none), text, Json, or Numbers for an array.
using Value = std::variant<Null, bool, std::int64_t, std::uint64_t, double, std::string, Json, Entity, Numbers>;

/// The value in words, for messages: `300`, `"bob"`, `a list of 2 numbers`.
std::string describe(const Value& value);

}  // namespace dragoman::ecs
