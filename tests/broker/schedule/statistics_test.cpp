#include "broker/schedule/statistics.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

using namespace dragoman;
using namespace std::chrono_literals;

TEST_CASE("a histogram without times says zero") {
    const LatencyHistogram histogram;
    CHECK(histogram.count() == 0);
    CHECK(histogram.quantile(0.5) == 0ns);
    CHECK(histogram.longest() == 0ns);
}

TEST_CASE("times below eight nanoseconds are exact, and what is negative counts as zero") {
    LatencyHistogram histogram;
    for (int i = 0; i < 8; ++i) histogram.add(std::chrono::nanoseconds(i));
    CHECK(histogram.quantile(0) == 0ns);
    CHECK(histogram.quantile(1) == 7ns);
    histogram.add(-5ns);
    CHECK(histogram.count() == 9);
    CHECK(histogram.quantile(0) == 0ns);
}

TEST_CASE("one time is all its quantiles") {
    LatencyHistogram histogram;
    histogram.add(1234567ns);
    for (const double quantile : {0.0, 0.5, 0.99, 1.0})
        CHECK(std::abs(static_cast<double>((histogram.quantile(quantile) - 1234567ns).count())) < 0.0625 * 1234567);
    CHECK(histogram.longest() == 1234567ns);
}

TEST_CASE("the longest time that there can be has a place") {
    LatencyHistogram histogram;
    histogram.add(Clock::duration::max());
    CHECK(histogram.count() == 1);
    CHECK(histogram.quantile(0.5) > Clock::duration::max() / 2);
}

TEST_CASE("quantiles are right to within the width of a bucket") {
    std::mt19937_64 random(7);
    for (const double spread : {0.1, 1.0, 4.0}) {
        std::lognormal_distribution<double> latency(11, spread);  // around 60 microseconds
        LatencyHistogram histogram;
        std::vector<std::int64_t> exact;
        for (int i = 0; i < 20'000; ++i) {
            const auto time = static_cast<std::int64_t>(std::min(latency(random), 1e17));
            exact.push_back(time);
            histogram.add(Clock::duration(time));
        }
        std::sort(exact.begin(), exact.end());
        for (const double quantile : {0.0, 0.01, 0.5, 0.9, 0.99, 0.999, 1.0}) {
            const auto rank = static_cast<std::size_t>(quantile * static_cast<double>(exact.size() - 1));
            const auto wanted = static_cast<double>(exact[rank]);
            CAPTURE(spread);
            CAPTURE(quantile);
            CHECK(std::abs(static_cast<double>(histogram.quantile(quantile).count()) - wanted) <= 0.125 * wanted + 1);
        }
        CHECK(histogram.longest().count() == exact.back());
        CHECK(histogram.quantile(1) <= histogram.longest());
    }
}

TEST_CASE("a script's ticks are the sum of its outcomes") {
    ScriptStatistics statistics;
    statistics.outcomes[static_cast<std::size_t>(Outcome::ok)] = 10;
    statistics.outcomes[static_cast<std::size_t>(Outcome::late)] = 2;
    CHECK(statistics.ticks() == 12);
}
