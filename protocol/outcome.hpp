#pragma once
// How a script's tick can end: the closed list, the same in code, output, reports and events.

#include <array>
#include <optional>
#include <string_view>

namespace dragoman {

enum class Outcome {
    ok,
    late,            // deadline
    cpu_limit,       //
    memory_limit,    //
    output_limit,    // printed too much within one tick
    process_limit,   //
    crashed,         // signal
    exited,          // code
    protocol_error,  // what, where in the line
    raised,          // the script's own exception, with trace
    compile_error,   //
    not_ready,       // never finished the handshake
    denied,          // the sandbox refused something fatal
};

inline constexpr std::array outcome_names{
    std::string_view{"ok"},           std::string_view{"late"},          std::string_view{"cpu_limit"},
    std::string_view{"memory_limit"}, std::string_view{"output_limit"},  std::string_view{"process_limit"},
    std::string_view{"crashed"},      std::string_view{"exited"},        std::string_view{"protocol_error"},
    std::string_view{"raised"},       std::string_view{"compile_error"}, std::string_view{"not_ready"},
    std::string_view{"denied"},
};
inline constexpr std::size_t outcome_count = outcome_names.size();

constexpr std::string_view name(Outcome outcome) { return outcome_names[static_cast<std::size_t>(outcome)]; }

}  // namespace dragoman
