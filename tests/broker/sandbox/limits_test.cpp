#include "broker/sandbox/limits.hpp"

#include <doctest/doctest.h>

using namespace dragoman;
using namespace std::chrono_literals;

TEST_CASE("limits are set by name, with units") {
    Limits limits;
    CHECK_FALSE(set_limit(limits, "memory", "64MiB"));
    CHECK(limits.memory == std::uint64_t{64} << 20);
    CHECK_FALSE(set_limit(limits, "memory", "none"));
    CHECK_FALSE(limits.memory.has_value());
    CHECK_FALSE(set_limit(limits, "cpu_per_tick", "50ms"));
    CHECK((limits.cpu_per_tick == 50ms));
    CHECK_FALSE(set_limit(limits, "threads", "4"));
    CHECK(limits.threads == 4);
}

TEST_CASE("what makes no sense is refused, and says what would") {
    Limits limits;
    CHECK(set_limit(limits, "open_files", "1001") == "expected 8 to 1000");
    CHECK(set_limit(limits, "memory", "64M").value_or("").find("64MiB") != std::string::npos);
    for (const auto& [name, text] : {std::pair{"threads", "-1"},
                                     {"threads", "0"},
                                     {"memory", "-64MiB"},
                                     {"memory", "1"},
                                     {"cpu_total", "5"},
                                     {"output_total", "none"},
                                     {"memroy", "1GiB"}})
        CHECK(set_limit(limits, name, text).has_value());
}
