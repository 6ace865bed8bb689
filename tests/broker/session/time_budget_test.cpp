#include "broker/session/time_budget.hpp"

#include <doctest/doctest.h>

using namespace dragoman;
using namespace std::chrono_literals;

namespace {

/// A budget whose clock and whose script's CPU time are moved by hand. One core, unless it is said otherwise.
struct Budgeted {
    TimeBudget budget;
    Clock::time_point start{1h};

    explicit Budgeted(const Limits& limits, unsigned cores = 1) : budget(limits, cores) { budget.begin(start); }
    std::string look(Clock::duration at, std::chrono::nanoseconds used) {
        const auto failure = budget.look(start + at, used);
        return failure ? std::string(name(failure->outcome)) : "fine";
    }
    double next_ms() const { return Milliseconds(budget.next_look() - start).count(); }
};

Limits per_tick(std::chrono::nanoseconds time) {
    Limits limits;
    limits.cpu_per_tick = time;
    return limits;
}

}  // namespace

TEST_CASE("what is not limited is never looked at") {
    Budgeted one{Limits{}};
    CHECK_FALSE(one.budget.limited());
    CHECK((one.budget.next_look() == Clock::time_point::max()));
}

TEST_CASE("the start is no tick; what is computed between two ticks belongs to the second") {
    Budgeted one{per_tick(50ms)};
    CHECK(one.look(300ms, 300ms) == "fine");
    one.budget.close_tick(true);
    CHECK(one.look(340ms, 340ms) == "fine");
    one.budget.close_tick(true);
    CHECK(one.look(380ms, 380ms) == "fine");
    CHECK(one.look(400ms, 395ms) == "cpu_limit");
}

TEST_CASE("nobody looks before the budget can be used up, with all cores at work") {
    Budgeted one{per_tick(40ms), 2};
    one.look(10ms, 10ms);
    one.budget.close_tick(true);
    CHECK(one.next_ms() == 30);
    CHECK(one.look(30ms, 30ms) == "fine");
    CHECK(one.next_ms() == 40);
}

TEST_CASE("the limits in all count from the start") {
    Limits limits;
    limits.cpu_total = 1s;
    limits.wall_total = 5s;
    Budgeted one{limits};
    CHECK(one.look(900ms, 900ms) == "fine");
    CHECK(one.look(1100ms, 1001ms) == "cpu_limit");
    Budgeted other{limits};
    CHECK(other.look(4999ms, 0ms) == "fine");
    CHECK(other.next_ms() == 5000);
    CHECK(other.look(5s, 0ms) == "late");
}
