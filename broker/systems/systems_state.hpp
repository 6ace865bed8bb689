#pragma once

#include <map>
#include <set>

#include "broker/systems/plan.hpp"
#include "broker/systems/systems.hpp"

namespace dragoman {

/// One system, resolved against the world.
struct LiveSystem {
    SystemDeclaration declared;
    std::size_t member = 0;    // its script, in State::members
    std::uint32_t number = 0;  // among its script's systems
    ecs::Query* query = nullptr;
    std::vector<dragoman_access> access;  // by component id
    std::vector<ecs::ComponentId> writes;
    std::vector<ecs::ComponentId> changed;
    WriteMode mode = WriteMode::replace;
    std::uint64_t since = 0;  // the change counter when it ran last
    std::uint64_t ticks = 0;  // since attach()
    double elapsed = 0;       // seconds since it ran last
    double owed = 0;          // of a period of its rate
    std::size_t report = 0;   // in State::reports

    /// It goes on where another version of it stands.
    void go_on_from(const LiveSystem& other) {
        since = other.since;
        ticks = other.ticks;
        elapsed = other.elapsed;
        owed = other.owed;
    }
};

/// What a version of a script declared and was told, while another has the seat on probation.
struct VersionBefore {
    std::optional<Declarations> declared;
    std::vector<LiveSystem> systems;
    std::size_t told = 0;
    std::uint64_t attached_in = 0;
    bool attached = false;
};

/// A script, and what it may use.
struct SystemScript {
    std::size_t script = 0;  // the broker's number
    std::optional<Declarations> declared;
    std::vector<std::size_t> systems;   // in State::systems
    std::vector<ecs::Entity> reserved;  // the seat's: every version gets the same, so that the same entities come of it
    std::size_t used = 0;               // of them, from the first on, in this stage
    bool attached = false;
    std::size_t told = 0;           // of so many components, when it was attached
    std::uint64_t attached_in = 0;  // State::attachments
    std::optional<VersionBefore> before;
    bool superseded = false;  // `before` is of a second version: the first is to be settled yet
    bool missed = false;      // it was lost, and could have been given back since
};

/// A version of a script that is the shadow of the one that plays. It maps the world's columns for reading only; what
/// it writes goes into files of its own (DRAGOMAN_ACCESS_STAGED), which nobody copies over.
struct SystemShadow {
    bool is_there = false;
    std::optional<Declarations> declared;
    std::vector<LiveSystem> systems;
    std::size_t told = 0;           // as in SystemScript
    std::uint64_t attached_in = 0;  // the same
    SystemShadowTick tick;

    /// A column that the version that plays writes, as it would be if the shadow had it.
    struct Written {
        const ecs::Table* table;
        const ecs::Column* column;
        std::vector<std::byte> bytes;
    };
    // Of the stage that runs:
    std::optional<std::size_t> of;  // in State::systems
    std::vector<Written> columns;
    std::vector<std::byte> commands;
};

/// All systems, and the order in which they would run.
struct LineUp {
    std::vector<LiveSystem> systems;
    Plan plan;
};

/// What a column was before a system wrote in it in place.
struct Checkpoint {
    ecs::Table* table;
    ecs::Column* column;
    std::vector<std::byte> bytes;
};

struct Systems::State {
    State(Broker& broker, ecs::World& world, SystemsOptions options)
        : broker(broker), world(world), options(std::move(options)) {}

    // Each says what is wrong with a script, if anything.
    using Wrong = std::optional<std::string>;

    // attach.cpp
    std::optional<Failure> read(SystemScript& script);
    Wrong declare(const SystemScript& script);
    bool order_systems();
    Plane::Attachment attachment_of(std::span<const LiveSystem> all, std::size_t member);
    Wrong show_columns(SystemScript& script, std::span<const LiveSystem> all, Clock::duration allowed);
    void attach(SystemScript& script);
    void refuse(const SystemScript& script, std::string message);
    void detach();

    // line_up.cpp
    Wrong resolve(const Declarations& declared, std::size_t member, std::vector<LiveSystem>& into);
    Wrong resolve(const SystemScript& script, std::vector<LiveSystem>& into) {
        return resolve(*script.declared, place_of(script), into);
    }
    std::variant<Plan, PlanFault> plan_of(std::span<const LiveSystem> all) const;
    void report_on(std::vector<LiveSystem>& all);
    void number_systems();

    // take_over.cpp
    SystemScript& script_of(std::size_t number);
    std::size_t place_of(const SystemScript& script) const;
    Wrong bring_in(SystemScript& script);
    Wrong line_up(const SystemScript& script, bool new_components, LineUp& next);
    Wrong conflict(const Declarations& declared) const;
    void adopt(LineUp next);
    void tell_the_others(const SystemScript& script);
    void make_way_for(const SystemScript& script);
    void bring_back(SystemScript& script, std::span<const LiveSystem> before);
    std::size_t handles_of(const SystemScript& script) const;
    void trim(SystemScript& script);

    // systems.cpp
    SystemReport& report(const LiveSystem& system) { return reports[system.report]; }
    bool lost(const SystemScript& script) const { return broker.script(script.script).phase() == Phase::lost; }
    bool run(const Stage& stage, double dt, std::uint64_t tick, int round, Clock::duration allowed);
    void grow_staging(SystemScript& script);
    bool is_due(LiveSystem& system, double dt);
    void prepare(LiveSystem& system);
    void top_up(SystemScript& script);
    void save_columns(const LiveSystem& system);
    void run_by_lines(std::span<const Broker::SystemRun> runs, std::uint64_t tick, int round, Clock::duration allowed);
    static std::string line_of_run(const LiveSystem& system, std::uint64_t tick);

    // shadows.cpp
    std::string declarations_of(const LiveVersion& version, const SystemScript& script, Declarations& into) const;
    void look_at_shadows();
    void look_at(LiveVersion& version, const SystemScript& script);
    void run_shadows(Clock::duration allowed);
    void run_shadow(LiveVersion& version, std::size_t running_at, Clock::duration allowed);
    bool show_shadow(LiveVersion& version, SystemShadow& shadow, std::size_t member);
    bool exchange(LiveVersion& version, const std::string& line, Clock::duration allowed);
    void keep_written(Plane& plane, SystemShadow& shadow, const LiveSystem& played, const LiveSystem& mine);
    void compare_with_shadow(std::size_t system);

    // take.cpp: what came of a stage
    bool take();
    void take_columns(LiveSystem& system, std::uint64_t since);
    void take_commands(LiveSystem& system);
    void put_back(LiveSystem& system);
    void tear(LiveSystem& system);
    bool writes_shared(const LiveSystem& system) const;
    void await_end(const SystemScript& script);
    bool lost_for_good(bool tick_begins);
    void release(SystemScript& script);

    Broker& broker;
    ecs::World& world;
    SystemsOptions options;
    std::vector<SystemScript> members;
    std::vector<LiveSystem> systems;
    std::map<std::string, std::string> declared_in;  // component -> script, of those that scripts declared
    std::vector<SystemReport> reports;               // of all systems that there ever were
    Plan plan;
    int round = 1;
    bool started = false;   // the Startup systems have run
    bool in_world = false;  // between attach() and detach()
    std::uint64_t attachments = 0;
    std::set<ecs::ComponentId> watched;           // components whose versions somebody reads
    std::map<std::size_t, SystemShadow> shadows;  // by the broker's number of the script

    // Of the stage that runs.
    std::vector<std::size_t> running;
    std::vector<std::uint64_t> looked_since;  // of each: its `since` before this run
    std::vector<Broker::SystemRun> runs;
    std::vector<std::size_t> next;  // scripts of the stage after it
    std::vector<Checkpoint> checkpoints;
    struct Swapped {
        std::size_t system;
        ecs::Table* table;
        ecs::Column* column;
    };
    std::vector<Swapped> swapped;
    bool structure_changed = false;
    std::uint64_t shown_at = 0;  // the change counter
};

}  // namespace dragoman
