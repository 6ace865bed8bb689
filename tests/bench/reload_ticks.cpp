// What a reload does to the ticks beside it: two C++ players, of which one is saved, so that g++ compiles while they
// play. The worst tick from close(2) to the first reply of the new version, over the median tick before. In lock-step a
// tick is from one scene to the next; paced, at 60 frames a second, the time from one frame's answers to the next
// one's. The one that is saved thinks for about 2 ms, which leaves the compiler a core of two; in `.full` both do.

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

struct Kind {
    std::string id;
    std::string about;
    bool paced;
    bool full;  // as many scripts think as there are cores
};

class Players {
public:
    Players(const Plan& plan, const Kind& kind)
        : kind_(kind),
          seats_(plan, {source_, kind.full ? source_ : text_of(script_file("view.cpp"))}, ".cpp", scene_of(510)),
          quick_(plan.quick) {}

    /// Milliseconds of each tick.
    std::vector<double> before() {
        std::vector<double> times;
        begin();
        for (int i = 0; i < (quick_ ? 3 : ticks_before); ++i) times.push_back(next());
        return times;
    }
    std::vector<double> during() {
        const std::string answer = "V" + std::to_string(static_cast<long>(getpid())) + "n" + std::to_string(++number_);
        std::vector<double> times;
        begin();
        ReloadSeats::save(seats_.file(0), with(source_, "MOVE_LEFT", answer));
        if (!kind_.paced) last_ = Clock::now();
        while (!seats_.answers(answer)) {
            times.push_back(next());
            seats_.check();
        }
        seats_.settle();
        return times;
    }

private:
    void begin() {
        due_ = Clock::now();
        next();
    }
    double next() {
        if (kind_.paced) seats_.reloader().wait_until(due_ += frame);
        seats_.tick(0, players);
        const auto now = Clock::now();
        return microseconds(now - std::exchange(last_, now)) / 1000;
    }

    const Kind kind_;
    const std::string source_ = text_of(script_file("think.cpp"));
    ReloadSeats seats_;
    bool quick_;
    int number_ = 0;
    Clock::time_point due_{};
    Clock::time_point last_{};
};

void ticks_row(const Plan& plan, Results& results, const Kind& kind) {
    Players both(plan, kind);
    std::vector<double> before, during;
    const auto kept = [](std::vector<double>& all, std::vector<double> times) {
        all.insert(all.end(), times.begin(), times.end());
        return times;
    };
    Row row = alternate(
        plan, kind.id, allowed, "ms", [&] { return median(kept(before, both.before())); },
        [&] {
            const auto times = kept(during, both.during());
            return *std::max_element(times.begin(), times.end());
        });
    char note[240];
    std::snprintf(
        note, sizeof note,
        "%s; worst over median before (before: 99%% %.2f, worst %.2f; during: median %.2f, 99%% %.2f of %zu ticks)",
        kind.about.c_str(), percentile(before, 0.99), percentile(before, 1), median(during), percentile(during, 0.99),
        during.size());
    row.note = note;
    results.add(std::move(row));
}

}  // namespace

void reload_ticks(const Plan& plan, Results& results) {
    const std::vector<Kind> kinds{
        {"reload.worst-tick", "lock-step, one script thinks", false, false},
        {"reload.worst-tick.60fps", "60 fps, frame to frame, one script thinks", true, false},
        {"reload.worst-tick.full", "lock-step, two scripts think", false, true},
        {"reload.worst-tick.60fps.full", "60 fps, frame to frame, two scripts think", true, true},
    };
    for (const Kind& kind : kinds) {
        if (!plan.wants(kind.id)) continue;
        try {
            ticks_row(plan, results, kind);
        } catch (const std::exception& error) {
            results.skip(kind.id, error.what());
        }
    }
}

}  // namespace dragoman::bench
