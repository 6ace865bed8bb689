// The base of a game's script: class Game : public dragoman::Game { ... };
#pragma once
#include <dragoman/state.hpp>
#include <dragoman/world.hpp>

#include <nlohmann/json.hpp>

#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace dragoman {

class Game {
public:
    /// Fills in what is known before the first round: players, params, seed.
    Game();
    virtual ~Game() = default;
    Game(const Game&) = delete;
    Game& operator=(const Game&) = delete;

    std::vector<std::string> players;  ///< the seats
    nlohmann::json params;             ///< the game's parameters
    std::uint64_t seed = 0;            ///< this round's
    std::int64_t round = 0;
    std::int64_t frame = 0;         ///< updates since the round's start: 0 in setup, 1 in the first update
    double dt = 0;                  ///< seconds
    nlohmann::json absent;          ///< seat: why it sent nothing in the last tick
    std::vector<std::string> lost;  ///< seats that have lost their script for good
    World world;
    std::mt19937_64 random;  ///< seeded anew for each round, with seed

    /// Declares components and creates the entities of a new round.
    virtual void setup() {}
    /// One tick: commands[seat] is the player's value or null. True when the round is over.
    virtual bool update(const nlohmann::json& commands) = 0;
    /// {seat: scene}
    virtual nlohmann::json scenes() = 0;
    /// {seat: {"rank": 1, "score": 3}}, asked for when the round is over.
    virtual nlohmann::json result() = 0;
    /// What it looks like now; null for nothing. See "Pictures" in docs/protocol.md.
    virtual nlohmann::json picture() { return nullptr; }
};

template <class Script>
Game* make_game() {
    return Held<Script>::object = new Script();
}

}  // namespace dragoman
