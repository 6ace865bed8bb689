// From Broker::start() to READY, over starting the same interpreter doing nothing and waiting for its end. Three
// processes hand on to each other in a start, so on a busy machine most starts measure the machine: a round's time is
// its quickest.

#include "tests/bench/child.hpp"
#include "tests/bench/measure.hpp"
#include "tests/bench/seats.hpp"

namespace dragoman::bench {
namespace {

struct Kind {
    const char* name;
    const char* script;
    std::vector<std::string> nothing;
};
const Kind kinds[] = {
    {"cpp", "view.cpp", {BENCH_FLOORS "/bench-empty"}},
    {"lua", "player.lua", {"/usr/bin/luajit", "-e", ""}},
    {"python", "player.py", {"/usr/bin/python3", "-c", "pass"}},
};

/// Times the start; the end is not part of it.
double start_one(Broker& broker, const std::string& script) {
    const std::size_t number = broker.add({script_file(script), "1P"});
    const auto began = Clock::now();
    broker.start();
    const double took = microseconds(Clock::now() - began);
    expect_ready(broker, number);
    broker.script(number).finish("measured");
    broker.run_until([&] { return broker.script(number).gone(); });
    return took / 1000;
}

}  // namespace

void starts(const Plan& plan, Results& results) {
    for (const Kind& kind : kinds) {
        const std::string id = std::string("start.") + kind.name;
        if (!plan.wants(id)) continue;
        try {
            BrokerOptions bare = options();
            bare.sandbox = SandboxMode::off;  // what walls cost is the rows of the sandbox
            Broker broker(std::move(bare));
            start_one(broker, kind.script);
            run(kind.nothing);
            const int starts = plan.quick ? 1 : 7;
            const auto quickest = [&](auto&& once) {
                std::vector<double> times;
                for (int i = 0; i < starts; ++i) times.push_back(once());
                return *std::min_element(times.begin(), times.end());
            };
            Row row = alternate(
                plan, id, 1.5, "ms",
                [&] { return quickest([&] {
                          return typical({1, 1}, [&] { run(kind.nothing); }) / 1000;
                      }); },
                [&] { return quickest([&] { return start_one(broker, kind.script); }); });
            results.add(std::move(row));
        } catch (const std::exception& error) {
            results.skip(id, error.what());
        }
    }
}

}  // namespace dragoman::bench
