#pragma once

#include <span>
#include <string>
#include <vector>

#include "broker/session/script.hpp"

namespace dragoman {

/// The one place that waits, and the clock that deadlines are read from. Tests bring their own time.
class Waiter {
public:
    virtual ~Waiter() = default;
    virtual Clock::time_point now() = 0;
    /// Returns when something has happened to a script, at `until`, or when the run is to stop.
    virtual void wait(Clock::time_point until) = 0;
    /// Lets what has already arrived be taken in, without waiting.
    virtual void poll() = 0;
    virtual bool stopping() const = 0;
};

struct Deadlines {
    /// From a scene to its answer.
    Clock::duration tick = std::chrono::seconds(1);
    /// From the start, or from RESET, to READY.
    Clock::duration start = std::chrono::seconds(10);
    /// A script that is still silent this long after its deadline loses its seat.
    Clock::duration grace = std::chrono::milliseconds(400);
};

/// A script and what the scheduler remembers of it between ticks.
struct Seat {
    explicit Seat(Script& script, std::optional<Outcome> outcome = {}) : script(&script), outcome(outcome) {}

    Script* script;
    /// What it gets in this tick, valid until tick() returns; empty: nothing, and it owes nothing.
    std::string_view json;
    Header header = Header::scene_info;
    /// How this tick ended for it; nothing where it took no part, or where the run was stopped meanwhile.
    std::optional<Outcome> outcome;
    /// Overdue or resetting: when that costs it its seat.
    Clock::time_point loses_at{};
    Phase waiting_for = Phase::idle;
    bool is_asked = false;    // in this tick
    std::uint64_t asked = 0;  // the tick of the exchange that is or was open
    Clock::time_point asked_at{};
    Clock::duration allowed{};
};

/// Runs ticks. All messages go out before any answer is awaited; outcomes stand in the seats' order whatever order the
/// answers came in.
class Scheduler {
public:
    Scheduler(Waiter& waiter, Deadlines deadlines) : waiter_(waiter), deadlines_(deadlines) {}

    /// Waits until every script that is starting is READY or has failed.
    void start(std::span<Seat> seats);
    /// One tick. Scripts that still owe an answer, or READY, are waited for first: until then they get nothing.
    /// `patience` bounds that wait, for games in real time: past it the tick goes on without them.
    void tick(std::span<Seat> seats, std::uint64_t tick, int round, Clock::duration allowed,
              Clock::duration patience = Clock::duration::max());

    /// Waits for scripts that owe the answer to an exchange that was opened elsewhere (at `opened`), as tick() does for
    /// those that it opened itself. Their outcomes are set.
    void await(std::span<Seat> seats, std::uint64_t tick, int round, Clock::time_point opened, Clock::duration allowed);

    /// Takes an overdue script's seat now.
    void give_up(Seat& seat);

    const Deadlines& deadlines() const { return deadlines_; }

private:
    void settle(std::span<Seat> seats, Clock::time_point until);
    Clock::time_point check_limits(std::span<Seat> seats, Clock::time_point now);
    void collect(std::span<Seat> seats, Clock::duration allowed);
    std::optional<Outcome> outcome_of(const Seat& seat) const;
    void lose(Seat& seat, Outcome outcome, std::string message, Clock::duration used, Clock::duration allowed);

    Waiter& waiter_;
    Deadlines deadlines_;
    Clock::time_point next_check_ = Clock::time_point::max();  // of the limits, within a tick
    std::uint64_t tick_ = 0;
    int round_ = 0;
};

}  // namespace dragoman
