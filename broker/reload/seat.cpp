#include <algorithm>

#include "broker/reload/reload_state.hpp"

// Who has a seat: the version before, or the next one.

namespace dragoman {
namespace fs = std::filesystem;
namespace {

using namespace std::chrono_literals;

/// What has been replaced gets goodbye and so long to end by itself.
constexpr auto goodbye_time = 200ms;

}  // namespace

/// Between two ticks.
void Reloader::State::give_seat(SeatVersions& seat) {
    auto attempt = std::move(seat.next);
    count_played(seat);
    const bool first = lost(seat);  // there is nothing to go back to
    auto before = broker.swap(seat.script, std::move(attempt->version));
    if (options.seated) {
        broker.set_probation(seat.script, true);  // what it fails of there is told below
        auto why = options.seated(seat.script, false);
        broker.set_probation(seat.script, seat.parked != nullptr);
        if (why) {
            attempt->version = broker.swap(seat.script, std::move(before));
            seat.next = std::move(attempt);
            Failure failure;
            failure.outcome = Outcome::compile_error;
            failure.message = std::move(*why);
            return fail(seat, std::move(failure));
        }
    }
    if (seat.parked != nullptr) settle(seat);  // the one before that has proved itself by now
    if (first) {
        leave(std::move(before));
    } else {
        seat.history->set_status(seat.playing, VersionStatus::parked);
        seat.parked = std::move(before);
        seat.parked_number = seat.playing;
        seat.parked_source = seat.source;
        seat.probation_left = options.probation;
        seat.asked = broker.statistics(seat.script).ticks();
        broker.set_probation(seat.script, true);
    }
    count_active();
    const int before_number = std::exchange(seat.playing, attempt->number);
    seat.has_kept_state = false;
    seat.source = attempt->source;
    seat.playing_since = Clock::now();
    seat.last_failure.reset();
    seat.failed_files.clear();
    seat.failed_source.clear();
    note_files(seat);
    const bool at_rest = attempt->files.keep(uses.files_of(seat.script), attempt->began) || attempt->again;
    // An old version is followed by the next save, whatever its bytes.
    seat.files = attempt->again ? SeenFiles{} : std::move(attempt->files);
    if (attempt->again)
        seat.history->set_status(seat.playing, VersionStatus::playing);
    else
        keep(seat, at_rest ? 0 : attempt->began);
    std::string text;
    if (attempt->again) text = "an old version";
    if (!attempt->no_state.empty())
        text += std::string(text.empty() ? "" : ", ") + "without the state of version " +
                std::to_string(before_number) + ", which cannot give it: " + attempt->no_state;
    if (options.shadow == 0 && attempt->state_tick && *attempt->state_tick != broker.ticks())
        text = "its state is " + std::to_string(broker.ticks() - *attempt->state_tick) + " ticks old";
    tell(seat, {.step = ReloadStep::swapped,
                .version = seat.playing,
                .file = seat.source,
                .text = std::move(text),
                .took = seat.playing_since - attempt->saved_at,
                .differences = attempt->differences});
    if (seat.parked != nullptr && options.probation == 0) settle(seat);
    if (!at_rest) begin_or_wait(seat, seat.playing_since);  // saved while it was started
}

bool Reloader::State::take_back(SeatVersions& seat) {
    if (seat.parked == nullptr || !lost(seat)) return false;
    if (seat.parked->script->phase() == Phase::lost) {
        lose_both(seat);
        return false;
    }
    count_played(seat);
    const int failed = seat.playing;
    auto after = broker.swap(seat.script, std::move(seat.parked));
    Failure failure = after->script->failure().value_or(Failure{});
    count_active();
    broker.set_probation(seat.script, false);
    seat.playing = seat.parked_number;
    seat.has_kept_state = false;
    ReloadEvent event{.step = ReloadStep::rolled_back,
                      .version = failed,
                      .file = std::exchange(seat.source, seat.parked_source),
                      .failure = failure,
                      .text = "version " + std::to_string(seat.playing) + " plays again"};
    seat.failed_files = files_of(*after);
    note_files(seat);
    leave(std::move(after));
    if (options.seated) options.seated(seat.script, true);
    // Whoever saves the failed one's bytes once more wants it tried again; the same goes for the one that plays.
    seat.files = {};
    seat.last_failure = std::move(failure);
    seat.history->set_status(failed, VersionStatus::failed, seat.last_failure->message);
    seat.history->set_status(seat.playing, VersionStatus::playing);
    tell(seat, std::move(event));
    return true;
}

/// The version before it has ended meanwhile: there is nobody to give the seat back to.
void Reloader::State::lose_both(SeatVersions& seat) {
    leave(std::move(seat.parked));
    count_active();
    broker.set_probation(seat.script, false);
    seat.last_failure = broker.script(seat.script).failure();
    seat.history->set_status(seat.playing, VersionStatus::failed, seat.last_failure ? seat.last_failure->message : "");
    tell(seat, {.step = ReloadStep::failed,
                .version = seat.playing,
                .file = seat.source,
                .failure = seat.last_failure,
                .text = "the version before it has ended as well: nobody has the seat until its file is saved"});
}

/// Probation is over: the version before it is let go.
void Reloader::State::settle(SeatVersions& seat) {
    if (seat.parked == nullptr) return;
    leave(std::move(seat.parked));
    seat.history->set_status(seat.parked_number, VersionStatus::replaced);
    count_active();
    broker.set_probation(seat.script, false);
    if (options.settled) options.settled(seat.script);
    tell(seat, {.step = ReloadStep::settled, .version = seat.playing, .file = seat.source});
}

void Reloader::State::count_active() {
    active = static_cast<std::size_t>(
        std::ranges::count_if(seats, [this](const auto& seat) { return is_active(seat.second); }));
}

/// The ticks that it has played since the last time.
void Reloader::State::count_played(SeatVersions& seat) {
    const std::uint64_t played = broker.statistics(seat.script).ticks();
    seat.history->add_ticks(seat.playing, played - std::exchange(seat.played, played));
}

void Reloader::State::keep(SeatVersions& seat, FileTime since) {
    const LiveVersion& version = broker.live_version(seat.script);
    if (version.runnable() == nullptr) return;
    std::vector<fs::path> used;
    for (const std::string& file : version.script->session().uses()) used.emplace_back(file);
    const auto is_untouched = [&seat](const fs::path& file) {
        return !seat.files.knows(file) || seat.files.is_untouched(file);
    };
    seat.history->keep({.number = seat.playing,
                        .runnable = *version.runnable(),
                        .uses = std::move(used),
                        .reach = reach_of(seat.source, confinement_of(seat, seat.source), broker.sandbox_mode(),
                                          broker.known_scripts()),
                        .since = since,
                        .is_untouched = is_untouched,
                        .status = VersionStatus::playing});
}

/// After a tick in which the seat's version took part.
void Reloader::State::count_tick(SeatVersions& seat) {
    if (seat.parked == nullptr) return;
    const std::uint64_t asked = broker.statistics(seat.script).ticks();
    if (asked == std::exchange(seat.asked, asked)) return;
    if (seat.probation_left > 0) --seat.probation_left;
    if (seat.probation_left == 0 && broker.script(seat.script).phase() == Phase::idle) settle(seat);
}

void Reloader::State::give_up(SeatVersions& seat) {
    drop(seat);
    if (seat.parked != nullptr) settle(seat);
    tell(seat, {.step = ReloadStep::removed,
                .version = seat.playing,
                .file = seat.source,
                .text = "its file is gone: the seat is given up"});
    leave(broker.vacate(seat.script));
    seat.source.clear();
    seat.failed_files.clear();
    seat.failed_source.clear();
    note_files(seat);
}

void Reloader::State::leave(std::unique_ptr<LiveVersion> version) {
    version->script->finish("another version plays");
    const std::uint64_t number = ++left;
    leaving.emplace(number, std::move(version));
    auto timer = std::make_shared<boost::asio::steady_timer>(broker.io(), goodbye_time);
    timer->async_wait([this, still = std::weak_ptr(alive), number, timer](const auto&) {
        if (!still.expired()) leaving.erase(number);  // by force, where that is needed
    });
}

}  // namespace dragoman
