#pragma once

#include "broker/session/script.hpp"

namespace dragoman {

/// Whether a file is saved by a person or by a script that rewrites itself for ever. A save so soon after the version
/// began to play, or before it could, counts as one more in a row; after many of them each new version has to wait,
/// longer and longer.
class Backoff {
public:
    static constexpr int patience = 40;  // in a row
    /// With one that cannot write where it lies: whoever saves it is outside, and may well be a program.
    static constexpr int patience_with_outsiders = 1000;
    static constexpr Clock::duration soon = std::chrono::milliseconds(600);
    static constexpr Clock::duration first_pause = std::chrono::milliseconds(250);
    static constexpr Clock::duration longest_pause = std::chrono::seconds(2);

    explicit Backoff(int patience_with_it = patience) : patience_(patience_with_it) {}

    /// How long to wait before this save is acted on; zero for at once.
    Clock::duration saved(Clock::time_point now, Clock::time_point playing_since, bool replaces_one_on_its_way) {
        if (!replaces_one_on_its_way && now - playing_since > soon) {
            row_ = 0;
            pause_ = {};
            return {};
        }
        if (++row_ <= patience_) return {};
        pause_ = pause_ == Clock::duration{} ? first_pause : std::min(2 * pause_, longest_pause);
        return pause_;
    }

private:
    int patience_;
    int row_ = 0;
    Clock::duration pause_{};
};

}  // namespace dragoman
