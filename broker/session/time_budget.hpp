#pragma once

#include <optional>
#include <string>
#include <thread>

#include "broker/sandbox/limits.hpp"
#include "broker/session/script.hpp"

namespace dragoman {

/// "12.3 ms".
std::string in_ms(Milliseconds time);

/// What a script may use of CPU and wall time, and what it has used. No clock: times and readings are arguments.
///
/// A tick is charged with all CPU time since the one before was answered, so computing in another player's turn wins
/// nothing. From its start, or its RESET, to READY only the limits in all count.
class TimeBudget {
public:
    /// `cores`: how many of the machine's the script can use at once.
    explicit TimeBudget(const Limits& limits, unsigned cores = std::thread::hardware_concurrency());

    bool limited() const { return counts_cpu() || wall_total_; }
    bool counts_cpu() const { return cpu_per_tick_ || cpu_total_; }

    void begin(Clock::time_point now);
    /// It has used so much CPU time in all; unset: not known just now. Where that is too much, why it loses its seat.
    std::optional<Failure> look(Clock::time_point now, std::optional<std::chrono::nanoseconds> used);
    /// Before this time it cannot be over a limit: there is no use in looking.
    Clock::time_point next_look() const { return next_look_; }
    /// Its answer is there: what it uses from here on belongs to its next tick; or to none, until it is READY.
    void close_tick(bool ready);
    /// The run was paused for so long: it counts for nothing, nor does what was computed meanwhile.
    void stood_still(Clock::duration time, std::optional<std::chrono::nanoseconds> used);

private:
    Clock::time_point bound(Clock::time_point now) const;

    std::optional<std::chrono::nanoseconds> cpu_per_tick_;
    std::optional<std::chrono::nanoseconds> cpu_total_;
    std::optional<std::chrono::nanoseconds> wall_total_;
    int cores_;
    bool in_tick_ = false;
    Clock::time_point began_{};
    Clock::time_point looked_{};
    Clock::time_point next_look_ = Clock::time_point::max();
    std::chrono::nanoseconds used_{};
    std::chrono::nanoseconds charged_from_{};
};

}  // namespace dragoman
