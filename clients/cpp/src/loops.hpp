// One loop for each role. They end only with the program; what the script throws comes through.
#pragma once
#include "session.hpp"

#include <string>

namespace dragoman {

/// What the script is doing right now, for the message when it fails: "MLPlay::update, scene 12".
struct Doing {
    const char* what = "";
    std::int64_t count = -1;
};
extern Doing doing;

[[noreturn]] void play(Session& session, Player& player);
[[noreturn]] void run_game(Session& session, Game* (*make)());
[[noreturn]] void serve_verbs(Session& session);
[[noreturn]] void run_systems(Session& session);

}  // namespace dragoman
