#include "tests/bench/walled.hpp"

#include <stdexcept>

#include "broker/broker.hpp"
#include "broker/launch/runner.hpp"
#include "tests/bench/measure.hpp"
#include "tests/bench/seats.hpp"

namespace dragoman::bench {
namespace {

struct FirstByte : ProcessListener {
    std::optional<Clock::time_point> came;
    std::string failure;

    void note() {
        if (!came) came = Clock::now();
    }
    void on_bytes(Stream stream, std::string_view bytes) override {
        if (stream == Stream::conversation)
            note();
        else
            failure += bytes;
    }
    void on_end_of(Stream) override {}
    void on_input_closed() override {}
    void on_start_failed(const std::string& what) override { failure += what; }
    void on_end(const ProcessEnd& end) override {
        note();
        if (end.exit_code != 0 || end.signal != 0) failure += " (it failed)";
    }
};

}  // namespace

Walled::Walled(SandboxMode mode)
    : sandbox_(io_, mode, TierNeeds{find_home() / "libexec" / "dragoman-launcher", {BENCH_CACHE}}) {
    language_.name = "bench";
}

double Walled::start(const std::vector<std::string>& arguments) {
    FirstByte listener;
    const auto began = Clock::now();
    // What a script's start needs that was built before: see Broker::State::start_runnable.
    Runnable runnable;
    runnable.script = script_file("player.lua");
    runnable.language = &language_;
    runnable.cwd = BENCH_SOURCES "/scripts";
    LaunchOrder order;
    order.arguments = arguments;
    order.directory = runnable.cwd;
    order.environment = small_environment({});
    Launcher& launcher = sandbox_.hold(order, runnable, {});
    const auto process = Process::start(launcher, std::move(order), Channel::Stdio, listener);
    process->close_input();
    while (!process->gone()) io_.run_one();
    if (!listener.failure.empty()) throw std::runtime_error(arguments.front() + ": " + listener.failure);
    return microseconds(*listener.came - began) / 1000;
}

}  // namespace dragoman::bench
