// What update() may return, and how it becomes JSON.
#pragma once
#include <nlohmann/json.hpp>

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <type_traits>

namespace dragoman {

void append_json(std::string& out, const nlohmann::json& value);
void append_text(std::string& out, std::string_view text);
void append_number(std::string& out, std::int64_t number);
void append_number(std::string& out, std::uint64_t number);
void append_number(std::string& out, double number);

/// Appends `command` as JSON: text, numbers, bool, nullptr, json, and what json can be made of.
template <class T>
void append_command(std::string& out, const T& command) {
    if constexpr (std::is_same_v<T, bool>) {
        out += command ? "true" : "false";
    } else if constexpr (std::is_same_v<T, std::nullptr_t>) {
        out += "null";
    } else if constexpr (std::is_integral_v<T> && std::is_signed_v<T>) {
        append_number(out, static_cast<std::int64_t>(command));
    } else if constexpr (std::is_integral_v<T>) {
        append_number(out, static_cast<std::uint64_t>(command));
    } else if constexpr (std::is_floating_point_v<T>) {
        append_number(out, static_cast<double>(command));
    } else if constexpr (std::is_same_v<T, nlohmann::json>) {
        append_json(out, command);
    } else if constexpr (std::is_convertible_v<const T&, std::string_view>) {
        append_text(out, command);
    } else {
        append_json(out, nlohmann::json(command));
    }
}

/// A command of any type, for an update() that returns now text, now a number, now nothing.
class Command {
public:
    Command() : json_("null") {}
    template <class T>
    requires(!std::is_same_v<std::decay_t<T>, Command>) Command(const T& value) { append_command(json_, value); }
    /// The round is over for this script.
    static Command reset() { return Command("RESET"); }

    friend void append_command(std::string& out, const Command& command) { out += command.json_; }

private:
    std::string json_;
};

}  // namespace dragoman
