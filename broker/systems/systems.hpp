#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "broker/broker.hpp"
#include "broker/systems/declaration.hpp"
#include "ecs/world.hpp"

namespace dragoman {

/// What happens when a system's script fails, or a system in place leaves its columns torn.
enum class AfterFailure {
    go_on,  // without that script's systems; torn columns stay as they are
    stop,   // the run ends
};
enum class TornPolicy {
    keep,     // they stay as they are, and are reported
    restore,  // they are what they were before the tick: costs a copy of each written column in each tick
};

struct SystemsOptions {
    /// Where a system does not say it: of untrusted scripts, and of trusted ones.
    WriteMode untrusted_mode = WriteMode::replace;
    WriteMode trusted_mode = WriteMode::in_place;
    AfterFailure after_failure = AfterFailure::go_on;
    TornPolicy torn = TornPolicy::keep;
    /// No script is started whose columns cannot be kept from it at least so well.
    DataTier at_least = DataTier::shared;
    /// Room for the structural changes of one script's tick, in bytes of address space.
    std::size_t command_bytes = std::size_t{64} << 20;
    /// How long a new version of a script may take to map its columns: nothing else runs meanwhile.
    Clock::duration hand_over = std::chrono::milliseconds(500);
    /// Ticks go as lines and not through shared memory: slower, and easier to look at.
    bool by_lines = false;
    std::function<void(const std::string&)> warn{};
    /// Calls `use` with the version that is this script's shadow, where there is one: see Reloader::with_shadow().
    std::function<void(std::size_t script, const std::function<void(LiveVersion&)>& use)> with_shadow{};
};

/// What the shadow of a script did in a tick.
struct SystemShadowTick {
    bool ran = false;                       // at least one of its systems, to its end
    std::optional<std::string> difference;  // the first one
    std::string cannot;                     // why it cannot be compared at all, if so
};

/// One system, for the report.
struct SystemReport {
    std::string name;
    std::size_t script = 0;  // the broker's number
    Order order = Order::update;
    std::uint64_t runs = 0;
    Clock::duration time{};  // of all runs, from `go` to `done`
    std::uint64_t created = 0;
    std::uint64_t destroyed = 0;
    /// Changes of entities and components that another system of the same stage had removed before: passed over.
    std::uint64_t overtaken = 0;
    /// Columns that it left half-written when it failed: "Position (3 tables, 100000 rows)".
    std::vector<std::string> torn;
};

/// The systems of a world: scripts that run over its columns, each in its own process. See docs/ecs.md.
///
///     ecs::World world;
///     Broker broker;
///     Systems systems(broker, world);
///     systems.add({.source = "systems/movement.py", .name = "movement.py"});
///     broker.start();
///     systems.attach();
///     for (;;) systems.tick(1.0 / 60);
///
/// Neither broker nor world may be used for anything else during a call.
class Systems {
public:
    Systems(Broker& broker, ecs::World& world, SystemsOptions options = {});
    ~Systems();
    Systems(const Systems&) = delete;

    /// A script whose role is system, which Broker::start() will start. Returns the broker's number of it.
    std::size_t add(ScriptSpec spec);

    /// Declares the components of all scripts that are READY, finds what their systems name, orders the systems, and
    /// gives each script its columns. After Broker::start(), and again after World::clear(). A script that declares
    /// what cannot be fails with compile_error; false where nothing is left to run, or the policy is to stop.
    bool attach(int round = 1);
    /// No script uses the world any more, until attach(). Before World::clear(), where versions may take over between
    /// that and attach(); otherwise it need not be called.
    void detach();

    /// One tick: each stage's systems run side by side, then their changes are made, in the order in which the systems
    /// were declared (scripts in the order of add()). The first tick after attach() runs the Startup systems before all
    /// others. False where the run is to end.
    bool tick(double dt, std::uint64_t tick, int round = 1);

    // Another version of a script has its seat (Broker::swap): see Reloader. Between two ticks.

    /// What the version declares is read, its systems take their places among the others', and it gets its columns.
    /// Systems go on where those of the same name stood; new ones begin; a Startup system does not run before the next
    /// round. Nothing, or why it cannot be: then all is as before, and the caller gives the seat back to the version
    /// before (and does not call give_back()).
    ///
    /// Until it is settled its failure ends nothing, whatever the policy says, if give_back() follows before the next
    /// tick.
    std::optional<std::string> take_over(std::size_t script);
    /// The version before has the seat again: its systems go on where those of the failed one stood.
    void give_back(std::size_t script);
    /// The version before is let go, and with it what was kept for it. Once for each that is; where a second version
    /// takes over meanwhile, before or after that.
    void settle(std::size_t script);

    /// Why this version of a script cannot be the shadow of the one that plays; empty where it can.
    std::string why_no_shadow(std::size_t script, const LiveVersion& version) const;
    /// In the last tick. A shadow's systems run just before the same ones of the version that plays, over the same
    /// world, and what they write stays with them.
    SystemShadowTick shadow_tick(std::size_t script) const;

    /// The stages of a tick, by the systems' names.
    std::vector<std::vector<std::string>> stages() const;
    std::vector<SystemReport> reports() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace dragoman
