#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "broker/broker.hpp"
#include "broker/game/manifest.hpp"
#include "broker/game/tick_gate.hpp"
#include "broker/reload/reloader.hpp"
#include "broker/reload/shadow_answer.hpp"

namespace dragoman {

/// A script that plays beside one of the seats: it gets the same scenes, and its answers go nowhere.
struct ShadowSeat {
    std::size_t seat = 0;
    std::variant<std::filesystem::path, ShellCommand> source;
    Confinement confinement{};
};

struct MatchOptions {
    GameManifest game;
    Json params = Json::object();
    std::uint64_t seed = 1;
    int rounds = 1;
    std::optional<std::uint64_t> most_ticks;
    /// Real time: ticks per second. Without it each tick goes on as soon as the answers are in.
    std::optional<double> fps;
    bool draw = false;
    /// One for each seat, in the seats' order; seats without one are not played. An empty path is a seat that somebody
    /// may take later.
    std::vector<std::variant<std::filesystem::path, ShellCommand>> players;
    /// What holds each of them; a player without one is untrusted, with the usual limits.
    std::vector<Confinement> confinements{};
    Confinement game_confinement{};
    /// One for each of the game's systems' scripts; one without is untrusted.
    std::vector<Confinement> system_confinements{};
    /// Saved scripts take over while the match goes on; nothing: they do not.
    std::optional<ReloadOptions> reload{};
    /// From the first tick on; see MatchObserver::shadow.
    std::optional<ShadowSeat> shadow{};
};

/// One tick, after its changes were applied.
struct TickEvent {
    std::uint64_t tick = 0;
    int round = 1;
    std::uint64_t frame = 0;
    std::uint64_t world_hash = 0;
    std::string_view picture;  // JSON, or empty
    bool over = false;
};

/// What a seat's script and its shadow did with one scene. Valid during the call.
struct ShadowTick {
    std::uint64_t tick = 0;
    int round = 1;
    std::uint64_t frame = 0;
    std::string_view scene;  // JSON
    ShadowAnswer playing;
    ShadowAnswer shadow;
};

struct MatchObserver {
    std::function<void(const TickEvent&)> tick;
    /// A player's tick that did not end ok.
    std::function<void(std::uint64_t tick, const std::string& player, Outcome outcome)> outcome;
    std::function<void(int round, std::string_view result)> round_over;
    std::function<void(const ShadowTick&)> shadow{};
};

struct PlayerReport {
    std::string name;
    std::string script;    // as it was given
    std::string language;  // empty where it is not known
    std::optional<double> rank;
    std::optional<double> score;
    ScriptStatistics statistics;
    std::optional<Failure> failure;
    Trust trust = Trust::untrusted;
    std::string trust_reason;  // empty for an untrusted one
    /// Calls that the sandbox refused: the first few different ones, and whether there were more.
    std::vector<std::string> denied;
    bool more_denied = false;
    std::string stdout_tail;
    std::string stderr_tail;
    std::uint64_t late_answers = 0;
    std::uint64_t unasked = 0;
    Clock::duration cpu{};
    std::uint64_t peak_memory = 0;
};

/// Where a match stands just now.
struct MatchProgress {
    std::uint64_t tick = 0;  // so many were played
    int round = 1;
    std::uint64_t frame = 0;
    std::uint64_t world_hash = 0;
    bool plays = false;  // all are started, and it has not ended
};

/// Why a match ended.
enum class MatchEnd { rounds_played, ticks_played, all_lost, game_failed, systems_failed, stopped };
std::string_view name(MatchEnd end);

struct MatchReport {
    std::string game;
    std::uint64_t seed = 0;
    std::uint64_t ticks = 0;
    int rounds = 0;       // played to their end
    std::string sandbox;  // the tier that held the scripts; empty where it is not known
    std::uint64_t world_hash = 0;
    MatchEnd end = MatchEnd::rounds_played;
    Json result;  // of the last round that was played to its end; null where there is none
    std::vector<PlayerReport> players;
    std::optional<PlayerReport> shadow;       // MatchOptions::shadow
    std::optional<PlayerReport> game_script;  // its statistics and its failure
    std::vector<PlayerReport> system_scripts;
    std::vector<SystemReport> systems;
    std::vector<std::vector<std::string>> stages;  // of a tick, by the systems' names
    std::string data_tier;                         // the weakest of the systems' scripts; empty where there are none
};

/// A game's script, its systems and its players, from the first compilation to the report.
class Match {
public:
    Match(MatchOptions options, BrokerOptions broker, MatchObserver observer);
    ~Match();

    /// Compiles and starts everybody. False when the match cannot be played: the game is lost, or all players are.
    bool start();
    void play();
    /// Ends the scripts and says how it was.
    MatchReport finish();

    Broker& broker();
    /// nullptr without MatchOptions::reload, and before start().
    Reloader* reloader();
    /// Holds it between two ticks; while it stands, scripts are served and no deadline runs.
    TickGate& gate();
    MatchProgress progress() const;
    const MatchOptions& options() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace dragoman
