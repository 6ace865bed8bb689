#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>

#include "broker/command/above_zero.hpp"
#include "broker/command/commands.hpp"
#include "broker/command/ctl_text.hpp"
#include "broker/control/caller.hpp"
#include "broker/control/place.hpp"
#include "broker/control/request.hpp"
#include "broker/terminal/screen.hpp"

namespace dragoman::command {
namespace {

using std::chrono::milliseconds;

/// For what is answered at once, and for a look at each of several runs.
constexpr milliseconds patience{10'000};
constexpr milliseconds short_patience{2'000};

struct CtlOptions {
    int pid = 0;
    std::string socket;
    bool json = false;
    std::string seat;
    std::int64_t version = 0;
    std::int64_t ticks = 1;
    std::int64_t lines = control::usual_lines;
    bool follow = false;
};

std::size_t width() {
    return isatty(STDOUT_FILENO) != 0 ? static_cast<std::size_t>(terminal_size(STDOUT_FILENO).columns) : 200;
}

void print(const std::string& text) { std::fputs(text.c_str(), stdout); }
void print(const Json& value) { print(value.dump(2, ' ', false, Json::error_handler_t::replace) + "\n"); }

/// One row for each run: its status, or why there is none.
Json list_runs(const std::vector<FoundRun>& runs) {
    Json rows = Json::array();
    for (const FoundRun& run : runs) {
        Json row{{"pid", run.pid}, {"socket", run.path.string()}};
        try {
            const Json status = ControlCaller(run.path).ask({{"command", "status"}}, short_patience);
            for (const char* key : {"game", "state", "tick", "round", "uptime"}) row[key] = status.value(key, Json());
        } catch (const ControlError& error) {
            if (error.code == "no_run") continue;  // it has just ended
            row["problem"] = error.message;
        }
        rows.push_back(std::move(row));
    }
    return rows;
}

std::vector<FoundRun> runs_there_are() {
    std::vector<std::string> problems;
    auto runs = find_runs(&problems);
    for (const std::string& problem : problems) std::fprintf(stderr, "dragoman: %s\n", problem.c_str());
    return runs;
}

std::filesystem::path chosen_socket(const CtlOptions& options) {
    if (!options.socket.empty()) return options.socket;
    const auto runs = runs_there_are();
    if (options.pid != 0) {
        for (const FoundRun& run : runs)
            if (run.pid == options.pid) return run.path;
    } else if (runs.size() == 1) {
        return runs.front().path;
    }
    if (runs.empty()) throw ControlError{"no_run", "no run is going"};
    const std::string list = runs_text(list_runs(runs), width());
    if (options.pid != 0)
        throw ControlError{"no_run",
                           "there is no run with pid " + std::to_string(options.pid) + "; there are:\n" + list};
    throw ControlError{"several_runs", "several runs are going; choose one with --run PID:\n" + list};
}

int show_log(ControlCaller& caller, const CtlOptions& options, const Json& request) {
    const Json tail = caller.ask(request, patience);
    if (options.json && !options.follow) return print(tail), success;
    const auto show = [&](const Json& line) { print(options.json ? control_json(line) + "\n" : log_text(line)); };
    for (const Json& line : tail.value("lines", Json::array())) show(line);
    std::fflush(stdout);
    while (options.follow && std::ferror(stdout) == 0) {
        const auto more = caller.receive();
        if (!more) break;
        if (more->contains("line")) show((*more)["line"]);
        if (more->contains("lost") && options.json) print(control_json({{"lost", (*more)["lost"]}}) + "\n");
        if (more->contains("lost") && !options.json)
            std::fprintf(stderr, "dragoman: %s lines came too fast\n", (*more)["lost"].dump().c_str());
        std::fflush(stdout);
    }
    return success;
}

int ask(const CtlOptions& options, const std::string& command) {
    ControlCaller caller(chosen_socket(options));
    Json request{{"id", 1}, {"command", command}};
    if (!options.seat.empty()) request["seat"] = options.seat;
    if (command == "rollback" && options.version > 0) request["version"] = options.version;
    if (command == "step") request["ticks"] = options.ticks;
    if (command == "log") {
        request["lines"] = options.lines;
        request["follow"] = options.follow;
        return show_log(caller, options, request);
    }
    // A tick may take its time, and so many of them.
    const bool waits = command == "step" || command == "pause";
    const Json result = caller.ask(request, waits ? std::nullopt : std::optional(patience));
    print(options.json ? result.dump(2, ' ', false, Json::error_handler_t::replace) + "\n"
                       : result_text(command, options.seat, result, width()));
    return success;
}

int list(const CtlOptions& options) {
    const Json rows = list_runs(runs_there_are());
    if (options.json)
        print(rows);
    else
        print(rows.empty() ? "no run is going\n" : runs_text(rows, width()));
    return success;
}

int act(const CtlOptions& options, const std::string& command) {
    try {
        return command == "list" ? list(options) : ask(options, command);
    } catch (const ControlError& error) {
        const char* const end = error.message.ends_with('\n') ? "" : "\n";
        std::fprintf(stderr, "dragoman: %s%s", error.message.c_str(), end);
        return error.code == "bad_request" || error.code == "unknown_command" ? wrong_usage : internal_error;
    }
}

}  // namespace

Action add_ctl(CLI::App& app) {
    auto options = std::make_shared<CtlOptions>();
    app.require_subcommand(1);
    app.fallthrough();
    auto* run =
        app.add_option("--run", options->pid, "the run with this process id")->type_name("PID")->check(above_zero());
    app.add_option("--socket", options->socket, "the run that listens there")->type_name("PATH")->excludes(run);
    app.add_flag("--json", options->json, "the answer as JSON");
    app.add_subcommand("list", "the runs that are going");
    for (const ControlCommand& command : control_commands()) {
        if (command.name == "help") continue;
        auto* one = app.add_subcommand(std::string(command.name), std::string(command.about));
        one->footer("");
        for (const ControlMember& member : command.members) {
            if (member.name == "seat")
                one->add_option("seat", options->seat, "such as 1P, or game")->required(member.required);
            else if (member.name == "version")
                one->add_option("version", options->version, "its number")
                    ->check(CLI::Range(member.least, member.most));
            else if (member.name == "ticks")
                one->add_option("ticks", options->ticks, "so many")->check(CLI::Range(member.least, member.most));
            else if (member.name == "lines")
                one->add_option("-n,--lines", options->lines, "so many of the last lines")
                    ->check(CLI::Range(member.least, member.most))
                    ->capture_default_str();
            else if (member.name == "follow")
                one->add_flag("-f,--follow", options->follow, "go on with what comes, until the run ends");
        }
    }
    app.footer(
        "With one run going it is taken; see dragoman ctl list.\n"
        "Examples:\n"
        "  dragoman ctl status\n"
        "  dragoman ctl pause && dragoman ctl step 10\n"
        "  dragoman ctl log -f 1P\n"
        "  dragoman ctl --run 4711 rollback 1P 2\n"
        "Exit codes: 0 done; 1 no run, or it cannot be done; 2 usage.");
    return [options, &app] { return act(*options, app.get_subcommands().front()->get_name()); };
}

}  // namespace dragoman::command
