#include <CLI/CLI.hpp>
#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <utility>

#include "broker/command/commands.hpp"
#include "broker/launch/descriptor.hpp"
#include "broker/launch/launcher.hpp"
#include "compilers/duration.hpp"

namespace dragoman::command {

std::chrono::milliseconds read_time(const std::string& option, const std::string& text) {
    if (const auto time = parse_duration(text)) return *time;
    throw UsageError{option + " " + text + ": expected a time such as 50ms or 2s"};
}

}  // namespace dragoman::command

namespace {

/// A report that nobody got is no success.
int written(int code) {
    errno = 0;
    if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return code;
    std::fprintf(stderr, "dragoman: cannot write to stdout%s%s\n", errno != 0 ? ": " : "",
                 errno != 0 ? std::strerror(errno) : "");
    return dragoman::command::internal_error;
}

/// `dragoman ctl nonsense`: CLI11 says only that a subcommand is required.
bool lacks_a_choice(const CLI::App& command) {
    const auto choices = command.get_subcommands([](const CLI::App*) { return true; });
    if (choices.empty() || !command.get_subcommands().empty()) return false;
    std::string names;
    for (const CLI::App* choice : choices) names += (names.empty() ? "" : ", ") + choice->get_name();
    std::fprintf(stderr, "dragoman %s: expected one of %s; see dragoman %s --help\n", command.get_name().c_str(),
                 names.c_str(), command.get_name().c_str());
    return true;
}

}  // namespace

int main(int count, char** arguments) {
    dragoman::fill_standard_descriptors();
    ::signal(SIGXFSZ, SIG_IGN);  // a file that may not grow is a write that fails, and is told as such
    using namespace dragoman::command;
    CLI::App app{"Plays games between scripts of any language."};
    app.name("dragoman");
    app.set_version_flag("--version", "dragoman " DRAGOMAN_VERSION);
    app.require_subcommand(1);
    app.footer(
        "Examples:\n"
        "  dragoman run examples/pong\n"
        "  dragoman run examples/pong -i mine.py -i yours.cpp\n"
        "  dragoman check mine.lua\n"
        "  dragoman new cpp mine.cpp\n"
        "Each command has its own --help.");
    std::vector<std::pair<CLI::App*, Action>> actions;
    const auto add = [&](const char* name, const char* about, Action (*make)(CLI::App&)) {
        CLI::App* const command = app.add_subcommand(name, about);
        actions.emplace_back(command, make(*command));
    };
    add("run", "play a game", add_run);
    add("check", "compile a script, shake hands with it and play its first ticks, step by step", add_check);
    add("compile", "compile a script and say how it is run", add_compile);
    add("languages", "list the languages: extensions, version or the package to install", add_languages);
    add("new", "write a script to start from", add_new);
    add("doctor", "what sandbox this machine gives, what it lacks, and how to enable more", add_doctor);
    add("ctl", "look at a run that is going, and control it", add_ctl);
    add("deps", "which scripts of a game use a file, and which files a script uses", add_deps);
    add("shadow", "feed two scripts the same scenes and compare what they answer", add_shadow);
    if (count > 1 && arguments[1][0] != '-' && std::none_of(actions.begin(), actions.end(), [&](const auto& one) {
            return one.first->get_name() == arguments[1];
        })) {
        std::fprintf(stderr, "dragoman: there is no command %s; see dragoman --help\n", arguments[1]);
        return wrong_usage;
    }
    try {
        app.parse(count, arguments);
    } catch (const CLI::ParseError& error) {
        for (const auto& [command, action] : actions)
            if (error.get_exit_code() != 0 && command->parsed() && lacks_a_choice(*command)) return wrong_usage;
        return written(app.exit(error) == 0 ? success : wrong_usage);
    }
    try {
        for (const auto& [command, action] : actions)
            if (command->parsed()) return written(action());
    } catch (const UsageError& error) {
        std::fprintf(stderr, "dragoman: %s\n", error.message.c_str());
        return wrong_usage;
    } catch (const dragoman::LaunchError& error) {
        std::fprintf(stderr, "dragoman: %s\n", error.what());
        return internal_error;
    } catch (const std::filesystem::filesystem_error& error) {
        std::fprintf(stderr, "dragoman: %s\n", error.what());
        return wrong_usage;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "dragoman: internal error: %s\n", error.what());
        return internal_error;
    }
    return wrong_usage;
}
