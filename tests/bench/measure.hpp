#pragma once

#include <algorithm>
#include <chrono>
#include <exception>
#include <string>
#include <type_traits>
#include <vector>

#include "tests/bench/row.hpp"

namespace dragoman::bench {

using Clock = std::chrono::steady_clock;

inline double microseconds(Clock::duration time) { return std::chrono::duration<double, std::micro>(time).count(); }

inline double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    const std::size_t half = values.size() / 2;
    return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}

/// How often something is done in one round: the median of batches leaves out those in which the machine was busy with
/// something else, and keeps what comes only now and then, such as garbage collection.
struct Effort {
    int batches;
    int size;
};

/// Microseconds that `once` takes.
template <typename Function>
double typical(Effort effort, Function&& once) {
    std::vector<double> times;
    times.reserve(static_cast<std::size_t>(effort.batches));
    for (int batch = 0; batch < effort.batches; ++batch) {
        const auto began = Clock::now();
        for (int i = 0; i < effort.size; ++i) once();
        times.push_back(microseconds(Clock::now() - began) / effort.size);
    }
    return median(std::move(times));
}

/// Rounds of floor and ours in turn. Each function measures its side once and returns the unit's number.
template <typename Floor, typename Ours>
Row alternate(const Plan& plan, std::string id, std::optional<double> limit, std::string unit, Floor&& floor,
              Ours&& ours) {
    std::vector<double> values;
    std::vector<double> floors;
    std::vector<double> ratios;
    for (int round = 0; round < plan.rounds; ++round) {
        floors.push_back(floor());
        values.push_back(ours());
        ratios.push_back(values.back() / floors.back());
    }
    Row row{std::move(id), median(ratios), limit, median(values), median(floors), std::move(unit)};
    row.lowest = *std::min_element(ratios.begin(), ratios.end());
    row.highest = *std::max_element(ratios.begin(), ratios.end());
    row.rounds = plan.rounds;
    return row;
}

/// The same where one measurement is a single start: floor and ours in turn, `pairs` times in each round, so that what
/// else the machine does meets both.
template <typename Floor, typename Ours>
Row alternate_pairs(const Plan& plan, int pairs, std::string id, std::optional<double> limit, std::string unit,
                    Floor&& floor, Ours&& ours) {
    double value = 0;
    const auto measure = [&] {
        std::vector<double> values;
        std::vector<double> floors;
        for (int pair = 0; pair < (plan.quick ? 1 : pairs); ++pair) {
            floors.push_back(floor());
            values.push_back(ours());
        }
        value = median(values);
        return median(floors);
    };
    return alternate(plan, std::move(id), limit, std::move(unit), measure, [&] { return value; });
}

/// Measures a row if it is wanted; one that cannot be measured is left out, and why is said.
class Attempt {
public:
    Attempt(const Plan& plan, Results& results) : plan_(plan), results_(results) {}

    template <typename Measure>
    void operator()(const std::string& id, Measure&& measure) const {
        if (!plan_.wants(id)) return;
        try {
            if constexpr (std::is_invocable_v<Measure, const Plan&, Results&, const std::string&>)
                measure(plan_, results_, id);
            else
                measure(id);
        } catch (const std::exception& error) {
            results_.skip(id, error.what());
        }
    }

private:
    const Plan& plan_;
    Results& results_;
};

}  // namespace dragoman::bench
