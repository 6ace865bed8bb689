#include "broker/reload/backoff.hpp"

#include <doctest/doctest.h>

using namespace dragoman;
using namespace std::chrono_literals;

namespace {

const Clock::time_point start = Clock::time_point{} + 1h;

/// As many saves in a row as are borne.
Backoff after_all_patience() {
    Backoff backoff;
    for (int i = 0; i < Backoff::patience; ++i) CHECK(backoff.saved(start, start, false) == 0ms);
    return backoff;
}

}  // namespace

TEST_CASE("a person's saves are acted on at once, however many there are") {
    Backoff backoff;
    for (int i = 0; i < 3 * Backoff::patience; ++i)
        CHECK(backoff.saved(start + i * 1s, start + i * 1s - 700ms, false) == 0ms);
}

TEST_CASE("a script that is saved each time it begins to play waits longer and longer") {
    Backoff backoff = after_all_patience();
    CHECK(backoff.saved(start, start, false) == 250ms);
    CHECK(backoff.saved(start, start, false) == 500ms);
    for (int i = 0; i < 20; ++i) backoff.saved(start, start, false);
    CHECK(backoff.saved(start, start, false) == Backoff::longest_pause);
}

TEST_CASE("a script that is saved before it could ever play waits as well") {
    Backoff backoff;
    for (int i = 0; i < Backoff::patience; ++i) backoff.saved(start + i * 1s, Clock::time_point{}, true);
    CHECK(backoff.saved(start + 1h, Clock::time_point{}, true) == 250ms);
}

TEST_CASE("who has rested for a while is trusted again") {
    Backoff backoff = after_all_patience();
    CHECK(backoff.saved(start + 1s, start, false) == 0ms);
    CHECK(backoff.saved(start + 1s, start + 1s, false) == 0ms);
}

TEST_CASE("of a script that cannot write many more saves in a row are borne") {
    Backoff backoff(Backoff::patience_with_outsiders);
    for (int i = 0; i < 1000; ++i) CHECK(backoff.saved(start, start, false) == 0ms);
    CHECK(backoff.saved(start, start, false) == 250ms);
}
