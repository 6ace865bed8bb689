#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "broker/broker.hpp"
#include "broker/game/game_answer.hpp"
#include "ecs/world.hpp"

namespace dragoman {

/// The first thing in which a shadow's world is not the one that is played in, in words.
std::string world_difference(ecs::World& played, ecs::World& shadow);

/// A version of a game that is the shadow of the one that plays: it is asked the same, in a world of its own.
class GameShadow {
public:
    GameShadow(std::vector<std::string> seats, std::size_t played) : seats_(std::move(seats)), played_(played) {}

    /// Before the game that plays is asked `update`: the shadow's world becomes what the other one is. That costs a
    /// look where it is so already, and a copy where it is not: at the beginning, after a difference, and wherever
    /// somebody else changes the world between two ticks. Throws ecs::Error where it cannot be copied.
    void prepare(ecs::World& world, std::string update);

    /// What the game that plays did in the tick that was prepared.
    struct Played {
        ecs::World& world;
        std::uint64_t frame;
        const GameAnswer& answer;
        Clock::duration allowed;
    };
    /// Asks the shadow the same, and says what it does otherwise; nothing where that is nothing, or where it fails (its
    /// script is lost then).
    std::optional<std::string> tick(Broker& broker, LiveVersion& version, const Played& played);

    /// Where a call of this script goes, while it is asked; nullptr for others.
    WorldCalls* calls_of(const LiveScript& script) { return &script == asked_ ? &*calls_ : nullptr; }

private:
    std::optional<std::string> differs(const GameAnswer& mine, const Played& played);
    static void fail(LiveScript& script, Outcome outcome, std::string message);

    std::vector<std::string> seats_;
    std::size_t played_;
    std::unique_ptr<ecs::World> world_;
    std::optional<WorldCalls> calls_;
    std::string update_;
    const LiveScript* asked_ = nullptr;
};

}  // namespace dragoman
