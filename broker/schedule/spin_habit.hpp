#pragma once

#include <algorithm>

#include "broker/session/script.hpp"

namespace dragoman {

/// Whether looking on for a while, instead of sleeping at once, is worth it: where waiter and script share a core it
/// only keeps the script from running. Learned from how it went: after three times in vain it is tried again once in a
/// while only.
class SpinHabit {
public:
    bool is_worth_it() { return misses_ < patience || ++skipped_ % retry == 0; }
    /// It came while somebody looked on, after `took`.
    void came(Clock::duration took) {
        misses_ = 0;
        usual_ += (took - usual_) / 8;
    }
    void came_later() { ++misses_; }
    /// How long to look on: some times as long as it usually takes.
    Clock::duration longest() const {
        using namespace std::chrono_literals;
        return std::clamp<Clock::duration>(4 * usual_, 50us, 2ms);
    }

private:
    static constexpr int patience = 3;
    static constexpr unsigned retry = 32;
    int misses_ = 0;
    unsigned skipped_ = 0;
    Clock::duration usual_ = std::chrono::microseconds(500);
};

}  // namespace dragoman
