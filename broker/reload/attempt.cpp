#include <algorithm>

#include "broker/build/build_failure.hpp"
#include "broker/build/source.hpp"
#include "broker/reload/reload_state.hpp"

// From a save to a version that is READY.

namespace dragoman {
namespace fs = std::filesystem;

namespace {

bool is_same(const std::optional<Failure>& before, const Failure& now) {
    return before && before->outcome == now.outcome && before->message == now.message && before->line == now.line;
}

}  // namespace

void Reloader::State::drop(SeatVersions& seat) {
    if (seat.next == nullptr) return;
    auto attempt = std::move(seat.next);
    count_active();
    // The process is killed; whatever the builder says of it is not listened to any more.
}

Attempt& Reloader::State::new_attempt(SeatVersions& seat, const fs::path& source, Clock::time_point saved_at) {
    drop(seat);
    seat.delayed.reset();
    seat.next = std::make_unique<Attempt>();
    count_active();
    seat.next->id = ++attempts;
    seat.next->number = ++seat.last;
    seat.next->source = source;
    seat.next->saved_at = saved_at;
    seat.next->began = file_clock_now();
    return *seat.next;
}

void Reloader::State::begin(SeatVersions& seat, const fs::path& source, Clock::time_point saved_at, bool is_retry) {
    Attempt& attempt = new_attempt(seat, source, saved_at);
    attempt.files.look_at(source);
    for (const fs::path& file : uses.files_of(seat.script)) attempt.files.look_at(file);
    attempt.is_retry = is_retry;
    if (!is_retry) seat.tried_with.clear();
    if (!is_retry) tell(seat, {.step = ReloadStep::begun, .version = attempt.number, .file = source});
    broker.builder().build(source,
                           [this, still = std::weak_ptr(alive), script = seat.script, id = attempt.id](Built result) {
                               if (still.expired()) return;
                               SeatVersions& mine = seat_of(script);
                               if (mine.next != nullptr && mine.next->id == id) built(mine, std::move(result));
                           });
}

void Reloader::State::begin_again(SeatVersions& seat, int number) {
    auto artefact = seat.history->artefact(number);
    Attempt& attempt = new_attempt(seat, seat.history->find(number)->source, Clock::now());
    attempt.number = number;
    attempt.again = true;
    --seat.last;
    tell(seat, {.step = ReloadStep::begun, .version = number, .file = attempt.source, .text = "an old version"});
    if (const auto* runnable = std::get_if<Runnable>(&artefact)) return start(seat, *runnable);
    Failure failure;
    failure.outcome = Outcome::not_ready;
    failure.message = std::get<std::string>(artefact);
    fail(seat, std::move(failure));
}

void Reloader::State::built(SeatVersions& seat, Built built) {
    if (const auto* failure = std::get_if<BuildFailure>(&built)) {
        // Of what did not compile nothing is known but where the mistake is; /usr is not what its author edits.
        seat.failed_files.clear();
        if (!failure->file.empty() && !failure->file.native().starts_with("/usr/"))
            seat.failed_files.push_back(full_path(failure->file));
        return fail(seat, failure_of(*failure));
    }
    start(seat, std::get<Runnable>(built));
}

void Reloader::State::start(SeatVersions& seat, const Runnable& runnable) {
    Attempt& attempt = *seat.next;
    const LiveScript& playing = broker.script(seat.script);
    const bool can_give = !lost(seat) && playing.session().has_feature("state");
    // One that was asked before and never answered is not asked again.
    if (can_give && playing.session().owes_state()) attempt.no_state = "it was asked before, and has not answered yet";
    attempt.with_state = can_give && attempt.no_state.empty();
    attempt.stage = Attempt::Stage::starting;
    attempt.ready_by = Clock::now() + broker.deadlines().start;
    attempt.version =
        broker.prepare(seat.script, runnable, {{"version", attempt.number}, {"state", attempt.with_state}},
                       confinement_of(seat, attempt.source));
}

Confinement Reloader::State::confinement_of(const SeatVersions& seat, const fs::path& source) const {
    if (source == seat.first_source) return seat.first_confinement;
    if (options.confine) return options.confine(seat.script, source);
    return {.trust = Trust::untrusted, .reads = {}, .reason = {}, .limits = seat.first_confinement.limits};
}

void Reloader::State::step(SeatVersions& seat, Clock::time_point until) {
    Attempt& attempt = *seat.next;
    if (attempt.version == nullptr) return;  // the builder is at it
    LiveScript& script = *attempt.version->script;
    const auto now = Clock::now();
    script.check_limits(now);
    if (script.phase() == Phase::lost) return fail(seat, script.failure().value_or(Failure{}));
    if (attempt.failure && !attempt.no_state.empty() && std::exchange(seat.has_kept_state, true))
        return without_state(seat);
    if (attempt.failure) return fail(seat, Failure(*attempt.failure));
    if (attempt.stage == Attempt::Stage::starting && script.session().wants_state())
        attempt.stage = Attempt::Stage::handing_over;
    if (attempt.stage == Attempt::Stage::shadow && lost(seat)) attempt.stage = Attempt::Stage::shadowed;  // of nobody
    const std::uint64_t id = attempt.id;
    if (attempt.stage == Attempt::Stage::handing_over) hand_over(seat, until);
    if (seat.next == nullptr || seat.next->id != id || attempt.stage == Attempt::Stage::shadow) return;
    if (script.phase() == Phase::idle) return ready(seat, until);
    if (now < attempt.ready_by || script.phase() == Phase::lost) return;
    Failure failure;
    failure.outcome = Outcome::not_ready;
    failure.message = std::string(script.session().wants_state() ? "the version that plays gave no state within "
                                                                 : "not READY within ") +
                      std::to_string(std::chrono::round<std::chrono::milliseconds>(broker.deadlines().start).count()) +
                      " ms of its start";
    fail(seat, std::move(failure));
}

/// The version that plays could not give it to the save before this one either, and nobody can mend that one: what is
/// saved now is more to its author than what it knew.
void Reloader::State::without_state(SeatVersions& seat) {
    Attempt& attempt = *seat.next;
    attempt.failure.reset();
    attempt.state_tick.reset();
    attempt.missed.clear();
    attempt.catches_up = false;
    const Runnable runnable = *attempt.version->runnable();
    start(seat, runnable);
}

/// The version that plays is asked now, between two ticks, and the new one is given the answer as it comes in
/// (on_state). As long as that may last nothing else happens, so that not one tick lies between the state and the swap.
void Reloader::State::hand_over(SeatVersions& seat, Clock::time_point until) {
    Attempt& attempt = *seat.next;
    LiveScript& playing = broker.script(seat.script);
    LiveScript& next = *attempt.version->script;
    if (next.phase() == Phase::idle || attempt.catches_up) return;  // it has all that it needs
    // It was promised a state, and there is none any more: by now another version may play, which cannot be asked.
    if (playing.phase() == Phase::lost || !playing.session().has_feature("state")) {
        if (attempt.again) return begin_again(seat, attempt.number);
        return begin(seat, fs::path(attempt.source), attempt.saved_at);
    }
    if (next.session().wants_state() && !playing.session().owes_state()) {
        if (playing.phase() != Phase::idle) return;  // at the next tick's end
        attempt.state_tick = broker.ticks();
        playing.ask_state();
    }
    const auto done = [&] {
        return next.phase() != Phase::starting || playing.phase() == Phase::lost || attempt.failure.has_value();
    };
    // All waits of one attempt together are no longer than `hand_over`.
    const auto began = Clock::now();
    if (attempt.waited < options.hand_over)
        broker.wait_for(done, std::min(until, began + options.hand_over - attempt.waited));
    attempt.waited += Clock::now() - began;
}

void Reloader::State::on_state(LiveScript& script, std::string_view json) {
    for (auto& [number, seat] : seats) {
        if (&broker.script(number) != &script || seat.next == nullptr || seat.next->version == nullptr) continue;
        LiveScript& next = *seat.next->version->script;
        if (next.session().wants_state()) next.give_state(json);
    }
}

void Reloader::State::on_no_state(LiveScript& script, const ScriptError& why) {
    for (auto& [number, seat] : seats) {
        if (&broker.script(number) != &script || seat.next == nullptr) continue;
        Failure failure;
        failure.outcome = Outcome::raised;
        failure.message = "the version that plays cannot give its state: " + why.message;
        if (!seat.has_kept_state)
            failure.message += std::string(" (") + (seat.next->again ? "asked for" : "saved") +
                               " once more, this one plays without it)";
        seat.next->no_state = why.message;
        failure.trace = why.trace;
        failure.file = why.file;
        failure.source = why.source;
        failure.line = why.line;
        seat.next->failure = std::move(failure);
    }
}

void Reloader::State::ready(SeatVersions& seat, Clock::time_point until) {
    Attempt& attempt = *seat.next;
    if ((attempt.catches_up || !attempt.missed.empty()) && !catch_up(seat, until)) return;
    if (attempt.stage == Attempt::Stage::shadowed && options.shadow_strict && attempt.differences > 0) {
        Failure failure;
        failure.outcome = Outcome::ok;
        failure.message = "as a shadow it did otherwise in " + std::to_string(attempt.differences) + " of " +
                          std::to_string(options.shadow) + " ticks";
        return fail(seat, std::move(failure));
    }
    const bool is_over = attempt.was_shadow || attempt.again || attempt.stage == Attempt::Stage::shadowed;
    if (options.shadow == 0 || lost(seat) || is_over) return give_seat(seat);
    if (const std::string why = why_no_shadow(seat); !why.empty()) {
        no_shadow(seat, why);
        return attempt.failure ? fail(seat, Failure(*attempt.failure)) : give_seat(seat);
    }
    attempt.stage = Attempt::Stage::shadow;
    attempt.shadow_left = options.shadow;
}

void Reloader::State::fail(SeatVersions& seat, Failure failure) {
    const Attempt& attempt = *seat.next;
    failure.tick = broker.ticks();
    ReloadEvent event{.step = ReloadStep::failed,
                      .version = attempt.number,
                      .file = attempt.source,
                      .took = Clock::now() - attempt.saved_at,
                      .differences = attempt.differences};
    if (failure.outcome == Outcome::ok)
        event.text = failure.message;  // refused, though it has failed of nothing
    else
        event.failure = failure;
    if (event.failure && lost(seat) && seat.parked == nullptr)
        event.text = "nobody has the seat until its file is saved";
    if (attempt.version != nullptr) seat.failed_files = files_of(*attempt.version);
    if (attempt.source != seat.source && std::ranges::count(seat.failed_files, attempt.source) == 0)
        seat.failed_files.push_back(attempt.source);
    note_files(seat);
    const std::optional<Failure> before = lost(seat) ? broker.script(seat.script).failure() : seat.last_failure;
    const bool is_known = attempt.is_retry && (is_same(seat.last_failure, failure) || is_same(before, failure));
    if (is_known) --seat.last;  // nobody was told of it
    const bool more_came = attempt.more_came;
    seat.failed_source = failure.outcome == Outcome::ok || attempt.again ? fs::path() : attempt.source;
    seat.last_failure = std::move(failure);
    drop(seat);
    if (!is_known) tell(seat, event);
    if (more_came && seat.next == nullptr && !seat.failed_source.empty())
        begin(seat, fs::path(seat.failed_source), Clock::now(), true);
}

void Reloader::State::try_later(SeatVersions& seat, Clock::duration pause) {
    seat.delayed = std::make_unique<boost::asio::steady_timer>(broker.io(), pause);
    tell(seat, {.step = ReloadStep::backed_off,
                .version = seat.last + 1,
                .file = seat.source,
                .text = "it is saved again and again as soon as it plays; the next version waits " +
                        std::to_string(std::chrono::round<std::chrono::milliseconds>(pause).count()) + " ms"});
    seat.delayed->async_wait([this, still = std::weak_ptr(alive), script = seat.script](const auto& error) {
        if (error || still.expired()) return;
        SeatVersions& mine = seat_of(script);
        mine.delayed.reset();
        const auto files = uses.files_of(script);
        if (lost(mine) ||
            !std::all_of(files.begin(), files.end(), [&](const auto& file) { return mine.files.is_same(file); }))
            begin(mine, file_to_play(mine), Clock::now());
    });
}

}  // namespace dragoman
