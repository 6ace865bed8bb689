#include "broker/control/allowance.hpp"

#include <doctest/doctest.h>

using namespace dragoman;
using namespace std::chrono_literals;

namespace {

const Allowance::Clock::time_point start{1000s};

bool may(Allowance& allowance, Allowance::Clock::duration at) { return allowance.wait(start + at) == 0s; }

}  // namespace

TEST_CASE("a burst is let through at once") {
    Allowance allowance(0.05, 5ms);
    CHECK(may(allowance, 0ms));
    allowance.spend(4ms);
    CHECK(may(allowance, 0ms));
}

TEST_CASE("what was used up comes back with time, by the share") {
    Allowance allowance(0.05, 5ms);
    CHECK(may(allowance, 0ms));
    allowance.spend(10ms);
    CHECK_FALSE(may(allowance, 50ms));  // 2.5 of 5 ms
    CHECK(may(allowance, 101ms));
}

TEST_CASE("it says how long to wait, and that is long enough") {
    Allowance allowance(0.05, 5ms);
    allowance.wait(start);
    allowance.spend(6ms);
    const auto wait = allowance.wait(start);
    CHECK(wait > 19ms);
    CHECK(wait < 30ms);
    CHECK(allowance.wait(start + wait) == 0s);
}

TEST_CASE("a long quiet time saves up no more than a burst") {
    Allowance allowance(0.05, 5ms);
    allowance.wait(start);
    CHECK(may(allowance, 1h));
    allowance.spend(6ms);
    CHECK_FALSE(may(allowance, 1h));
}
