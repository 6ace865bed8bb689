// One tick of many scripts: the time for each of them, over that in a tick of eight. All on one core, so that it is the
// work that is measured and not how the kernel places it.

#include "tests/bench/child.hpp"
#include "tests/bench/measure.hpp"
#include "tests/bench/scene.hpp"
#include "tests/bench/seats.hpp"

namespace dragoman::bench {
namespace {

constexpr std::size_t answer_size = 24;

/// The same without a broker: writes to all, then reads from each in turn.
class RawSeats {
public:
    RawSeats(int count, const std::string& line) : line_(line) {
        for (int i = 0; i < count; ++i)
            children_.push_back(std::make_unique<Child>(
                std::vector<std::string>{std::string(BENCH_FLOORS) + "/bench-raw-child", std::to_string(line.size())}));
    }
    void tick() {
        for (auto& child : children_) child->write(line_);
        for (auto& child : children_) child->read(answer_size);
    }

private:
    std::string line_;
    std::vector<std::unique_ptr<Child>> children_;
};

}  // namespace

void fanouts(const Plan& plan, Results& results) {
    if (!plan.may_want("fanout.")) return;
    const OneCore core(true);
    const std::string scene = scene_of(510);
    const std::string line = scene_line(scene);
    const auto effort = [&](int count) { return Effort{plan.quick ? 2 : 30, std::max(1, 64 / count)}; };

    Seats eight("view.cpp", 8, scene);
    RawSeats raw_eight(8, line);
    const auto time_of = [&](auto& seats, int count) { return typical(effort(count), [&] { seats.tick(); }) / count; };
    for (const int count : {2, 8, 64, 256}) {
        const std::string id = "fanout." + std::to_string(count);
        if (!plan.wants(id)) continue;
        try {
            Seats seats("view.cpp", count, scene);
            RawSeats raw(count, line);
            time_of(seats, count);
            time_of(eight, 8);
            std::vector<double> raw_ratios;
            Row row = alternate(
                plan, id, 1.1, "us",
                [&] {
                    raw_ratios.push_back(time_of(raw, count) / time_of(raw_eight, 8));
                    return time_of(eight, 8);
                },
                [&] { return time_of(seats, count); });
            char note[80];
            std::snprintf(note, sizeof note, "raw pipes without a broker: %.2f", median(raw_ratios));
            row.note = note;
            results.add(std::move(row));
        } catch (const std::exception& error) {
            results.skip(id, error.what());
        }
    }
}

}  // namespace dragoman::bench
