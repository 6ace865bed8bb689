#pragma once
// The sub-commands of `dragoman`, one file each.

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace dragoman::command {

/// docs/running.md lists them for users.
enum ExitCode {
    success = 0,
    internal_error = 1,   // the broker's own parts are missing, or the system refuses what it needs
    wrong_usage = 2,      // also: no such file, an unknown extension, a game that cannot be read
    script_failed = 3,    //
    did_not_compile = 4,  // also: a language whose programs are not installed
    commands_differ = 5,  // check --scenes
    interrupted = 130,
};

/// Something that the user wrote is wrong; main() prints the message and ends with wrong_usage.
struct UsageError {
    std::string message;
};

/// Each adds its sub-command; what it returns runs it, once the arguments are parsed.
using Action = std::function<int()>;
Action add_run(CLI::App& app);
Action add_check(CLI::App& app);
Action add_compile(CLI::App& app);
Action add_languages(CLI::App& app);
Action add_new(CLI::App& app);
Action add_doctor(CLI::App& app);
Action add_deps(CLI::App& app);
Action add_ctl(CLI::App& app);
Action add_shadow(CLI::App& app);

/// "50ms", "2s"; throws UsageError with the option's name.
std::chrono::milliseconds read_time(const std::string& option, const std::string& text);

}  // namespace dragoman::command
