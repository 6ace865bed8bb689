#include "compilers/size.hpp"

#include <doctest/doctest.h>

using namespace dragoman;

TEST_CASE("sizes are read with their unit") {
    CHECK(parse_size("64MiB") == std::uint64_t{64} << 20);
    CHECK(parse_size("1GiB") == std::uint64_t{1} << 30);
    CHECK(parse_size("1.5GiB") == std::uint64_t{3} << 29);
    CHECK(parse_size("500KiB") == 512'000U);
    CHECK(parse_size("10MB") == 10'000'000U);
    CHECK(parse_size("4096") == 4096U);
    CHECK(parse_size("100B") == 100U);
    CHECK(parse_size("0") == 0U);
}

TEST_CASE("what is no size is refused") {
    for (const char* text :
         {"", "MiB", "64 MiB", "64M", "64mib", "-1MiB", "0.1B", "1e3", "nanB", "infB", "9999999GiB"}) {
        CAPTURE(std::string(text));
        CHECK_FALSE(parse_size(text).has_value());
    }
}

TEST_CASE("sizes are written in the largest exact binary unit") {
    CHECK(size_text(std::uint64_t{64} << 20) == "64MiB");
    CHECK(size_text(1536 << 10) == "1536KiB");
    CHECK(size_text(100) == "100B");
    CHECK(size_text(0) == "0B");
}
