// What the sandbox costs a script that is there: its ticks, a thousand of them at once, and their memory.

#include <cstdio>
#include <fstream>

#include "tests/bench/child.hpp"
#include "tests/bench/measure.hpp"
#include "tests/bench/scene.hpp"
#include "tests/bench/seats.hpp"

namespace dragoman::bench {
namespace {

constexpr int many = 1000;
constexpr int some = 32;
constexpr double allowed_memory = 4;  // MiB

/// As the machine's /proc has it; the minder is the script's parent.
std::string parent_of(int pid) {
    std::ifstream file("/proc/" + std::to_string(pid) + "/status");
    for (std::string line; std::getline(file, line);)
        if (line.starts_with("PPid:")) return line.substr(line.find_first_not_of(" \t", 5));
    throw std::runtime_error("the parent of process " + std::to_string(pid) + " is not known");
}

void tick_row(const Plan& plan, Results& results, const std::string& id) {
    const OneCore core(true);
    const std::string scene = scene_of(510);
    Seats outside("view.cpp", 1, scene, SandboxMode::off);
    Seats inside("view.cpp", 1, scene, plan.sandbox);
    const Effort effort{plan.quick ? 3 : 60, 200};
    const auto time_of = [&](Seats& seats) { return typical(effort, [&] { seats.tick(); }); };
    time_of(outside);
    time_of(inside);
    Row row = alternate(
        plan, id, 1.05, "us", [&] { return time_of(outside); }, [&] { return time_of(inside); });
    row.note = inside.broker().sandbox_tier() + "; C++, 510 B, one core";
    results.add(std::move(row));
}

/// A broker with `count` Python scripts forked from one interpreter, all READY, a tick behind them.
class WarmSeats {
public:
    WarmSeats(const Plan& plan, int count) : broker_(options(plan.sandbox)), scene_(scene_of(510)) {
        if (!broker_.warm_up(script_file("player.py"))) throw std::runtime_error("there is no warm Python");
        for (int i = 0; i < count; ++i)
            scenes_.push_back({broker_.add({script_file("player.py"), std::to_string(i + 1) + "P"}), scene_});
        const auto began = Clock::now();
        broker_.start();
        start_time_ = microseconds(Clock::now() - began) / 1000 / count;
        for (int i = 0; i < count; ++i) expect_ready(broker_, static_cast<std::size_t>(i));
    }
    /// Milliseconds. Throws where not all answer.
    double tick() {
        const auto began = Clock::now();
        broker_.tick(scenes_);
        const double took = microseconds(Clock::now() - began) / 1000;
        for (const auto& each : scenes_)
            if (broker_.answer(each.script) != R"("MOVE_LEFT")") throw std::runtime_error("a script did not answer");
        return took;
    }
    double start_time() const { return start_time_; }
    Broker& broker() { return broker_; }

private:
    Broker broker_;
    std::string scene_;
    std::vector<SceneFor> scenes_;
    double start_time_ = 0;
};

void alive_row(const Plan& plan, Results& results, const std::string& id) {
    const int count = plan.quick ? 20 : many;
    Plan fewer = plan;
    fewer.rounds = 1;
    double tick = 0;
    std::string tier;
    Row row = alternate(
        fewer, id, {}, "ms",
        [&] {
            return typical({15, 1}, [] { run({"/usr/bin/python3", "-c", "pass"}); }) / 1000;
        },
        [&] {
            WarmSeats seats(plan, count);
            seats.tick();
            tick = seats.tick();
            tier = seats.broker().sandbox_tier();
            return seats.start_time();
        });
    char note[120];
    std::snprintf(note, sizeof note, "%s; a start, over python3 -c pass; all %d answer a tick in %.0f ms", tier.c_str(),
                  count, tick);
    row.note = note;
    results.add(std::move(row));
}

void memory_row(const Plan& plan, Results& results, const std::string& id) {
    Plan fewer = plan;
    fewer.rounds = plan.quick ? 1 : 3;
    std::vector<double> minders;
    const auto measure = [&] {
        WarmSeats seats(plan, some);
        for (int i = 0; i < 100; ++i) seats.tick();
        std::vector<double> scripts;
        for (int i = 0; i < some; ++i) {
            const int pid = seats.broker().script(static_cast<std::size_t>(i)).pid();
            scripts.push_back(private_memory(std::to_string(pid)) / 1024);
            try {
                minders.push_back(private_memory(parent_of(pid)) / 1024);
            } catch (const std::runtime_error&) {  // only root may look at a minder
            }
        }
        return median(std::move(scripts));
    };
    Row row = alternate(
        fewer, id, 1.0, "MiB", [] { return allowed_memory; }, measure);
    char note[120] = "the floor is what is allowed; its minder's cannot be read";
    if (!minders.empty())
        std::snprintf(note, sizeof note, "the floor is what is allowed; its minder's %.2f MiB", median(minders));
    row.note = note;
    results.add(std::move(row));
}

}  // namespace

void sandbox_scripts(const Plan& plan, Results& results) {
    const Attempt attempt(plan, results);
    attempt("sandbox.tick", tick_row);
    attempt("sandbox.alive." + std::to_string(many), alive_row);
    attempt("sandbox.memory.python", memory_row);
}

}  // namespace dragoman::bench
