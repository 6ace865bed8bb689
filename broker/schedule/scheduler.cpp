#include "broker/schedule/scheduler.hpp"

#include <algorithm>
#include <cstdio>

namespace dragoman {
namespace {

using namespace std::chrono_literals;

/// Answers that come sooner cost no look at the CPU clock.
constexpr auto quick = 2ms;
constexpr auto quick_for_each = 100us;  // more, since many scripts take turns on few cores

std::string in_whole_ms(Clock::duration time) {
    char text[32];
    std::snprintf(text, sizeof text, "%.0f ms", Milliseconds(time).count());
    return text;
}

bool owes(Phase phase) { return phase == Phase::overdue || phase == Phase::resetting || phase == Phase::starting; }

}  // namespace

void Scheduler::start(std::span<Seat> seats) {
    for (Seat& seat : seats) {
        if (seat.script->phase() != Phase::starting) continue;  // it plays already
        seat.waiting_for = Phase::starting;
        seat.loses_at = waiter_.now() + deadlines_.start;
    }
    settle(seats, Clock::time_point::max());
}

void Scheduler::tick(std::span<Seat> seats, std::uint64_t tick, int round, Clock::duration allowed,
                     Clock::duration patience) {
    tick_ = tick;
    round_ = round;
    for (Seat& seat : seats) {
        seat.outcome.reset();
        seat.is_asked = false;
    }
    const bool debts =
        std::any_of(seats.begin(), seats.end(), [](const Seat& seat) { return owes(seat.script->phase()); });
    if (debts) settle(seats, patience == Clock::duration::max() ? Clock::time_point::max() : waiter_.now() + patience);
    const auto now = waiter_.now();
    next_check_ = check_limits(seats, now);  // what a script did in the others' turn counts
    for (Seat& seat : seats) {
        if (seat.json.empty() || seat.script->phase() != Phase::idle) continue;
        seat.is_asked = true;
        seat.asked = tick;
        seat.asked_at = now;
        seat.allowed = allowed;
        seat.script->send(seat.header, seat.json);
    }
    collect(seats, allowed);
    for (Seat& seat : seats)
        if (!seat.json.empty()) seat.outcome = outcome_of(seat);
}

void Scheduler::await(std::span<Seat> seats, std::uint64_t tick, int round, Clock::time_point opened,
                      Clock::duration allowed) {
    tick_ = tick;
    round_ = round;
    for (Seat& seat : seats) {
        seat.is_asked = seat.script->phase() == Phase::owing;
        if (!seat.is_asked) continue;  // how the last tick ended for it still stands
        seat.outcome.reset();
        seat.asked = tick;
        seat.asked_at = opened;
        seat.allowed = allowed;
    }
    next_check_ = check_limits(seats, waiter_.now());
    collect(seats, allowed);
    for (Seat& seat : seats)
        if (seat.is_asked) seat.outcome = outcome_of(seat);
}

std::optional<Outcome> Scheduler::outcome_of(const Seat& seat) const {
    switch (seat.script->phase()) {
        case Phase::lost:
            return seat.script->failure() ? seat.script->failure()->outcome : Outcome::exited;
        case Phase::overdue:
            return Outcome::late;
        case Phase::owing:
            return std::nullopt;  // the run stops
        case Phase::starting:
        case Phase::idle:
        case Phase::resetting:
            break;
    }
    if (seat.is_asked) return Outcome::ok;
    return waiter_.stopping() ? std::nullopt : std::optional(Outcome::late);  // it was not ready for this scene in time
}

/// When there is something to look at again, at the earliest.
Clock::time_point Scheduler::check_limits(std::span<Seat> seats, Clock::time_point now) {
    auto next = Clock::time_point::max();
    for (Seat& seat : seats) next = std::min(next, seat.script->check_limits(now));
    return next;
}

/// Waits for those who owe something from before; takes their seats when they owe it too long.
void Scheduler::settle(std::span<Seat> seats, Clock::time_point until) {
    while (!waiter_.stopping()) {
        const auto now = waiter_.now();
        auto next = until;
        bool waiting = false;
        for (Seat& seat : seats) {
            const Phase phase = seat.script->phase();
            if (!owes(phase)) continue;
            if (seat.waiting_for != phase) {  // an overdue answer was RESET: READY is due now
                seat.waiting_for = phase;
                seat.loses_at = now + deadlines_.start;
            }
            if (now >= seat.loses_at) {
                if (phase == Phase::overdue)
                    give_up(seat);
                else
                    lose(seat, Outcome::not_ready,
                         std::string("not READY within ") + in_whole_ms(deadlines_.start) +
                             (phase == Phase::starting ? " of its start" : " of its RESET"),
                         deadlines_.start, deadlines_.start);
                continue;
            }
            const auto check = seat.script->check_limits(now);
            if (seat.script->phase() == Phase::lost) continue;
            waiting = true;
            next = std::min({next, seat.loses_at, check});
        }
        if (!waiting || now >= until) return;
        waiter_.wait(next);
    }
}

/// Waits for the answers to what just went out.
void Scheduler::collect(std::span<Seat> seats, Clock::duration allowed) {
    const auto sent = waiter_.now();
    const auto deadline = sent + allowed;
    // A script that got no core gets more wall time, but never so much that the tick lasts past the grace.
    const auto last = deadline + deadlines_.grace;
    bool marked = false;
    bool polled = false;
    const Clock::time_point look_at = sent + quick + quick_for_each * static_cast<int>(seats.size());
    const auto owing = [](const Seat& seat) { return seat.script->phase() == Phase::owing; };
    // Who has answered does not owe again in this tick, so the first who owes only moves forward: many scripts cost
    // each no more.
    auto first = seats.begin();
    while (!waiter_.stopping()) {
        first = std::find_if(first, seats.end(), owing);
        if (first == seats.end()) break;
        const auto now = waiter_.now();
        if (!marked && now >= look_at) {
            marked = true;
            for (Seat& seat : seats)
                if (owing(seat)) seat.script->mark_cpu();
        }
        if (now >= next_check_) {
            next_check_ = check_limits(seats, now);
            continue;
        }
        if (now >= deadline &&
            !polled) {  // an answer that came in time may still wait to be read, behind another's flood
            polled = true;
            waiter_.poll();
            continue;
        }
        if (now >= deadline) {
            bool starved = false;
            for (Seat& seat : seats) {
                if (!owing(seat)) continue;
                const auto used = seat.script->cpu_in_exchange();
                if (now < last && used && *used < allowed && seat.script->starved()) {
                    starved = true;
                    continue;
                }
                seat.script->overdue();
                seat.waiting_for = Phase::overdue;
                seat.loses_at = last;
            }
            if (!starved) break;
            waiter_.wait(std::min({now + 5ms, last, next_check_}));
            continue;
        }
        waiter_.wait(std::min(next_check_, marked ? deadline : std::min(deadline, look_at)));
    }
    for (Seat& seat : seats)
        if (seat.script->phase() == Phase::resetting && seat.waiting_for != Phase::resetting) {
            seat.waiting_for = Phase::resetting;
            seat.loses_at = waiter_.now() + deadlines_.start;
        } else if (seat.script->phase() == Phase::idle) {
            seat.waiting_for = Phase::idle;
        }
}

void Scheduler::give_up(Seat& seat) {
    const auto used = waiter_.now() - seat.asked_at;
    std::string message = "no answer after " + in_whole_ms(used) + "; " + in_whole_ms(seat.allowed) + " were allowed";
    switch (seat.script->state()) {
        case 'T':
            message += "; the script is stopped";
            break;
        case 'S':
            message += "; the script is sleeping or waiting for something";
            break;
        case 'R':
            message += "; the script is computing";
            break;
        default:
            break;
    }
    if (const auto cpu = seat.script->cpu_in_exchange()) message += " (CPU time used: " + in_whole_ms(*cpu) + ")";
    lose(seat, Outcome::late, std::move(message), used, seat.allowed);
}

void Scheduler::lose(Seat& seat, Outcome outcome, std::string message, Clock::duration used, Clock::duration allowed) {
    Failure failure;
    failure.outcome = outcome;
    failure.message = std::move(message);
    failure.tick = outcome == Outcome::late ? seat.asked : tick_;
    failure.round = round_;
    failure.used = used;
    failure.allowed = allowed;
    seat.script->fail(std::move(failure));
}

}  // namespace dragoman
