// Looking up a C++ script that is in the build cache, by a Builder that knows nothing yet, over the 5 ms that it may
// take.

#include "tests/bench/measure.hpp"
#include "tests/bench/seats.hpp"

namespace dragoman::bench {
namespace {

constexpr double allowed = 5;

}  // namespace

void compiles(const Plan& plan, Results& results) {
    const std::string id = "compile.cached";
    if (!plan.wants(id)) return;
    try {
        Broker broker(options());
        int compiled = 0;
        const auto look_up = [&] {
            bool done = false;
            bool built = false;
            Builder::Options builder_options;
            builder_options.cache = BENCH_CACHE;
            builder_options.on_event = [&](const BuildEvent& event) {
                compiled += event.kind == BuildEvent::Kind::Compiling ? 1 : 0;
            };
            Builder builder(broker.languages(), broker.runner(), std::move(builder_options));
            builder.build(script_file("mlgame.cpp"), [&](const Built& result) {
                done = true;
                built = std::holds_alternative<Runnable>(result);
            });
            broker.run_until([&] { return done; });
            if (!built) throw std::runtime_error("the script does not compile");
        };
        look_up();  // this one may compile
        compiled = 0;
        const Effort effort{plan.quick ? 2 : 10, 1};
        Row row = alternate(
            plan, id, 1.0, "ms", [] { return allowed; }, [&] { return typical(effort, look_up) / 1000; });
        if (compiled > 0) throw std::runtime_error("a cached script was compiled");
        row.note = "the floor is what is allowed; no compiler started";
        results.add(std::move(row));
    } catch (const std::exception& error) {
        results.skip(id, error.what());
    }
}

}  // namespace dragoman::bench
