#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "broker/game/systems_manifest.hpp"
#include "broker/game/trust.hpp"
#include "compilers/problem.hpp"
#include "protocol/encode.hpp"

namespace dragoman {

struct GameParameter {
    std::string name;
    Json default_value;
    std::vector<Json> choices;  // empty: any value of the default's type
    std::string help;

    /// The value that `text` (of --param name=text) stands for, in the default's type; an error message otherwise.
    std::variant<Json, std::string> read(std::string_view text) const;
};

/// What a game folder's dragoman.toml says. See docs/writing-a-game.md.
struct GameManifest {
    std::filesystem::path folder;
    std::string name;
    std::string about;
    /// Empty: the game is its systems alone.
    std::filesystem::path script;
    double fps = 30;
    /// How many ticks a run has where nobody says otherwise.
    std::optional<std::uint64_t> ticks;
    std::vector<std::string> seats;
    std::size_t least_seats = 0;
    /// Scripts may take open seats in the middle of a match.
    bool joining = false;
    std::vector<Json> args;  // one for each seat
    Json kwargs = Json::object();
    std::vector<GameParameter> parameters;
    std::optional<std::chrono::milliseconds> tick_timeout;
    std::optional<std::chrono::milliseconds> start_timeout;
    GameConfinements confinements;
    SystemsManifest systems;
    /// What is odd, but not wrong.
    Problems warnings;

    const GameParameter* parameter(std::string_view name) const;
    /// The files of ml/ that may be players, in name order: those that do not begin with a dot or an underscore.
    std::vector<std::filesystem::path> files_in_ml() const;
};

/// Reads `<folder>/dragoman.toml`. Everything that is wrong with it comes back at once.
std::variant<GameManifest, Problems> read_game(const std::filesystem::path& folder);

}  // namespace dragoman
