#include "broker/session/time_budget.hpp"

#include <algorithm>
#include <cstdio>

namespace dragoman {
namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;

/// However close it is to a limit, it is not looked at more often.
constexpr auto shortest_wait = 500us;

Failure over(Outcome outcome, nanoseconds used, nanoseconds allowed, const char* of_what, const char* limit) {
    Failure failure;
    failure.outcome = outcome;
    failure.message = "used " + in_ms(used) + of_what + "; " + in_ms(allowed) + " are allowed (" + limit + ")";
    failure.used = used;
    failure.allowed = allowed;
    return failure;
}

}  // namespace

std::string in_ms(Milliseconds time) {
    char text[32];
    std::snprintf(text, sizeof text, "%.1f ms", time.count());
    return text;
}

TimeBudget::TimeBudget(const Limits& limits, unsigned cores)
    : cpu_per_tick_(limits.cpu_per_tick),
      cpu_total_(limits.cpu_total),
      wall_total_(limits.wall_total),
      cores_(static_cast<int>(std::clamp(std::max(limits.threads, limits.processes), 1U, std::max(cores, 1U)))) {}

void TimeBudget::begin(Clock::time_point now) {
    began_ = looked_ = now;
    next_look_ = bound(now);
}

std::optional<Failure> TimeBudget::look(Clock::time_point now, std::optional<nanoseconds> used) {
    looked_ = now;
    used_ = std::max(used_, used.value_or(used_));
    next_look_ = bound(now);
    if (cpu_total_ && used_ > *cpu_total_)
        return over(Outcome::cpu_limit, used_, *cpu_total_, " of CPU time in all", "cpu_total");
    if (const auto charged = used_ - charged_from_; cpu_per_tick_ && in_tick_ && charged > *cpu_per_tick_)
        return over(Outcome::cpu_limit, charged, *cpu_per_tick_, " of CPU time for one tick", "cpu_per_tick");
    if (wall_total_ && now - began_ >= *wall_total_)
        return over(Outcome::late, now - began_, *wall_total_, " since its start", "wall_total");
    return std::nullopt;
}

void TimeBudget::close_tick(bool ready) {
    in_tick_ = ready;
    charged_from_ = used_;
    next_look_ = bound(looked_);
}

void TimeBudget::stood_still(Clock::duration time, std::optional<nanoseconds> used) {
    const auto computed = std::max(used_, used.value_or(used_)) - used_;
    used_ += computed;
    charged_from_ += computed;
    if (cpu_total_) *cpu_total_ += computed;
    began_ += time;
    looked_ += time;
    next_look_ = bound(looked_);
}

/// With all its cores at work.
Clock::time_point TimeBudget::bound(Clock::time_point now) const {
    auto left = nanoseconds::max();
    if (cpu_total_) left = std::min(left, (*cpu_total_ - used_) / cores_);
    if (cpu_per_tick_ && in_tick_) left = std::min(left, (*cpu_per_tick_ - (used_ - charged_from_)) / cores_);
    auto next =
        left == nanoseconds::max() ? Clock::time_point::max() : now + std::max<nanoseconds>(left, shortest_wait);
    if (wall_total_) next = std::min(next, began_ + *wall_total_);
    return next;
}

}  // namespace dragoman
