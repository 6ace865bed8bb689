#include "broker/reload/reload_state.hpp"

// A new version gets what the one that plays gets, and its answers are compared, before it may have the seat.

namespace dragoman {
namespace {

/// So many differences are shown of each shadow; the others are counted.
constexpr std::uint64_t most_shown = 5;
constexpr std::size_t longest_shown = 200;
/// Scenes that are kept for a version that takes its time with its state.
constexpr std::size_t most_missed = 256;

std::string shown(std::optional<std::string_view> answer, std::optional<Outcome> outcome) {
    if (!answer) return outcome ? std::string(name(*outcome)) : "nothing";
    return std::string(answer->substr(0, longest_shown)) + (answer->size() > longest_shown ? "..." : "");
}

/// 1 and 1.0 are the same, and so are objects whatever the order of their members.
bool is_same(std::string_view one, std::string_view other) {
    return one == other || nlohmann::json::parse(one, nullptr, false) == nlohmann::json::parse(other, nullptr, false);
}

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

void Reloader::State::shadow(SeatVersions& seat, std::string_view scene) {
    Attempt& attempt = *seat.next;
    LiveScript& next = *attempt.version->script;
    const auto outcome = broker.exchange(*attempt.version, Header::scene_info, scene, broker.deadlines().tick);
    if (next.phase() == Phase::lost) return;  // seen at the next step
    const auto mine = outcome == Outcome::ok && !next.answer().empty() ? std::optional(next.answer()) : std::nullopt;
    const auto theirs = broker.answer(seat.script);
    const auto their_outcome = broker.outcome(seat.script);
    const bool same = mine && theirs ? is_same(*mine, *theirs) : !mine == !theirs && outcome == their_outcome;
    if (!same) differ(seat, "plays " + shown(mine, outcome) + ", not " + shown(theirs, their_outcome));
    if (attempt.shadow_left > 0 && --attempt.shadow_left == 0) end_shadow(seat);
}

/// A player that was given a state of some ticks ago gets what has come since, so that it stands where the version
/// that plays stands. False where it fails in that.
bool Reloader::State::catch_up(SeatVersions& seat) {
    Attempt& attempt = *seat.next;
    for (const std::string& scene : std::exchange(attempt.missed, {})) {
        const auto outcome = broker.exchange(*attempt.version, Header::scene_info, scene, options.hand_over);
        if (outcome == Outcome::ok) continue;
        Failure failure = attempt.version->script->failure().value_or(Failure{});
        if (attempt.version->script->phase() != Phase::lost) {
            failure.outcome = outcome.value_or(Outcome::late);
            failure.message = "late when it was given the scenes that came while it took its state";
        }
        fail(seat, std::move(failure));
        return false;
    }
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
    attempt.stage = Attempt::Stage::shadowed;
}

}  // namespace dragoman
