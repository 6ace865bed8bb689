// What a reload does to the ticks beside it: two C++ players that think for about 2 ms each, of which one is saved, so
// that g++ compiles while they play. The worst tick from close(2) to the first reply of the new version, over the
// median tick before. In lock-step a tick is from one scene to the next; paced, at 60 frames a second, the time from
// one frame's answers to the next one's.

#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "tests/bench/measure.hpp"
#include "tests/bench/reload_seats.hpp"
#include "tests/bench/scene.hpp"

namespace dragoman::bench {
namespace {

constexpr std::size_t players = 2;
constexpr int ticks_before = 200;
constexpr double allowed = 1.2;
constexpr auto frame = std::chrono::microseconds(16'667);

double percentile(std::vector<double> values, double part) {
    std::sort(values.begin(), values.end());
    return values[static_cast<std::size_t>(part * static_cast<double>(values.size() - 1))];
}

class Players {
public:
    explicit Players(const Plan& plan) : seats_(plan, {source_, source_}, ".cpp", scene_of(510)), quick_(plan.quick) {}

    /// Milliseconds of each tick.
    std::vector<double> before(bool paced) {
        std::vector<double> times;
        begin();
        for (int i = 0; i < (quick_ ? 3 : ticks_before); ++i) times.push_back(next(paced));
        return times;
    }
    std::vector<double> during(bool paced) {
        const std::string answer =
            "V" + std::to_string(static_cast<long>(getpid())) + (paced ? "p" : "l") + std::to_string(++number_);
        std::vector<double> times;
        begin();
        ReloadSeats::save(seats_.file(0), with(source_, "MOVE_LEFT", answer));
        while (!seats_.answers(answer)) {
            times.push_back(next(paced));
            seats_.check();
        }
        seats_.settle();
        return times;
    }

private:
    void begin() { due_ = last_ = Clock::now(); }
    double next(bool paced) {
        if (paced) seats_.reloader().wait_until(due_ += frame);
        seats_.tick(0, players);
        const auto now = Clock::now();
        return microseconds(now - std::exchange(last_, now)) / 1000;
    }

    const std::string source_ = text_of(script_file("think.cpp"));
    ReloadSeats seats_;
    bool quick_;
    int number_ = 0;
    Clock::time_point due_{};
    Clock::time_point last_{};
};

void ticks_row(const Plan& plan, Results& results, const std::string& id, bool paced) {
    Players both(plan);
    std::vector<double> all;
    Row row = alternate(
        plan, id, allowed, "ms", [&] { return median(both.before(paced)); },
        [&] {
            const auto times = both.during(paced);
            all.insert(all.end(), times.begin(), times.end());
            return *std::max_element(times.begin(), times.end());
        });
    char note[160];
    std::snprintf(note, sizeof note, "%s; worst over median before; during: median %.2f, 99%% %.2f of %zu ticks",
                  paced ? "60 fps, frame to frame" : "lock-step", median(all), percentile(all, 0.99), all.size());
    row.note = note;
    results.add(std::move(row));
}

}  // namespace

void reload_ticks(const Plan& plan, Results& results) {
    for (const bool paced : {false, true}) {
        const std::string id = std::string("reload.worst-tick") + (paced ? ".60fps" : "");
        if (!plan.wants(id)) continue;
        try {
            ticks_row(plan, results, id, paced);
        } catch (const std::exception& error) {
            results.skip(id, error.what());
        }
    }
}

}  // namespace dragoman::bench
