#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "broker/broker.hpp"
#include "broker/reload/history/version.hpp"

namespace dragoman {

/// What became of a save, or of a version.
enum class ReloadStep {
    begun,        // a version is being built and started beside the one that plays
    unchanged,    // saved, but with the same bytes
    failed,       // it did not get the seat: the one that plays stays
    swapped,      // it has the seat, on probation
    rolled_back,  // it failed on probation: the one before it has the seat again
    settled,      // probation is over
    differs,      // as a shadow, it did otherwise than the one that plays
    shadowed,     // its time as a shadow is over; `differences` were counted
    removed,      // the file is gone and nothing has taken its place: a player's seat is given up
    backed_off,   // it is saved so often that nothing is tried for a while
};
std::string_view name(ReloadStep step);

struct ReloadEvent {
    ReloadStep step = ReloadStep::begun;
    std::size_t script = 0;  // the broker's number
    std::string seat = {};
    int version = 0;
    std::filesystem::path file = {};      // the version's source
    std::optional<Failure> failure = {};  // why, with file and line where they are known
    std::string text = {};                // what there is to say, for a person; one line
    Clock::duration took = {};            // since the save
    std::uint64_t tick = 0;
    std::uint64_t differences = 0;
};

struct ReloadOptions {
    /// Ticks that a version must live through before the one before it is let go.
    std::uint64_t probation = 60;
    /// Versions of each seat that are kept.
    std::size_t depth = 5;
    /// A script that is saved again and again as soon as it plays has to wait, longer and longer: it may be rewriting
    /// itself for ever.
    bool backs_off = true;
    /// Ticks in which a new version is fed what the old one gets, before it may have the seat; and whether it must do
    /// the same in all of them.
    std::uint64_t shadow = 0;
    bool shadow_strict = false;
    /// Why a version of systems cannot be compared with the one that plays; empty where it can. By default none can:
    /// whoever runs them has to ask their shadows too (with_shadow()).
    std::function<std::string(std::size_t script, const LiveVersion& version)> why_no_shadow = {};
    /// How long the next tick may wait for a state to go from one version to the next. What takes longer goes on beside
    /// the ticks; a player is then given the scenes that it missed, up to `most_missed`, before it gets the seat.
    Clock::duration hand_over = std::chrono::milliseconds(50);
    /// How far a file is trusted that takes another one's seat. By default trust belongs to the file that the script
    /// was started with, and to no other: limits stay, walls come.
    std::function<Confinement(std::size_t script, const std::filesystem::path& file)> confine = {};
    std::function<void(const ReloadEvent&)> on_event = {};
    std::function<void(const std::string&)> warn = {};
    /// A script has got a seat, by swap or by going back: whoever keeps more of it than the broker does brings that up
    /// to date. Says why it cannot have the seat after all, if so.
    std::function<std::optional<std::string>(std::size_t script, bool going_back)> seated = {};
    /// The version before it is let go.
    std::function<void(std::size_t script)> settled = {};
};

/// Hot reload: brings new versions of scripts to their seats while the others play on. See docs/hot-reload.md.
///
///     dragoman::Reloader reloader(broker, {.on_event = print});
///     reloader.watch(0);
///     for (;;) {
///         reloader.between_ticks();
///         broker.tick(...);
///     }
///
/// A saved script is built and started beside the one that plays; when it is READY, with the state of the one before
/// it, it gets the seat between two ticks. Whatever goes wrong before that changes nothing but is told; if it fails
/// within its first ticks the one before it, which is still there, gets the seat back. Neither Broker nor Reloader is
/// used from an event's callback.
class Reloader {
public:
    Reloader(Broker& broker, ReloadOptions options);
    ~Reloader();
    Reloader(const Reloader&) = delete;

    /// Watches the script's file and what it uses. After Broker::start(); again for scripts that come later.
    void watch(std::size_t script);
    /// `appeared` is called for files in the folder, and below it, that match one of the patterns (as a shell does) and
    /// belong to no seat; it may be empty, and be called for each folder that a file is in. A version that failed is
    /// tried again when such a file comes. Of one folder the last call counts.
    void watch_folder(const std::filesystem::path& folder, std::vector<std::string> patterns,
                      std::function<void(const std::filesystem::path&)> appeared);
    /// No more watching; versions on their way are dropped. Seats stay as they are.
    void stop();

    /// Between two ticks: takes back seats from versions that failed, and gives seats to those that are ready. Ready
    /// states are handed over now; this waits for that until `until`, and `hand_over` at most. Costs nothing while
    /// nothing is on its way.
    void between_ticks(Clock::time_point until = Clock::time_point::max());
    /// Waits until `until`, and does what between_ticks() does as soon as there is something to do.
    void wait_until(Clock::time_point until);
    /// After a tick in which a script lost its seat: true where the version before it has it again, so that the same
    /// can be asked of that one.
    bool take_back(std::size_t script);

    /// Ends its probation now: the version before it is let go.
    void settle(std::size_t script);
    /// After a tick: versions that are shadows of players get the scenes that those got, and their answers are
    /// compared; what players got while their state was on its way is kept for who takes it.
    void after_tick(std::span<const SceneFor> scenes);

    /// Whether the script's next version is its shadow now. Who asks a game or systems their ticks asks the shadow too,
    /// by run_shadow().
    bool is_shadow(std::size_t script) const;
    /// After a tick: `tick` asks that version the same, and says what it did otherwise. Not called where there is none.
    void run_shadow(std::size_t script, const std::function<std::optional<std::string>(LiveVersion&)>& tick);
    /// Within a tick, and not counted as one: `use` is called with that version, which stays until it returns. Not
    /// called where there is none.
    void with_shadow(std::size_t script, const std::function<void(LiveVersion&)>& use);
    /// It cannot be compared, and why.
    void end_shadow(std::size_t script, const std::string& why);

    /// A watched seat that nobody has, and that nobody is on the way to.
    std::optional<std::size_t> open_seat() const;
    /// Brings the script's file to its seat as if it had been saved.
    void reload(std::size_t script);
    /// Has another file play the script's seat from now on, in whatever language: the state goes along.
    void replace(std::size_t script, const std::filesystem::path& file);
    /// Brings back version `number`, or the one before the one that plays. Throws std::invalid_argument with what
    /// versions there are.
    void rollback(std::size_t script, std::optional<int> number = std::nullopt);
    void rollback_to_previous_version(std::size_t script) { rollback(script); }

    std::vector<Version> versions(std::size_t script) const;
    /// The number of the version that plays; 1 where there was no reload.
    int version(std::size_t script) const;
    /// Why the last reload of it came to nothing; nothing where it went well or there was none.
    std::optional<Failure> last_failure(std::size_t script) const;
    /// The scripts that are reloaded when this file is saved.
    std::vector<std::size_t> affected_by(const std::filesystem::path& file) const;
    /// What `dragoman ctl status` says: "playing", "building", "starting", "handing over", "shadow", "on probation".
    std::string_view state(std::size_t script) const;
    /// Whether anything is on its way or on probation.
    bool busy() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace dragoman
