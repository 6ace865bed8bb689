#include <cmath>
#include <cstdio>
#include <cstring>

#include "broker/report/report.hpp"

namespace dragoman {
namespace {

double in_us(Clock::duration time) { return std::round(Milliseconds(time).count() * 1e4) / 10; }
double rounded_ms(Clock::duration time) { return std::round(Milliseconds(time).count() * 1e3) / 1e3; }
double rounded_ms(Milliseconds time) { return std::round(time.count() * 1e3) / 1e3; }

template <class T>
Json or_null(const std::optional<T>& value) {
    return value ? Json(*value) : Json();
}
Json or_null(const std::string& text) { return text.empty() ? Json() : Json(valid_utf8(text)); }

/// 3, not 3.0: ranks and scores are whole numbers in most games.
Json number_or_null(const std::optional<double>& value) {
    if (!value) return {};
    if (*value == std::floor(*value) && std::abs(*value) < 1e15) return static_cast<std::int64_t>(*value);
    return *value;
}

Json to_json(const PlayerReport& player) {
    Json outcomes = Json::object();
    for (std::size_t i = 0; i < outcome_count; ++i)
        if (const auto count = player.statistics.outcomes[i]; count > 0)
            outcomes[std::string(outcome_names[i])] = count;
    Json failure;
    if (player.failure) {
        failure = to_json(*player.failure);
        failure["stdout_tail"] = player.stdout_tail;
        failure["stderr_tail"] = player.stderr_tail;
    }
    Json denied = Json::array();
    for (const std::string& call : player.denied) denied.push_back(valid_utf8(call));
    const LatencyHistogram& latency = player.statistics.latency;
    return {{"name", player.name},
            {"script", valid_utf8(player.script)},
            {"language", or_null(player.language)},
            {"rank", number_or_null(player.rank)},
            {"score", number_or_null(player.score)},
            {"ticks", player.statistics.ticks()},
            {"outcomes", std::move(outcomes)},
            {"failure", std::move(failure)},
            {"trust", name(player.trust)},
            {"trust_reason", or_null(player.trust_reason)},
            {"denied", std::move(denied)},
            {"more_denied", player.more_denied},
            {"latency_us",
             {{"median", in_us(latency.quantile(0.5))},
              {"p99", in_us(latency.quantile(0.99))},
              {"max", in_us(latency.longest())}}},
            {"cpu_ms", rounded_ms(player.cpu)},
            {"peak_memory_bytes", player.peak_memory},
            {"late_answers", player.late_answers},
            {"unasked_commands", player.unasked},
            {"stdout_tail", player.stdout_tail},
            {"stderr_tail", player.stderr_tail}};
}

}  // namespace

std::string hash_text(std::uint64_t hash) {
    char text[17];
    std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(hash));
    return text;
}

Json to_json(const Failure& failure) {
    return {{"outcome", name(failure.outcome)},
            {"tick", failure.tick},
            {"round", failure.round},
            {"message", valid_utf8(failure.message)},
            {"signal", failure.signal != 0 ? Json(failure.signal) : Json()},
            {"signal_name", failure.signal != 0 ? Json(sigabbrev_np(failure.signal) != nullptr
                                                           ? std::string("SIG") + sigabbrev_np(failure.signal)
                                                           : "?")
                                                : Json()},
            {"exit_code", or_null(failure.exit_code)},
            {"used_ms", failure.used ? Json(rounded_ms(*failure.used)) : Json()},
            {"allowed_ms", failure.allowed ? Json(rounded_ms(*failure.allowed)) : Json()},
            {"file", or_null(failure.file)},
            {"line", failure.line > 0 ? Json(failure.line) : Json()},
            {"source", or_null(failure.source)},
            {"trace", or_null(failure.trace)}};
}

Json to_json(const SystemReport& system, const MatchReport& report) {
    const std::size_t first = report.players.size() + (report.game_script ? 1 : 0);
    const double mean = system.runs == 0 ? 0 : in_us(system.time / static_cast<std::int64_t>(system.runs));
    return {{"name", valid_utf8(system.name)},
            {"script", report.system_scripts[system.script - first].name},
            {"order", name(system.order)},
            {"runs", system.runs},
            {"mean_us", mean},
            {"created", system.created},
            {"destroyed", system.destroyed},
            {"overtaken", system.overtaken},
            {"torn", system.torn}};
}

Json to_json(const MatchReport& report) {
    Json players = Json::array();
    for (const PlayerReport& player : report.players) players.push_back(to_json(player));
    Json game_failure;
    if (report.game_script && report.game_script->failure) {
        game_failure = to_json(*report.game_script->failure);
        game_failure["stdout_tail"] = report.game_script->stdout_tail;
        game_failure["stderr_tail"] = report.game_script->stderr_tail;
    }
    Json system_scripts = Json::array();
    for (const PlayerReport& script : report.system_scripts) system_scripts.push_back(to_json(script));
    Json systems = Json::array();
    for (const SystemReport& system : report.systems) systems.push_back(to_json(system, report));
    return {{"game", report.game},
            {"seed", report.seed},
            {"ticks", report.ticks},
            {"rounds", report.rounds},
            {"end", name(report.end)},
            {"world_hash", hash_text(report.world_hash)},
            {"result", report.result},
            {"players", std::move(players)},
            {"game_failure", std::move(game_failure)},
            {"sandbox", or_null(report.sandbox)},
            {"system_scripts", std::move(system_scripts)},
            {"systems", std::move(systems)},
            {"stages", report.stages},
            {"data_tier", or_null(report.data_tier)}};
}

}  // namespace dragoman
