#include <unistd.h>

#include "broker/broker_state.hpp"

// Scripts that run over the world's columns.

namespace dragoman {
namespace {

using namespace std::chrono_literals;

/// Waiting for systems: some ten microseconds without a look at the clock; then with one, before sleeping. A system of
/// a million rows takes half a millisecond, and waking up costs a tenth of that.
constexpr int quick_looks = 1000;
constexpr auto poll_every = 1ms;

}  // namespace

void Broker::run_systems(std::span<const SystemRun> runs, std::uint64_t tick, int round, Clock::duration allowed,
                         std::span<const std::size_t> next) {
    state_->tick = tick;
    state_->round = round;
    const auto now = Clock::now();
    PlaneSignal& signal = state_->signal;
    signal.clear();
    for (const auto& [number, run] : runs) {
        State::Member& member = state_->members[number];
        if (member.now.script->phase() != Phase::idle) continue;  // lost
        member.now.script->open_exchange(now, Session::Way::plane);
        member.now.plane->go(run);
        signal.await(*member.now.script, *member.now.plane);
    }
    // One core each for who computes and for who waits for that; on the others the next ones may wake up meanwhile.
    for (std::size_t i = 0; i < next.size() && runs.size() + 1 + i < state_->cores; ++i)
        state_->members[next[i]].now.plane->wake();
    // Scripts that compute have the cores; who waits for them looks on only where one is left.
    SpinHabit& habit = state_->spin_habit;
    const bool looks_on = runs.size() < state_->cores && habit.is_worth_it();
    if (looks_on) signal.look_for(quick_looks);
    if (!signal.all_happened()) {
        state_->waiter.watch(&signal, looks_on ? habit.longest() : Clock::duration::zero());
        state_->scheduler.await(state_->seats, tick, round, now, allowed);
        if (looks_on && state_->waiter.slept()) habit.came_later();
        if (looks_on && !state_->waiter.slept()) habit.came(Clock::now() - now);
        state_->waiter.watch(nullptr);
    } else if (looks_on) {
        habit.came({});
    }
    for (const auto& [number, run] : runs) {
        State::Member& member = state_->members[number];
        Seat& seat = state_->seats[number];
        const Phase phase = member.now.script->phase();
        if (phase == Phase::overdue) {
            ++member.statistics.outcomes[static_cast<std::size_t>(Outcome::late)];
            give_up(number);
        }
        if (phase == Phase::lost || phase == Phase::overdue || stopping()) continue;
        seat.outcome = Outcome::ok;
        ++member.statistics.outcomes[static_cast<std::size_t>(Outcome::ok)];
        if (const auto latency = member.now.script->latency()) member.statistics.latency.add(*latency);
    }
    // What scripts print between two waits is read even where nothing ever needs to be waited for.
    if (now >= state_->next_poll) {
        state_->waiter.poll();
        state_->next_poll = now + poll_every;
    }
}

void Broker::revoke_ok(std::size_t script) {
    --state_->members[script].statistics.outcomes[static_cast<std::size_t>(Outcome::ok)];
}

Plane* Broker::plane(std::size_t script) { return state_->members[script].now.plane.get(); }

DataTier Broker::data_tier(std::size_t script) const {
    return data_tier_of(state_->sandbox.tier(), state_->members[script].spec.confinement.trust, ::geteuid() == 0);
}

DataTier Broker::data_tier() const { return data_tier_of(state_->sandbox.tier(), Trust::untrusted, ::geteuid() == 0); }

}  // namespace dragoman
