#include "broker/reload/reload_state.hpp"
#include "broker/reload/shadow_answer.hpp"

// A new version gets what the one that plays gets, and its answers are compared, before it may have the seat.

namespace dragoman {
namespace {

/// So many differences are shown of each shadow; the others are counted.
constexpr std::uint64_t most_shown = 5;
/// Scenes that are kept for a version that takes its time with its state.
constexpr std::size_t most_missed = 256;

}  // namespace

void Reloader::State::after_tick(std::span<const SceneFor> scenes) {
    stepping = true;
    for (const SceneFor& scene : scenes) {
        const auto found = seats.find(scene.script);
        if (found == seats.end() || found->second.next == nullptr) continue;
        Attempt& attempt = *found->second.next;
        if (attempt.stage == Attempt::Stage::shadow) shadow(found->second, scene.json);
        if (attempt.stage != Attempt::Stage::handing_over || !attempt.state_tick) continue;
        if (attempt.missed.size() < most_missed)
            attempt.missed.emplace_back(scene.json);
        else
            attempt.missed_too_many = true;
    }
    be_free();
}

/// Whether it owes nothing, or owes nothing by `until`. One that does by then has lost its chance: the match does not
/// wait for it in each tick anew.
bool Reloader::State::is_free(Attempt& attempt, Clock::time_point until) {
    LiveScript& next = *attempt.version->script;
    broker.wait_for([&] { return next.phase() != Phase::overdue && next.phase() != Phase::resetting; }, until);
    if (next.phase() == Phase::idle) return true;
    if (next.phase() == Phase::lost || broker.stopping()) return false;
    Failure failure;
    failure.outcome = Outcome::late;
    failure.message = "as a shadow it was still busy with the scene before when the next one had been played";
    next.fail(std::move(failure));
    return false;
}

void Reloader::State::shadow(SeatVersions& seat, std::string_view scene) {
    Attempt& attempt = *seat.next;
    LiveScript& next = *attempt.version->script;
    const auto until = Clock::now() + broker.deadlines().tick;
    if (!is_free(attempt, until)) return;
    const auto allowed = std::max(Clock::duration(std::chrono::milliseconds(1)), until - Clock::now());
    const auto outcome = broker.exchange(*attempt.version, Header::scene_info, scene, allowed);
    if (next.phase() == Phase::lost || !outcome) return;  // seen at the next step; stopped
    const bool answered = outcome == Outcome::ok && !next.answer().empty();
    const ShadowAnswer mine{outcome, answered ? std::optional(next.answer()) : std::nullopt,
                            next.session().said_reset()};
    const ShadowAnswer theirs{broker.outcome(seat.script), broker.answer(seat.script),
                              broker.script(seat.script).session().said_reset()};
    if (!is_same(mine, theirs)) differ(seat, "plays " + text_of(mine) + ", not " + text_of(theirs));
    if (attempt.shadow_left > 0 && --attempt.shadow_left == 0) end_shadow(seat);
}

std::string Reloader::State::why_no_shadow(const SeatVersions& seat) const {
    if (broker.spec(seat.script).role != Role::system) return "";
    return options.why_no_shadow ? options.why_no_shadow(seat.script, *seat.next->version)
                                 : "in this program systems are not shadowed";
}

bool Reloader::State::is_shadow(const SeatVersions& seat) const {
    return seat.next != nullptr && seat.next->stage == Attempt::Stage::shadow;
}

void Reloader::State::run_shadow(SeatVersions& seat,
                                 const std::function<std::optional<std::string>(LiveVersion&)>& tick) {
    stepping = true;
    Attempt& attempt = *seat.next;
    if (auto difference = tick(*attempt.version)) differ(seat, std::move(*difference));
    const bool plays = attempt.version->script->phase() != Phase::lost;  // else seen at the next step
    if (plays && attempt.shadow_left > 0 && --attempt.shadow_left == 0) end_shadow(seat);
    be_free();
}

/// What was saved meanwhile waits until the tick is over.
void Reloader::State::with_shadow(SeatVersions& seat, const std::function<void(LiveVersion&)>& use) {
    stepping = true;
    use(*seat.next->version);
    stepping = false;
}

void Reloader::State::no_shadow(SeatVersions& seat, const std::string& why) {
    Attempt& attempt = *seat.next;
    if (options.shadow_strict) {
        attempt.failure = Failure{};
        attempt.failure->message = "it cannot be a shadow, which --shadow-strict asks for: " + why;
        return;
    }
    tell(seat, {.step = ReloadStep::shadowed,
                .version = attempt.number,
                .file = attempt.source,
                .text = "cannot be compared: " + why});
    attempt.stage = Attempt::Stage::shadowed;
}

/// A player that was given a state of some ticks ago gets what has come since, so that it stands where the version
/// that plays stands. No tick waits for that longer than for a state, but for two scenes, since one more may come with
/// each tick. False while there is more to be given, and where it fails.
bool Reloader::State::catch_up(SeatVersions& seat, Clock::time_point until) {
    Attempt& attempt = *seat.next;
    const LiveScript& next = *attempt.version->script;
    attempt.catches_up = true;
    const auto enough = std::min(until, Clock::now() + options.hand_over);
    std::size_t given = 0;
    while (given < attempt.missed.size() && next.phase() == Phase::idle && (given < 2 || Clock::now() < enough)) {
        const auto outcome =
            broker.exchange(*attempt.version, Header::scene_info, attempt.missed[given++], broker.deadlines().tick);
        if (outcome == Outcome::ok) continue;
        if (!outcome) return false;  // stopped
        Failure failure = next.failure().value_or(Failure{});
        if (next.phase() != Phase::lost) {
            failure.outcome = *outcome;
            failure.message = "late when it was given the scenes that came while it took its state";
        }
        fail(seat, std::move(failure));
        return false;
    }
    attempt.missed.erase(attempt.missed.begin(), attempt.missed.begin() + static_cast<std::ptrdiff_t>(given));
    if (next.phase() == Phase::resetting) attempt.ready_by = Clock::now() + broker.deadlines().start;
    if (!attempt.missed.empty() || next.phase() != Phase::idle) return false;
    attempt.catches_up = false;
    if (!attempt.missed_too_many) attempt.state_tick.reset();  // as if it had been taken now
    return true;
}

void Reloader::State::differ(SeatVersions& seat, std::string what) {
    Attempt& attempt = *seat.next;
    if (++attempt.differences <= most_shown)
        tell(seat, {.step = ReloadStep::differs,
                    .version = attempt.number,
                    .file = attempt.source,
                    .text = std::move(what),
                    .differences = attempt.differences});
}

void Reloader::State::end_shadow(SeatVersions& seat) {
    Attempt& attempt = *seat.next;
    tell(seat, {.step = ReloadStep::shadowed,
                .version = attempt.number,
                .file = attempt.source,
                .text = std::to_string(attempt.differences) + " of " + std::to_string(options.shadow) +
                        " ticks were different",
                .took = Clock::now() - attempt.saved_at,
                .differences = attempt.differences});
    attempt.was_shadow = true;
    // Who did otherwise than a game or a system remembers a world that never was: it begins anew, with the state of
    // today.
    if (broker.spec(seat.script).role != Role::player && attempt.differences > 0 && !options.shadow_strict) {
        attempt.state_tick.reset();
        const Runnable runnable = *attempt.version->runnable();
        return start(seat, runnable);
    }
    attempt.stage = Attempt::Stage::shadowed;
    attempt.ready_by = Clock::now() + broker.deadlines().start;  // its last word may have been RESET
}

}  // namespace dragoman
