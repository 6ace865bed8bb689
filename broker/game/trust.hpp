#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "broker/sandbox/confinement.hpp"
#include "compilers/toml_section.hpp"

namespace dragoman {

/// What a game's dragoman.toml says of its scripts' limits and of whom it trusts. See docs/writing-a-game.md.
struct GameConfinements {
    /// Every player's, and those of single seats; the game's own script has the seat "game".
    Limits limits;
    std::map<std::string, Limits> seat_limits;

    struct Trusted {
        std::string who;  // a seat, or a path relative to the game's folder
        Confinement confinement;
    };
    std::vector<Trusted> trusted;

    /// For one script: the game's own where `seat` is "game".
    Confinement of(const std::string& seat, const std::filesystem::path& folder,
                   const std::filesystem::path& script) const;
};

/// The keys of [limits] that are limits of scripts, and the tables [limits.<seat>] in it.
void read_limits(const toml::table& limits, const std::filesystem::path& file, const std::vector<std::string>& seats,
                 GameConfinements& confinements, Problems& problems);
/// The tables [trust.<path or seat>]. What is odd but not wrong comes as a warning.
void read_trust(const toml::table& trust, const std::filesystem::path& file, const std::vector<std::string>& seats,
                GameConfinements& confinements, Problems& problems, Problems& warnings);

}  // namespace dragoman
