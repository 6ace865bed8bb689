#pragma once

#include "broker/game/match.hpp"

namespace dragoman::command {

/// The game in `folder`; throws UsageError with every problem of its dragoman.toml.
GameManifest read_game_or_throw(const std::string& folder);

/// The folder, or, where there is none of that name, the one in examples/, here or beside the build.
std::filesystem::path find_game(const std::string& name);

/// The game's parameters: their defaults, and what `given` (NAME=VALUE) says. Throws UsageError.
Json parameters(const GameManifest& game, const std::vector<std::string>& given);

using Source = std::variant<std::filesystem::path, ShellCommand>;
/// A path, or 'cmd:...'. Throws UsageError for what cannot be split into words.
Source read_source(const std::string& text);

/// Who sits where: `inputs`, or the scripts of known languages in ml/ by name; the last one plays the open seats too,
/// as in MLGame. Throws UsageError where there are too many, none, a file that is not there, or one of an unknown
/// language.
std::vector<Source> choose_players(const GameManifest& game, const std::vector<std::string>& inputs);

}  // namespace dragoman::command
