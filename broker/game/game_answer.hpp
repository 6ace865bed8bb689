#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "broker/game/world_calls.hpp"

namespace dragoman {

/// A game's __done__, cut into the parts that go different ways. Views into the line that it came in.
struct GameAnswer {
    bool over = false;
    std::vector<std::pair<std::size_t, std::string_view>> scenes;  // seat, JSON; in the seats' order
    std::string_view result;
    std::string_view picture;
    std::string_view changes;
};

struct BadAnswer {
    std::string what;
};

/// For this frame of a game with these seats, of which the first `played` are played. Throws BadAnswer.
GameAnswer read_game_answer(std::string_view json, std::uint64_t frame, const std::vector<std::string>& seats,
                            std::size_t played);
/// Makes the changes that the answer brings along. Throws BadAnswer.
void make_changes(const GameAnswer& answer, WorldCalls& calls);

}  // namespace dragoman
