#include "broker/command/play.hpp"

#include <CLI/CLI.hpp>

#include "broker/command/above_zero.hpp"
#include "broker/command/commands.hpp"

namespace dragoman::command {

void add_input_option(CLI::App& app, PlayOptions& options, const std::string& about) {
    app.add_option("-i,--input", options.inputs,
                   about +
                       "; the last one plays the open seats too\n(without it: "
                       "the scripts in ml/, in name order)")
        ->type_name("SCRIPT")
        ->allow_extra_args(false);
}

void add_play_options(CLI::App& app, PlayOptions& options, const PlayTexts& texts) {
    app.add_option("--ticks", options.ticks, "end after so many ticks")->check(above_zero());
    app.add_option("--seed", options.seed, texts.seed)
        ->check([](const std::string& text) {
            return text.find_first_not_of("0123456789") == std::string::npos ? "" : "expected a whole number from 0";
        })
        ->capture_default_str();
    app.add_option("--param", options.params, "one of the game's parameters")
        ->type_name("NAME=VALUE")
        ->allow_extra_args(false);
    app.add_option("--tick-timeout", options.tick_timeout, "time for one answer, such as 50ms (default 1s)")
        ->type_name("TIME");
    app.add_option("--start-timeout", options.start_timeout, texts.start_timeout)->type_name("TIME");
    add_confine_options(app, options.confine);
}

MatchOptions match_options(const PlayOptions& options, const GameManifest& game, std::vector<Source> players) {
    MatchOptions match;
    match.game = game;
    match.players = std::move(players);
    match.params = parameters(game, options.params);
    match.seed = options.seed;
    match.rounds = options.rounds;
    if (options.ticks > 0) match.most_ticks = options.ticks;
    for (std::size_t seat = 0; seat < match.players.size(); ++seat)
        match.confinements.push_back(confine(options.confine, &game, game.seats[seat], match.players[seat]));
    match.game_confinement = confine_game(options.confine, game);
    for (const std::filesystem::path& script : game.systems.scripts)
        match.system_confinements.push_back(confine_system(options.confine, game, script));
    return match;
}

BrokerOptions broker_options(const PlayOptions& options, const GameManifest& game) {
    BrokerOptions broker;
    broker.sandbox = sandbox_mode(options.confine);
    Deadlines& deadlines = broker.deadlines;
    if (game.tick_timeout) deadlines.tick = *game.tick_timeout;
    if (game.start_timeout) deadlines.start = *game.start_timeout;
    if (!options.tick_timeout.empty()) deadlines.tick = read_time("--tick-timeout", options.tick_timeout);
    if (!options.start_timeout.empty()) deadlines.start = read_time("--start-timeout", options.start_timeout);
    return broker;
}

std::vector<const PlayerReport*> scripts(const MatchReport& report) {
    std::vector<const PlayerReport*> all;
    if (report.shadow) all.push_back(&*report.shadow);
    for (const PlayerReport& player : report.players) all.push_back(&player);
    if (report.game_script) all.push_back(&*report.game_script);
    for (const PlayerReport& system : report.system_scripts) all.push_back(&system);
    return all;
}

int failure_code(const MatchReport& report) {
    int code = success;
    for (const PlayerReport* script : scripts(report)) {
        if (!script->failure) continue;
        if (script->failure->outcome == Outcome::compile_error) return did_not_compile;
        code = script_failed;
    }
    return code;
}

}  // namespace dragoman::command
