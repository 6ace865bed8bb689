// What MLGame's C++ scripts include: the base of MLPlay, and `json`. C++11 is enough for it.
#pragma once
#include <nlohmann/json.hpp>

using json = nlohmann::json;

class AbstractMLPlay {
public:
    /// Called for each scene; returns the command. "RESET" says that the round is over.
    virtual json update(json scene_info) = 0;
    /// Called between two rounds.
    virtual void reset() = 0;
};
