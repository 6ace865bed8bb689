#include "broker/command/control.hpp"

#include <CLI/CLI.hpp>

#include "broker/command/commands.hpp"
#include "broker/report/report.hpp"
#include "broker/session/transcript.hpp"

namespace dragoman::command {
namespace {

template <class... Arguments, class Also>
void also(std::function<void(Arguments...)>& told, Also act) {
    told = [before = std::move(told), act = std::move(act)](Arguments... arguments) {
        act(arguments...);
        if (before) before(arguments...);
    };
}

std::string text_of(const Failure& failure) {
    std::string text = std::string(name(failure.outcome)) + ": " + std::string(plain_message(failure));
    if (!failure.file.empty()) {
        text += " (" + failure.file;
        if (failure.line > 0) text += ":" + std::to_string(failure.line);
        text += ")";
    }
    return text;
}

std::string text_of(const ReloadEvent& event) {
    std::string text = std::string(name(event.step)) + ": version " + std::to_string(event.version);
    if (!event.file.empty()) text += ", " + event.file.filename().string();
    if (!event.text.empty()) text += ": " + event.text;
    if (event.failure) text += ": " + text_of(*event.failure);
    return text;
}

}  // namespace

void add_control_options(CLI::App& app, ControlOptions& options) {
    auto* path = app.add_option("--control", options.path,
                                "the socket for `dragoman ctl` (without it: one named after the process)")
                     ->type_name("PATH");
    auto* off = app.add_flag("--no-control", options.off, "no such socket")->excludes(path);
    app.add_flag("--paused", options.paused, "stand before the first tick until `dragoman ctl` says step or resume")
        ->excludes(off);
}

MatchControl::MatchControl(const ControlOptions& options, Match& match, ControlLog& log)
    : target_(match),
      server_(match.broker().io(), options.path.empty() ? usual_control_place() : ControlPlace(options.path), target_,
              log) {}

std::unique_ptr<MatchControl> serve_control(const ControlOptions& options, Match& match, ControlLog& log,
                                            const std::function<void(const std::string&)>& note) {
    if (options.off) return nullptr;
    std::string why;
    try {
        auto control = std::make_unique<MatchControl>(options, match, log);
        if (!options.paused) return control;
        match.gate().pause([note](TickGate::End end) {
            if (end == TickGate::End::stands) note("paused before the first tick: `dragoman ctl step` or `resume`");
        });
        return control;
    } catch (const ControlError& error) {
        why = error.message;
    } catch (const std::exception& error) {
        why = error.what();
    }
    if (options.paused) throw UsageError{"--paused: nobody could let it go on: no control socket: " + why};
    note("no control socket: " + why);
    return nullptr;
}

void keep_log(ControlLog& log, BrokerOptions& broker, MatchOptions& match, MatchObserver& observer) {
    also(broker.warn, [&log](const std::string& text) { log.add("warning", "", text); });
    also(broker.on_build, [&log](const BuildEvent& event) {
        log.add("build", "", std::string(name(event.kind)) + ": " + event.script.filename().string());
    });
    ScriptEvents& events = broker.events;
    also(events.output, [&log](const LiveScript& script, Stream, std::string_view text, bool) {
        log.add("output", script.name(), text);
    });
    also(events.log, [&log](const LiveScript& script, std::string_view level, std::string_view message) {
        log.add("log", script.name(), "[" + std::string(level) + "] " + std::string(message));
    });
    also(events.note,
         [&log](const LiveScript& script, const std::string& text) { log.add("note", script.name(), text); });
    also(events.denied,
         [&log](const LiveScript& script, const std::string& call) { log.add("denied", script.name(), call); });
    also(events.failed,
         [&log](LiveScript& script, Failure& failure) { log.add("failure", script.name(), text_of(failure)); });
    also(observer.tick, [&log](const TickEvent& event) { log.tick(event.tick); });
    also(observer.outcome, [&log](std::uint64_t, const std::string& player, Outcome outcome) {
        log.add("outcome", player, name(outcome));
    });
    also(observer.round_over, [&log](int round, std::string_view result) {
        log.add("round_over", "", "round " + std::to_string(round) + ": " + std::string(result));
    });
    if (match.reload)
        also(match.reload->on_event,
             [&log](const ReloadEvent& event) { log.add("reload", event.seat, text_of(event)); });
}

}  // namespace dragoman::command
