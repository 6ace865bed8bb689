#pragma once
// The library's public header. A program that embeds the broker is itself the game: it adds scripts, starts them, and
// runs ticks.
//
//     dragoman::Broker broker;
//     broker.add({.source = "ml/a.py", .name = "1P"});
//     broker.add({.source = "ml/b.cpp", .name = "2P"});
//     broker.start();
//     broker.tick({{0, scene_of_1P}, {1, scene_of_2P}});
//     if (auto command = broker.answer(0)) ...

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "broker/build/builder.hpp"
#include "broker/live_version.hpp"
#include "broker/plane/data_tier.hpp"
#include "broker/plane/plane.hpp"
#include "broker/sandbox/confinement.hpp"
#include "broker/sandbox/known_scripts.hpp"
#include "broker/schedule/scheduler.hpp"
#include "broker/schedule/statistics.hpp"
#include "broker/session/live_script.hpp"
#include "broker/shell_command.hpp"
#include "protocol/encode.hpp"

namespace dragoman {

struct ScriptSpec {
    std::variant<std::filesystem::path, ShellCommand> source;
    std::string name;  // the seat
    Role role = Role::player;
    /// `args` and `kwargs` of __init__.
    Json args = Json::array();
    Json kwargs = Json::object();
    /// More members of __init__'s "dragoman": params, players, seed.
    Json about = Json::object();
    /// False: __init__ has no member "dragoman", as MLGame sends it.
    bool extended = true;
    /// How far it is trusted, and what it may use. A ShellCommand whose trust nobody set is trusted: see own_command().
    Confinement confinement{};
};

struct BrokerOptions {
    /// The tree that holds compilers/, clients/ and libexec/; found by itself where empty (see find_home).
    std::filesystem::path home{};
    /// Where languages are looked for before the user's configuration and the built-in ones.
    std::vector<std::filesystem::path> languages{};
    /// The build cache; default_cache() where empty.
    std::filesystem::path cache{};
    Deadlines deadlines{};
    SandboxMode sandbox = SandboxMode::automatic;
    /// Look at every file that a script opens, and tell its author which of them the sandbox hid, also where the script
    /// itself says nothing. Costs each open some microseconds.
    bool tell_hidden_files = false;
    /// Scripts without hooks hand their plain data on to their next versions, where their languages can tell it.
    bool keep_attributes = false;
    ScriptEvents events{};
    std::function<void(const BuildEvent&)> on_build{};
    /// What is worth telling but no script's fault.
    std::function<void(const std::string&)> warn{};
};

/// One scene for one script.
struct SceneFor {
    std::size_t script;
    std::string_view json;  // valid JSON on one line; goes out as it is
};

/// Who brings new versions of scripts to their seats hears what becomes of them. See Reloader.
class VersionListener {
public:
    virtual ~VersionListener() = default;
    /// What LiveScript::ask_state() came to.
    virtual void on_state(LiveScript& script, std::string_view json) = 0;
    virtual void on_no_state(LiveScript& script, const ScriptError& why) = 0;
    virtual void on_uses(const LiveScript& script) = 0;
    /// Of a version without a seat, or of one on probation: nobody else is told.
    virtual void on_version_failed(LiveScript& script, const Failure& failure) = 0;
};

/// Launches scripts and talks to them. One thread, which must live as long; SIGPIPE is ignored from the first Broker
/// on. Not from within an event's callback: add() and start().
class Broker {
public:
    /// Throws LaunchError where its own parts cannot be found or started.
    explicit Broker(BrokerOptions options = {});
    /// Ends every script: goodbye, then by force; takes at most about half a second.
    ~Broker();
    Broker(const Broker&) = delete;

    /// Adds a script that start() will compile and start; returns its number, from 0 upwards.
    std::size_t add(ScriptSpec spec);
    /// Adds a seat that nobody has yet, lost from the beginning: see prepare() and swap().
    std::size_t add_open(ScriptSpec spec);
    /// Compiles and starts all that were added since the last time, side by side, and waits until each is READY or has
    /// failed.
    void start();

    /// Has scripts of the file's language started by an interpreter that runs already, from now on, and waits until it
    /// does. It happens by itself for many scripts at a time, and, in the background, when such scripts were started a
    /// second time. False where the language has no such thing, or the sandbox is off.
    bool warm_up(const std::filesystem::path& script, Trust trust = Trust::untrusted);

    /// The same for the language of a script that plays, in the background: it will be started again.
    void expect_restarts(std::size_t script);

    /// One tick: all scenes go out, then all answers are awaited until the deadline. See Scheduler::tick.
    void tick(std::span<const SceneFor> scenes, int round = 1, Clock::duration patience = Clock::duration::max());
    void tick(std::initializer_list<SceneFor> scenes) { tick(std::span(scenes.begin(), scenes.size())); }
    /// One exchange with one script, such as a game's __update__.
    void exchange(std::size_t script, Header header, std::string_view json, std::uint64_t tick, int round,
                  Clock::duration allowed);

    /// One system to run on a script that is attached to the data plane.
    struct SystemRun {
        std::size_t script;
        Plane::Run run;
    };
    /// Has them run side by side, at most one on each script, and waits as tick() does. Who is late loses its seat at
    /// once: it may still be writing. Scripts of `next` are woken where there are cores for them to look on.
    void run_systems(std::span<const SystemRun> runs, std::uint64_t tick, int round, Clock::duration allowed,
                     std::span<const std::size_t> next = {});
    /// What a system did in its last run cannot be used after all: that run is not counted as ok.
    void revoke_ok(std::size_t script);
    /// The data plane of a script whose role is system; nullptr for others.
    Plane* plane(std::size_t script);
    /// What keeps a script to the columns that it declared.
    DataTier data_tier(std::size_t script) const;
    /// Of untrusted scripts.
    DataTier data_tier() const;

    // Versions beside the ones that play (see Reloader): they have no seat, get no scenes, and hurt nobody by failing.

    /// Starts what was built as another version of this script. `reload` becomes the member of that name of __init__.
    std::unique_ptr<LiveVersion> prepare(std::size_t script, const Runnable& runnable, const Json& reload) {
        return prepare(script, runnable, reload, spec(script).confinement);
    }
    /// The same, held by other walls than those of the seat.
    std::unique_ptr<LiveVersion> prepare(std::size_t script, const Runnable& runnable, const Json& reload,
                                         const Confinement& confinement);
    /// Between two ticks: it gets the seat; what had it comes back, still running.
    std::unique_ptr<LiveVersion> swap(std::size_t script, std::unique_ptr<LiveVersion> next);
    /// Nobody has the seat any more; what had it comes back, still running.
    std::unique_ptr<LiveVersion> vacate(std::size_t script);
    /// While it is on probation, its failure takes the seat from it as always but is told to the listener alone.
    void set_probation(std::size_t script, bool on_probation);
    /// One exchange with a version that has no seat; the outcome as tick() would give it.
    std::optional<Outcome> exchange(LiveVersion& version, Header header, std::string_view json,
                                    Clock::duration allowed);
    /// Serves all scripts until `done`, the time, or a stop. Whether it is done.
    bool wait_for(const std::function<bool()>& done, Clock::time_point until);
    /// nullptr: nobody.
    void set_version_listener(VersionListener* listener);
    const LiveVersion& live_version(std::size_t script) const;
    const ScriptSpec& spec(std::size_t script) const;

    /// Takes a script's seat because it is overdue, without the grace that it would have in the next tick.
    void give_up(std::size_t script);
    const Deadlines& deadlines() const;

    /// How the last tick ended for a script; nothing where it took no part.
    std::optional<Outcome> outcome(std::size_t script) const;
    /// Its answer in the last tick, as JSON; nothing where it sent none in time. Valid until its next scene.
    std::optional<std::string_view> answer(std::size_t script) const;

    std::size_t size() const;
    const LiveScript& script(std::size_t number) const;
    LiveScript& script(std::size_t number);
    const ScriptStatistics& statistics(std::size_t script) const;
    /// What was built for it; nullptr before start(), for a ShellCommand, and where it did not build.
    const Runnable* runnable(std::size_t script) const;
    const BuildFailure* build_failure(std::size_t script) const;
    std::uint64_t ticks() const;

    /// Says goodbye to every script, waits a moment, ends what is left, and returns when all processes are gone.
    void finish(std::string_view reason);
    /// Makes whatever waits return soon; may be called from a signal's handler on this io_context.
    void stop();
    bool stopping() const;

    /// Waits until `until`, serving scripts meanwhile (real time).
    void wait_until(Clock::time_point until);

    boost::asio::io_context& io();
    const Languages& languages() const;
    CommandRunner& runner();
    Builder& builder();
    /// The run was paused between two ticks for so long: what scripts owe is due so much later.
    void stood_still(Clock::duration time);
    /// Runs the loop until `done` says so.
    void run_until(const std::function<bool()>& done);
    /// What scripts are held by, for the report; empty where nothing is known of it.
    std::string sandbox_tier() const;
    const std::filesystem::path& home() const;
    SandboxMode sandbox_mode() const;
    /// All scripts that there were until now.
    std::shared_ptr<const KnownScripts> known_scripts() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

/// The languages that a Broker with these options knows.
Languages find_languages(const BrokerOptions& options);

/// DRAGOMAN_HOME; else share/dragoman beside the program, or ../share/dragoman from it; else where it was installed or
/// built.
std::filesystem::path find_home();

}  // namespace dragoman
