#pragma once
// The words of the control socket; docs/control.md lists them for users.

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "broker/control/target.hpp"

namespace dragoman {

namespace control {
/// A request's line, its line break not counted.
inline constexpr std::size_t longest_request = 64 << 10;
inline constexpr int deepest_request = 32;
inline constexpr std::int64_t most_ticks = 1'000'000'000;
inline constexpr std::int64_t most_lines = 1000;
inline constexpr std::int64_t usual_lines = 100;
}  // namespace control

/// What a command's request may have beside "id" and "command".
struct ControlMember {
    enum class Kind { seat, count, flag };
    std::string_view name;
    Kind kind;
    bool required = false;
    std::int64_t least = 0;
    std::int64_t most = 0;
};

struct ControlCommand {
    std::string_view name;
    std::string_view about;
    std::span<const ControlMember> members;
};

/// All that there are.
std::span<const ControlCommand> control_commands();
/// The result of `help`.
Json control_help();

struct ControlRequest {
    Json id;  // null where it had none
    const ControlCommand* command = nullptr;
    Json members;

    /// Its members, each of the kind that the command says.
    std::string seat() const { return members.value("seat", std::string()); }
    std::optional<std::int64_t> count(const char* name) const;
    bool flag(const char* name) const { return members.value(name, false); }
};

struct BadRequest {
    Json id;  // null where it could not be found out
    ControlError error;
};

std::variant<ControlRequest, BadRequest> read_control_request(std::string_view line);

/// `result` is JSON on one line.
std::string control_answer(const Json& id, std::string_view result);
std::string control_answer(const Json& id, const ControlError& error);
/// On one line; what is not UTF-8 is replaced.
std::string control_json(const Json& value);

}  // namespace dragoman
