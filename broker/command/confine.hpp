#pragma once
// The options of `run` and `check` that say what a script may use and what holds it.

#include <map>
#include <string>

#include "broker/game/match.hpp"

namespace CLI {
class App;
}

namespace dragoman::command {

struct ConfineOptions {
    std::map<std::string, std::string> limits;  // by name, those that were given
    std::string sandbox = "auto";
};

/// --sandbox, for a command that starts nothing but compilers.
void add_sandbox_option(CLI::App& app, std::string& mode);
/// --memory, --cpu-per-tick, ..., --sandbox.
void add_confine_options(CLI::App& app, ConfineOptions& options);

SandboxMode sandbox_mode(const ConfineOptions& options);

/// What holds a player's script: the game's word, where there is a game, and the command line's, which wins. Throws
/// UsageError for a limit that makes no sense.
Confinement confine(const ConfineOptions& options, const GameManifest* game, const std::string& seat,
                    const std::variant<std::filesystem::path, ShellCommand>& source);
/// What holds the game's own script. The command line's limits are the players'.
Confinement confine_game(const ConfineOptions& options, const GameManifest& game);

/// What holds a script of the game's systems; the command line's limits are heeded.
Confinement confine_system(const ConfineOptions& options, const GameManifest& game,
                           const std::filesystem::path& script);

/// What a person has to know before the scripts start: that there is no sandbox, who is trusted and who is not, though
/// the game would have it so.
std::vector<std::string> warnings(const ConfineOptions& options, const MatchOptions& match);

}  // namespace dragoman::command
