#pragma once

#include <algorithm>
#include <chrono>

namespace dragoman {

/// How much of the run's time may go to those who ask it things: a share of the time that goes by, and what was saved
/// up for a burst. No clock: times are arguments.
class Allowance {
public:
    using Clock = std::chrono::steady_clock;

    Allowance(double share, Clock::duration burst) : share_(share), burst_(burst), saved_(burst) {}

    /// How long to wait before the next request; zero: none.
    Clock::duration wait(Clock::time_point now) {
        if (now > seen_) {
            const auto earned = seen_ == Clock::time_point{} ? burst_ : scaled(now - seen_, share_);
            saved_ = std::min(burst_, saved_ + earned);
            seen_ = now;
        }
        return saved_ > Clock::duration::zero() ? Clock::duration::zero() : scaled(-saved_, 1 / share_) + grain;
    }
    /// It has cost so much.
    void spend(Clock::duration time) { saved_ -= time; }

private:
    static constexpr Clock::duration grain = std::chrono::milliseconds(1);
    static Clock::duration scaled(Clock::duration time, double by) {
        return Clock::duration(static_cast<Clock::rep>(static_cast<double>(time.count()) * by));
    }

    double share_;
    Clock::duration burst_;
    Clock::duration saved_;
    Clock::time_point seen_{};
};

}  // namespace dragoman
