#include <algorithm>

#include "broker/game/match_state.hpp"

namespace dragoman {

namespace fs = std::filesystem;

std::string_view name(MatchEnd end) {
    switch (end) {
        case MatchEnd::rounds_played:
            return "rounds_played";
        case MatchEnd::ticks_played:
            return "ticks_played";
        case MatchEnd::all_lost:
            return "all_lost";
        case MatchEnd::game_failed:
            return "game_failed";
        case MatchEnd::systems_failed:
            return "systems_failed";
        case MatchEnd::stopped:
            return "stopped";
    }
    return "?";
}

PlayerReport Match::State::report_on(std::size_t number) const {
    const LiveScript& script = broker.script(number);
    PlayerReport player;
    player.name = script.name();
    player.statistics = broker.statistics(number);
    player.failure = script.failure();
    player.stdout_tail = script.standard_output().tail();
    player.stderr_tail = script.standard_error().tail();
    player.late_answers = script.session().late_answers();
    player.unasked = script.session().unasked();
    const Confinement& confinement = broker.spec(number).confinement;
    player.trust = confinement.trust;
    player.trust_reason = confinement.reason;
    player.denied = script.refusals().calls();
    player.more_denied = script.refusals().more();
    player.cpu = script.cpu_time();
    if (const auto end = script.end()) player.peak_memory = end->peak_memory;
    if (const Runnable* runnable = broker.runnable(number)) player.language = runnable->language->name;
    if (const BuildFailure* failure = broker.build_failure(number); failure != nullptr && failure->language != nullptr)
        player.language = failure->language->name;
    return player;
}

/// Whoever has the seat by now.
std::string Match::State::source_of(std::size_t script, PlayerReport& player) const {
    const auto& source = broker.spec(script).source;
    if (const auto* path = std::get_if<fs::path>(&source)) return path->string();
    player.language = "command";
    std::string text = "cmd:";
    const char* between = "";
    for (const auto& word : std::get<ShellCommand>(source).words) (text += std::exchange(between, " ")) += word;
    return text;
}

MatchReport Match::finish() {
    State& state = *state_;
    if (state.reloader != nullptr) state.reloader->stop();
    state.plays = false;
    state.gate.close();
    state.broker.finish(name(state.report.end));
    MatchReport report = std::move(state.report);
    report.ticks = state.tick;
    report.sandbox = state.broker.sandbox_tier();
    for (std::size_t seat = 0; seat < state.seat_count(); ++seat) {
        PlayerReport player = state.report_on(seat);
        player.script = state.source_of(seat, player);
        if (report.rounds > 0) player.score = state.scores[seat];
        report.players.push_back(std::move(player));
    }
    if (state.shadow) {
        PlayerReport shadow = state.report_on(*state.shadow);
        shadow.script = state.source_of(*state.shadow, shadow);
        report.shadow = std::move(shadow);
    }
    // Over one round the game's own ranks stand; over several, the order of their sums.
    for (std::size_t seat = 0; seat < state.seat_count() && report.rounds > 0; ++seat) {
        double rank = 1;
        for (std::size_t other = 0; other < state.seat_count(); ++other)
            rank += state.ranks[other] < state.ranks[seat] ? 1 : 0;
        report.players[seat].rank = report.rounds == 1 ? state.ranks[seat] : rank;
    }
    if (state.has_game()) {
        PlayerReport game = state.report_on(state.game());
        game.script = state.options.game.script.string();
        report.game_script = std::move(game);
    }
    std::optional<DataTier> weakest;
    for (std::size_t i = 0; i < state.system_scripts.size(); ++i) {
        PlayerReport script = state.report_on(state.system_scripts[i]);
        script.script = state.options.game.systems.scripts[i].string();
        report.system_scripts.push_back(std::move(script));
        weakest = std::max(weakest.value_or(DataTier::isolated), state.broker.data_tier(state.system_scripts[i]));
    }
    report.systems = state.systems.reports();
    report.stages = state.systems.stages();
    if (weakest) report.data_tier = name(*weakest);
    return report;
}

}  // namespace dragoman
