#include "broker/reload/reload_state.hpp"

// A new version gets what the one that plays gets, and its answers are compared, before it may have the seat.

namespace dragoman {
namespace {

/// So many differences are shown of each shadow; the others are counted.
constexpr std::uint64_t most_shown = 5;
constexpr std::size_t longest_shown = 200;

std::string shown(std::optional<std::string_view> answer, std::optional<Outcome> outcome) {
    if (!answer) return outcome ? std::string(name(*outcome)) : "nothing";
    return std::string(answer->substr(0, longest_shown)) + (answer->size() > longest_shown ? "..." : "");
}

/// 1 and 1.0 are the same, and so are objects whatever the order of their members.
bool is_same(std::string_view one, std::string_view other) {
    return one == other || nlohmann::json::parse(one, nullptr, false) == nlohmann::json::parse(other, nullptr, false);
}

}  // namespace

void Reloader::State::shadow(std::span<const SceneFor> scenes) {
    stepping = true;
    for (const SceneFor& scene : scenes) {
        const auto found = seats.find(scene.script);
        if (found == seats.end() || found->second.next == nullptr) continue;
        SeatVersions& seat = found->second;
        Attempt& attempt = *seat.next;
        if (attempt.stage != Attempt::Stage::shadow) continue;
        LiveScript& next = *attempt.version->script;
        const auto outcome = broker.exchange(*attempt.version, Header::scene_info, scene.json, broker.deadlines().tick);
        if (next.phase() == Phase::lost) continue;  // seen at the next step
        const auto mine =
            outcome == Outcome::ok && !next.answer().empty() ? std::optional(next.answer()) : std::nullopt;
        const auto theirs = broker.answer(scene.script);
        const auto their_outcome = broker.outcome(scene.script);
        const bool same = mine && theirs ? is_same(*mine, *theirs) : !mine == !theirs && outcome == their_outcome;
        if (!same) differ(seat, "plays " + shown(mine, outcome) + ", not " + shown(theirs, their_outcome));
        if (attempt.shadow_left > 0 && --attempt.shadow_left == 0) end_shadow(seat);
    }
    be_free();
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
