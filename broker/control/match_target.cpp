#include "broker/control/match_target.hpp"

#include <unistd.h>

#include <cmath>
#include <stdexcept>

#include "broker/report/report.hpp"
#include "broker/session/transcript.hpp"

namespace dragoman {
namespace {

namespace fs = std::filesystem;

std::string_view name(Phase phase) {
    switch (phase) {
        case Phase::starting:
            return "starting";
        case Phase::idle:
            return "idle";
        case Phase::owing:
            return "owing";
        case Phase::overdue:
            return "overdue";
        case Phase::resetting:
            return "resetting";
        case Phase::lost:
            return "lost";
    }
    return "?";
}

std::string source_text(const std::variant<fs::path, ShellCommand>& source) {
    if (const auto* path = std::get_if<fs::path>(&source)) return valid_utf8(path->string());
    std::string text = "cmd:";
    for (const std::string& word : std::get<ShellCommand>(source).words) (text += text == "cmd:" ? "" : " ") += word;
    return valid_utf8(text);
}

Json or_null(std::string text) { return text.empty() ? Json() : Json(std::move(text)); }

}  // namespace

std::vector<std::string> MatchTarget::seats() const {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < match_.broker().size(); ++i) names.push_back(match_.broker().script(i).name());
    return names;
}

std::size_t MatchTarget::script_of(const std::string& seat) {
    const auto names = seats();
    for (std::size_t i = 0; i < names.size(); ++i)
        if (names[i] == seat) return i;
    throw ControlError{"unknown_seat", "there is no seat " + seat};
}

Reloader& MatchTarget::reloader() {
    if (Reloader* const reloader = match_.reloader()) return *reloader;
    if (match_.options().reload) throw ControlError{"unavailable", "the run is still starting"};
    throw ControlError{"unavailable", "this run does not watch its scripts: run with --watch"};
}

Json MatchTarget::seat_status(std::size_t number) {
    const Broker& broker = match_.broker();
    const LiveScript& script = broker.script(number);
    const ScriptSpec& spec = broker.spec(number);
    const ScriptStatistics& statistics = broker.statistics(number);
    const Runnable* const runnable = broker.runnable(number);
    const bool is_command = std::holds_alternative<ShellCommand>(spec.source);
    Json outcomes = Json::object();
    for (std::size_t i = 0; i < outcome_count; ++i)
        if (const auto count = statistics.outcomes[i]; count > 0) outcomes[std::string(outcome_names[i])] = count;
    const double median = std::chrono::duration<double, std::micro>(statistics.latency.quantile(0.5)).count();
    Reloader* const reloader = match_.reloader();
    return {{"name", script.name()},
            {"role", name(spec.role)},
            {"script", or_null(source_text(spec.source))},
            {"language", runnable != nullptr ? Json(runnable->language->name)
                         : is_command        ? Json("command")
                                             : Json()},
            {"phase", name(script.phase())},
            {"pid", script.pid() != 0 && !script.gone() ? Json(script.pid()) : Json()},
            {"outcomes", std::move(outcomes)},
            {"median_us", statistics.latency.count() > 0 ? Json(std::round(median * 10) / 10) : Json()},
            {"failure", script.failure() ? to_json(*script.failure()) : Json()},
            {"version", reloader != nullptr && !is_command ? reloader->version(number) : 1},
            {"reload", reloader != nullptr && !is_command ? Json(reloader->state(number)) : Json()}};
}

Json MatchTarget::status() {
    const MatchProgress progress = match_.progress();
    const TickGate& gate = match_.gate();
    const double uptime = std::chrono::duration<double>(std::chrono::steady_clock::now() - began_).count();
    const auto& options = match_.options();
    Json scripts = Json::array();
    for (std::size_t i = 0; i < match_.broker().size(); ++i) scripts.push_back(seat_status(i));
    return {{"game", options.game.name},
            {"pid", ::getpid()},
            {"state", !progress.plays   ? (progress.tick == 0 ? "starting" : "ending")
                      : gate.stepping() ? "stepping"
                      : gate.paused()   ? "paused"
                                        : "playing"},
            {"paused", gate.paused()},
            {"tick", progress.tick},
            {"round", progress.round},
            {"rounds", options.rounds},
            {"frame", progress.frame},
            {"world_hash", hash_text(progress.world_hash)},
            {"fps", options.fps ? Json(*options.fps) : Json()},
            {"seed", options.seed},
            {"sandbox", match_.broker().sandbox_tier()},
            {"uptime", std::round(uptime * 1000) / 1000},
            {"watches", match_.options().reload.has_value()},
            {"seats", std::move(scripts)}};
}

Json MatchTarget::versions(const std::string& seat) {
    return {{"seat", seat}, {"versions", to_json(reloader().versions(script_of(seat)))}};
}

void MatchTarget::rollback(const std::string& seat, std::optional<int> number) {
    try {
        reloader().rollback(script_of(seat), number);
    } catch (const std::invalid_argument& error) {
        throw ControlError{"no_version", error.what()};
    } catch (const std::out_of_range&) {
        throw ControlError{"unavailable", seat + " is a command of the user's own: it has no versions"};
    }
}

void MatchTarget::reload(const std::string& seat) {
    try {
        reloader().reload(script_of(seat));
    } catch (const std::invalid_argument& error) {
        throw ControlError{"unavailable", seat + ": " + error.what()};
    } catch (const std::out_of_range&) {
        throw ControlError{"unavailable", seat + " is a command of the user's own: it is not reloaded"};
    }
}

/// From the gate's word to the client's.
TickGate::Done MatchTarget::told(ControlDone done, std::uint64_t from) {
    return [this, done = std::move(done), from](TickGate::End end) {
        const std::uint64_t tick = match_.progress().tick;
        if (end == TickGate::End::stands) return done(Json{{"tick", tick}});
        const std::string played = tick > from ? " after " + std::to_string(tick - from) + " ticks" : "";
        if (end == TickGate::End::over) return done(ControlError{"over", "the run has ended" + played});
        done(ControlError{"overtaken", "another command came first" + played});
    };
}

void MatchTarget::pause(ControlDone done) { match_.gate().pause(told(std::move(done), match_.progress().tick)); }

void MatchTarget::step(std::uint64_t ticks, ControlDone done) {
    TickGate& gate = match_.gate();
    if (!gate.paused()) throw ControlError{"not_paused", "the run is not paused: pause it first"};
    if (gate.stepping())
        throw ControlError{"busy", "steps are under way: " + std::to_string(gate.ticks_left()) + " ticks to go"};
    gate.step(ticks, told(std::move(done), match_.progress().tick));
}

void MatchTarget::resume() { match_.gate().resume(); }

void MatchTarget::stop() { match_.broker().stop(); }

}  // namespace dragoman
