#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace dragoman::ecs {

/// The part of the protocol's error codes that the world itself can give (docs/protocol.md, section 6).
/// `denied` is the world's own limits: entities, components, tables, bytes.
enum class ErrorCode { unknown_component, unknown_field, bad_value, no_entity, no_component, conflict, denied };

constexpr std::string_view name(ErrorCode code) {
    switch (code) {
        case ErrorCode::unknown_component:
            return "unknown_component";
        case ErrorCode::unknown_field:
            return "unknown_field";
        case ErrorCode::bad_value:
            return "bad_value";
        case ErrorCode::no_entity:
            return "no_entity";
        case ErrorCode::no_component:
            return "no_component";
        case ErrorCode::conflict:
            return "conflict";
        case ErrorCode::denied:
            return "denied";
    }
    return "";
}

/// What a script asked of the world and may not have. The only exception that the world throws for what a script can
/// cause; what the broker itself does wrong stops at an assert.
class Error : public std::runtime_error {
public:
    Error(ErrorCode code, const std::string& message) : std::runtime_error(message), code_(code) {}
    ErrorCode code() const { return code_; }

private:
    ErrorCode code_;
};

}  // namespace dragoman::ecs
