// What the sandbox adds to a start: a program behind the walls over a plain posix_spawn of it, a Python script forked
// from an interpreter that runs already, and whether the broker's size matters. Single starts in turn with their floor.

#include <sys/mman.h>

#include <cstring>

#include "tests/bench/child.hpp"
#include "tests/bench/measure.hpp"
#include "tests/bench/seats.hpp"
#include "tests/bench/walled.hpp"

namespace dragoman::bench {
namespace {

constexpr int pairs = 15;

struct Kind {
    const char* name;
    std::vector<std::string> command;
    bool speaks;
    double limit;
};
const Kind kinds[] = {
    {"true", {"/bin/true"}, false, 2.0},
    {"lua", {"/usr/bin/luajit", "-e", "print(1)"}, true, 1.5},
    {"python", {"/usr/bin/python3", "-c", "print(1)"}, true, 1.15},
};

/// To the first byte, or to the end of a program that writes none.
double start_plain(const Kind& kind) {
    const auto began = Clock::now();
    if (!kind.speaks) {
        run(kind.command);
        return microseconds(Clock::now() - began) / 1000;
    }
    Child child(kind.command);
    child.read(1);
    return microseconds(Clock::now() - began) / 1000;
}

void start_row(const Plan& plan, Results& results, const Kind& kind, const std::string& id) {
    Walled walled(plan.sandbox);
    start_plain(kind);
    walled.start(kind.command);
    Row row = alternate_pairs(
        plan, pairs, id, kind.limit, "ms", [&] { return start_plain(kind); },
        [&] { return walled.start(kind.command); });
    row.note = walled.tier();
    results.add(std::move(row));
}

/// Memory of this process, every page of it touched.
class Resident {
public:
    explicit Resident(std::size_t size) : size_(size) {
        address_ = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (address_ == MAP_FAILED) throw std::runtime_error("no memory");
        madvise(address_, size, MADV_NOHUGEPAGE);  // as many pages as there can be
        std::memset(address_, 1, size);
    }
    ~Resident() { munmap(address_, size_); }
    Resident(const Resident&) = delete;

private:
    std::size_t size_;
    void* address_;
};

void resident_row(const Plan& plan, Results& results, const std::string& id) {
    Walled walled(plan.sandbox);
    const auto with = [&](std::size_t mebibytes) {
        const Resident resident(mebibytes << 20);
        std::vector<double> times;
        for (int i = 0; i < (plan.quick ? 1 : pairs); ++i) times.push_back(walled.start(kinds[0].command));
        return median(std::move(times));
    };
    with(10);
    Row row = alternate(
        plan, id, 1.1, "ms", [&] { return with(10); }, [&] { return with(1024); });
    row.note = walled.tier() + "; /bin/true, 1 GiB over 10 MiB";
    results.add(std::move(row));
}

double start_ready(Broker& broker) {
    const std::size_t number = broker.add({script_file("player.py"), "1P"});
    const auto began = Clock::now();
    broker.start();
    const double took = microseconds(Clock::now() - began) / 1000;
    expect_ready(broker, number);
    broker.script(number).finish("measured");
    broker.run_until([&] { return broker.script(number).gone(); });
    return took;
}

void warm_row(const Plan& plan, Results& results, const std::string& id) {
    const std::vector<std::string> nothing{"/usr/bin/python3", "-c", "pass"};
    Broker broker(options(plan.sandbox));
    if (!broker.warm_up(script_file("player.py"))) throw std::runtime_error("there is no warm Python");
    start_ready(broker);
    Row row = alternate_pairs(
        plan, pairs, id, 0.5, "ms",
        [&] {
            return typical({1, 1}, [&] { run(nothing); }) / 1000;
        },
        [&] { return start_ready(broker); });
    row.note = broker.sandbox_tier() + "; to READY, over python3 -c pass to its end";
    results.add(std::move(row));
}

}  // namespace

void sandbox_starts(const Plan& plan, Results& results) {
    const Attempt attempt(plan, results);
    for (const Kind& kind : kinds)
        attempt(std::string("sandbox.start.") + kind.name,
                [&](const std::string& id) { start_row(plan, results, kind, id); });
    attempt("sandbox.warm.python", warm_row);
    attempt("sandbox.resident", resident_row);
}

}  // namespace dragoman::bench
