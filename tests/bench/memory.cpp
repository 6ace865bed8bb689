// The broker's own memory for each script, and a script's private memory over that of its bare interpreter.

#include <cstdio>
#include <fstream>

#include "tests/bench/child.hpp"
#include "tests/bench/measure.hpp"
#include "tests/bench/scene.hpp"
#include "tests/bench/seats.hpp"

namespace dragoman::bench {

double private_memory(const std::string& pid) {
    std::ifstream file("/proc/" + pid + "/smaps_rollup");
    double sum = 0;
    for (std::string line; std::getline(file, line);)
        if (line.starts_with("Private_Clean:") || line.starts_with("Private_Dirty:"))
            sum += std::stod(line.substr(line.find(':') + 1));
    if (sum == 0) throw std::runtime_error("the memory of process " + pid + " cannot be read");
    return sum;
}

namespace {

constexpr double allowed = 64;
constexpr int scripts = 64;

void broker_row(const Plan& plan, Results& results) {
    const std::string id = "memory.broker";
    if (!plan.wants(id)) return;
    const auto measure = [] {
        Child fresh({"/proc/self/exe", "--broker-memory", std::to_string(scripts)});
        const std::string line = fresh.line();
        if (line.empty()) throw std::runtime_error("a child of the benchmark has ended");
        return std::stod(line);
    };
    Plan fewer = plan;
    fewer.rounds = plan.quick ? 1 : 5;
    Row row = alternate(
        fewer, id, 1.0, "KB", [] { return allowed; }, measure);
    row.note = "the floor is what is allowed; " + std::to_string(scripts) + " scripts";
    results.add(std::move(row));
}

void script_row(const Plan& plan, Results& results, const std::string& language, const std::string& script,
                const std::vector<std::string>& bare_command) {
    const std::string id = "memory." + language;
    if (!plan.wants(id)) return;
    Plan fewer = plan;
    fewer.rounds = plan.quick ? 1 : 5;
    const auto bare = [&] {
        Child child(bare_command);
        child.line();  // it is there
        return private_memory(std::to_string(child.pid()));
    };
    const auto ours = [&] {
        Seats seats(script, 1, scene_of(510));
        for (int i = 0; i < 100; ++i) seats.tick();
        return private_memory(std::to_string(seats.broker().script(0).pid()));
    };
    Row row = alternate(fewer, id, {}, "KB", bare, ours);
    char note[80];
    std::snprintf(note, sizeof note, "%.0f KB over the bare interpreter's", row.value - row.floor);
    row.note = note;
    results.add(std::move(row));
}

}  // namespace

int broker_memory(int count) {
    const auto resident = [] { return private_memory("self"); };
    Broker broker(options());
    const std::string scene = scene_of(510);
    std::vector<SceneFor> scenes;
    const auto grow = [&](int more) {
        for (int i = 0; i < more; ++i) scenes.push_back({broker.add({script_file("view.cpp"), "1P"}), scene});
        broker.start();
        for (int i = 0; i < 20; ++i) broker.tick(scenes);
    };
    grow(8);  // what is there once, whatever the number of scripts
    const double before = resident();
    grow(count);
    std::printf("%f\n", (resident() - before) / count);
    std::fflush(stdout);
    return 0;
}

void memories(const Plan& plan, Results& results) {
    const auto attempt = [&](const std::string& id, auto&& measure) {
        try {
            measure();
        } catch (const std::exception& error) {
            results.skip(id, error.what());
        }
    };
    attempt("memory.broker", [&] { broker_row(plan, results); });
    attempt("memory.lua", [&] {
        script_row(plan, results, "lua", "player.lua",
                   {"/usr/bin/luajit", "-e", "print('here'); io.flush(); io.read()"});
    });
    attempt("memory.python", [&] {
        script_row(plan, results, "python", "player.py",
                   {"/usr/bin/python3", "-c", "import sys; print('here', flush=True); sys.stdin.read()"});
    });
}

}  // namespace dragoman::bench
