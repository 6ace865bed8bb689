#include "compilers/duration.hpp"

#include <doctest/doctest.h>

using namespace dragoman;
using namespace std::chrono_literals;

TEST_CASE("durations are read with their unit") {
    CHECK((parse_duration("50ms") == 50ms));
    CHECK((parse_duration("60s") == 60s));
    CHECK((parse_duration("1.5s") == 1500ms));
    CHECK((parse_duration("2min") == 2min));
    CHECK((parse_duration("1h") == 1h));
}

TEST_CASE("what is no duration is refused") {
    for (const char* text : {"", "5", "s", "5 s", "-1s", "0s", "0.1ms", "1e3s", "nans", "infs", "1d", "9999999h"}) {
        CAPTURE(std::string(text));
        CHECK_FALSE(parse_duration(text).has_value());
    }
}

TEST_CASE("durations are written in the largest exact unit") {
    CHECK(duration_text(60s) == "1min");
    CHECK(duration_text(90s) == "90s");
    CHECK(duration_text(1500ms) == "1500ms");
    CHECK(duration_text(0ms) == "0s");
}
