#include "broker/broker_state.hpp"

// Versions beside the ones that play.

namespace dragoman {

std::unique_ptr<LiveVersion> Broker::prepare(std::size_t script, const Runnable& runnable, const Json& reload,
                                             const Confinement& confinement) {
    ScriptSpec spec = state_->members[script].spec;
    spec.confinement = confinement;
    auto next = std::make_unique<LiveVersion>(state_->new_version(spec));
    next->source = std::filesystem::path(runnable.user_paths(runnable.script.string()));
    next->built = runnable;
    state_->sandbox.add_script(runnable.script, spec.confinement);
    state_->start_runnable(spec, *next, reload);
    state_->sandbox.begin_warm_starts();
    return next;
}

std::unique_ptr<LiveVersion> Broker::swap(std::size_t script, std::unique_ptr<LiveVersion> next) {
    State::Member& member = state_->members[script];
    Seat& seat = state_->seats[script];
    if (const auto last = answer(script)) member.kept_answer = std::string(*last);
    std::swap(member.now, *next);
    member.spec.source = member.now.source;
    member.spec.confinement = member.now.confinement;
    seat = Seat(*member.now.script, seat.outcome);
    return next;
}

std::unique_ptr<LiveVersion> Broker::vacate(std::size_t script) {
    auto nobody = std::make_unique<LiveVersion>(state_->new_version(state_->members[script].spec));
    nobody->script->stay_away();
    return swap(script, std::move(nobody));
}

void Broker::set_probation(std::size_t script, bool on_probation) {
    state_->members[script].on_probation = on_probation;
}

std::optional<Outcome> Broker::exchange(LiveVersion& version, Header header, std::string_view json,
                                        Clock::duration allowed) {
    Seat seat(*version.script);
    seat.header = header;
    seat.json = json;
    state_->scheduler.tick({&seat, 1}, state_->tick, state_->round, allowed);
    return seat.outcome;
}

void Broker::set_version_listener(VersionListener* listener) { state_->listener = listener; }

const LiveVersion& Broker::live_version(std::size_t script) const { return state_->members[script].now; }

}  // namespace dragoman
