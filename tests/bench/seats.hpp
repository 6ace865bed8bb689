#pragma once

#include <stdexcept>
#include <string>
#include <vector>

#include "broker/broker.hpp"

namespace dragoman::bench {

inline std::filesystem::path script_file(const std::string& name) {
    return std::filesystem::path(BENCH_SOURCES) / "scripts" / name;
}

inline BrokerOptions options(SandboxMode mode = SandboxMode::automatic) {
    BrokerOptions options;
    options.sandbox = mode;
    options.cache = BENCH_CACHE;
    options.deadlines.tick = std::chrono::seconds(5);  // a busy machine must not end a measurement
    options.deadlines.start = std::chrono::seconds(60);
    return options;
}

/// Throws where a script is lost: what is measured then is nothing.
inline void expect_ready(const Broker& broker, std::size_t script) {
    const auto& failure = broker.script(script).failure();
    if (failure) throw std::runtime_error(failure->message + "\n" + failure->trace);
    if (broker.script(script).phase() != Phase::idle) throw std::runtime_error("a script is not READY");
}

/// A broker with `count` scripts that are READY, and a scene for each.
class Seats {
public:
    Seats(const std::string& script, int count, std::string scene, SandboxMode mode = SandboxMode::automatic)
        : broker_(options(mode)), scene_(std::move(scene)) {
        for (int i = 0; i < count; ++i)
            scenes_.push_back({broker_.add({script_file(script), std::to_string(i + 1) + "P"}), scene_});
        broker_.start();
        for (int i = 0; i < count; ++i) expect_ready(broker_, static_cast<std::size_t>(i));
        tick();
        for (const auto& each : scenes_)
            if (broker_.answer(each.script) != R"("MOVE_LEFT")") throw std::runtime_error(script + " answered wrong");
    }
    void tick() { broker_.tick(scenes_); }
    Broker& broker() { return broker_; }

private:
    Broker broker_;
    std::string scene_;
    std::vector<SceneFor> scenes_;
};

}  // namespace dragoman::bench
