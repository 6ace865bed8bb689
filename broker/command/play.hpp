#pragma once
// The options of `run` and `shadow` that say which match is played, and what they come to.

#include <cstdint>
#include <string>
#include <vector>

#include "broker/command/confine.hpp"
#include "broker/command/players.hpp"

namespace CLI {
class App;
}

namespace dragoman::command {

struct PlayOptions {
    std::vector<std::string> inputs;
    int rounds = 1;
    std::uint64_t ticks = 0;  // 0: as many as the game wants
    std::uint64_t seed = 1;
    std::vector<std::string> params;
    std::string tick_timeout;
    std::string start_timeout;
    ConfineOptions confine;
};

/// -i; `about` says whose seats its scripts take.
void add_input_option(CLI::App& app, PlayOptions& options, const std::string& about);

/// What a command says of options that mean a little more, or less, in it.
struct PlayTexts {
    std::string seed;
    std::string start_timeout;
};
/// --ticks, --seed, --param, --tick-timeout, --start-timeout, and how scripts are held.
void add_play_options(CLI::App& app, PlayOptions& options, const PlayTexts& texts);

/// The match with these players, each of them, the game and its systems held as they are to be. Throws UsageError.
MatchOptions match_options(const PlayOptions& options, const GameManifest& game, std::vector<Source> players);
/// The sandbox, and the deadlines: the command line's, else the game's. Throws UsageError.
BrokerOptions broker_options(const PlayOptions& options, const GameManifest& game);

/// Of a match that is over: all its scripts, the shadow first.
std::vector<const PlayerReport*> scripts(const MatchReport& report);
/// success, script_failed or did_not_compile: the worst that befell one of them.
int failure_code(const MatchReport& report);

}  // namespace dragoman::command
