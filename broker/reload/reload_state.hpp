#pragma once

#include <boost/asio/steady_timer.hpp>
#include <map>
#include <set>

#include "broker/reload/backoff.hpp"
#include "broker/reload/history/history.hpp"
#include "broker/reload/reloader.hpp"
#include "broker/reload/seen.hpp"
#include "broker/reload/uses.hpp"
#include "broker/reload/watch/names.hpp"
#include "broker/reload/watch/watcher.hpp"

namespace dragoman {

/// A version on its way to a seat.
struct Attempt {
    enum class Stage { building, starting, handing_over, shadow, shadowed };

    std::uint64_t id = 0;  // no two are the same
    int number = 0;
    std::filesystem::path source;
    Clock::time_point saved_at{};
    Stage stage = Stage::building;
    bool again = false;      // an old version, brought back
    bool is_retry = false;   // nothing of it was saved, but a file that it may lack
    bool more_came = false;  // such a file, meanwhile
    bool with_state = false;
    std::string no_state = {};  // why the version that plays could not give it
    std::unique_ptr<LiveVersion> version = {};
    Clock::time_point ready_by{};
    Clock::duration waited = {};                   // by ticks, for its state
    std::optional<std::uint64_t> state_tick = {};  // in which its state was taken
    /// Scenes that the version that plays got since then, and this one did not.
    std::vector<std::string> missed = {};
    bool missed_too_many = false;
    bool catches_up = false;  // it is being given them
    std::uint64_t shadow_left = 0;
    std::uint64_t differences = 0;
    bool was_shadow = false;
    SeenFiles files = {};
    FileTime began = 0;
    /// Nothing more can come of it: what it failed by.
    std::optional<Failure> failure = {};
};

/// All that is known of one seat's versions.
struct SeatVersions {
    std::size_t script = 0;
    std::filesystem::path source;
    /// What the script was started with, and by what it was held.
    std::filesystem::path first_source = {};
    Confinement first_confinement = {};
    int playing = 1;
    int last = 1;  // the highest number that was given out
    std::unique_ptr<History> history = {};
    std::unique_ptr<Attempt> next = {};
    /// The version before the one that plays, while that is on probation.
    std::unique_ptr<LiveVersion> parked = {};
    int parked_number = 0;
    std::filesystem::path parked_source = {};
    std::uint64_t probation_left = 0;
    std::uint64_t asked = 0;   // the same as `played`, for probation
    std::uint64_t played = 0;  // ticks of all its versions, when they were counted last
    std::optional<Failure> last_failure = {};
    /// The version that plays could not give it: at the next save it is asked once more.
    bool has_kept_state = false;
    SeenFiles files = {};  // of the version that plays
    /// Of the last one that failed: the mistake may lie in any of them.
    std::vector<std::filesystem::path> failed_files = {};
    /// The last one that failed before it had the seat: it is tried again when a file comes that it may have lacked.
    std::filesystem::path failed_source = {};
    /// Files of no language with which that was done: each once and not many, since a version that fails may write
    /// them.
    std::set<std::filesystem::path> tried_with = {};
    Clock::time_point playing_since{};
    Backoff backoff{};
    std::unique_ptr<boost::asio::steady_timer> delayed = {};
};

/// The script and what it says or is known to use.
std::vector<std::filesystem::path> files_of(const LiveVersion& version);

/// A program that wants to know which files appear in a folder.
struct FolderListener {
    watch::Filter names = {};
    std::function<void(const std::filesystem::path&)> tell = {};
};

struct Reloader::State final : VersionListener {
    State(Broker& broker, ReloadOptions options);
    ~State() override;

    // reloader.cpp
    SeatVersions& seat_of(std::size_t script);
    const SeatVersions* find(std::size_t script) const;
    void saved(const std::filesystem::path& file);
    void removed(const std::filesystem::path& file);
    void watch_folder_of(const SeatVersions& seat);
    void retry(SeatVersions& seat, const std::filesystem::path& file);
    void act_on(const std::filesystem::path& file, bool is_there);
    void when_free(std::function<void()> act);
    void be_free();
    void note_files(SeatVersions& seat);
    void step_all(Clock::time_point until);
    void tell(const SeatVersions& seat, ReloadEvent event);

    // siblings.cpp
    bool is_sibling(const SeatVersions& seat, const std::filesystem::path& file) const;
    std::filesystem::path sibling_of(const SeatVersions& seat) const;
    std::filesystem::path file_to_play(const SeatVersions& seat) const;
    void lose_file(SeatVersions& seat);
    void keep_on(SeatVersions& seat);
    bool act_on_sibling(SeatVersions& seat, const std::filesystem::path& file, bool is_there);
    void appeared(const std::filesystem::path& file);
    void disappeared(const std::filesystem::path& file);

    // attempt.cpp: from a save to READY
    void begin(SeatVersions& seat, const std::filesystem::path& source, Clock::time_point saved_at,
               bool is_retry = false);
    void begin_or_wait(SeatVersions& seat, Clock::time_point saved_at);
    void begin_again(SeatVersions& seat, int number);
    Attempt& new_attempt(SeatVersions& seat, const std::filesystem::path& source, Clock::time_point saved_at);
    void built(SeatVersions& seat, Built built);
    void start(SeatVersions& seat, const Runnable& runnable);
    void step(SeatVersions& seat, Clock::time_point until);
    Confinement confinement_of(const SeatVersions& seat, const std::filesystem::path& source) const;
    void hand_over(SeatVersions& seat, Clock::time_point until);
    void ready(SeatVersions& seat, Clock::time_point until);
    void without_state(SeatVersions& seat);
    void fail(SeatVersions& seat, Failure failure);
    void drop(SeatVersions& seat);
    void try_later(SeatVersions& seat, Clock::duration pause);

    // shadow.cpp
    void after_tick(std::span<const SceneFor> scenes);
    bool is_free(Attempt& attempt, Clock::time_point until);
    void shadow(SeatVersions& seat, std::string_view scene);
    bool catch_up(SeatVersions& seat, Clock::time_point until);
    void differ(SeatVersions& seat, std::string what);
    void end_shadow(SeatVersions& seat);
    std::string why_no_shadow(const SeatVersions& seat) const;
    bool is_shadow(const SeatVersions& seat) const;
    void run_shadow(SeatVersions& seat, const std::function<std::optional<std::string>(LiveVersion&)>& tick);
    void with_shadow(SeatVersions& seat, const std::function<void(LiveVersion&)>& use);
    void no_shadow(SeatVersions& seat, const std::string& why);

    // seat.cpp: who has it
    void give_seat(SeatVersions& seat);
    bool take_back(SeatVersions& seat);
    void lose_both(SeatVersions& seat);
    void settle(SeatVersions& seat);
    void count_tick(SeatVersions& seat);
    void give_up(SeatVersions& seat);
    void keep(SeatVersions& seat, FileTime since);
    void count_played(SeatVersions& seat);
    void leave(std::unique_ptr<LiveVersion> version);

    // VersionListener
    void on_state(LiveScript& script, std::string_view json) override;
    void on_no_state(LiveScript& script, const ScriptError& why) override;
    void on_uses(const LiveScript& script) override;
    void on_version_failed(LiveScript& script, const Failure& failure) override;

    bool lost(const SeatVersions& seat) const { return broker.script(seat.script).phase() == Phase::lost; }
    bool is_active(const SeatVersions& seat) const { return seat.next != nullptr || seat.parked != nullptr; }
    bool can_act(const SeatVersions& seat) const;

    Broker& broker;
    ReloadOptions options;
    VersionStore store;
    Uses uses{real_path};
    std::map<std::size_t, SeatVersions> seats;
    void count_active();
    std::size_t active = 0;  // seats with something on its way or on probation
    std::uint64_t attempts = 0;
    /// Who wants to know which files appear, by folder.
    std::map<std::filesystem::path, FolderListener> told_folders;
    /// Folders that are watched for what a version that failed may lack.
    std::set<std::filesystem::path> folders;
    /// A version is being talked to; what may do away with it has to wait.
    bool stepping = false;
    std::vector<std::function<void()>> waiting;
    std::uint64_t counted = 0;  // ticks, for probation
    std::map<std::uint64_t, std::unique_ptr<LiveVersion>> leaving;
    std::uint64_t left = 0;
    std::unique_ptr<Watcher> watcher;
    std::shared_ptr<bool> alive = std::make_shared<bool>(true);
};

}  // namespace dragoman
