#pragma once
// The Match's inside, for its own files only.

#include "broker/game/game_answer.hpp"
#include "broker/game/game_shadow.hpp"
#include "broker/game/match.hpp"
#include "broker/game/world_calls.hpp"
#include "broker/systems/systems.hpp"

namespace dragoman {

struct Match::State {
    State(MatchOptions given, BrokerOptions broker_options, MatchObserver watching)
        : options(std::move(given)),
          observer(std::move(watching)),
          warn(broker_options.warn),
          broker(with_calls(std::move(broker_options))),
          systems(broker, world, with_shadows(options.game.systems.options)) {}

    SystemsOptions with_shadows(SystemsOptions given) {
        given.warn = warn;
        given.with_shadow = [this](std::size_t script, const std::function<void(LiveVersion&)>& use) {
            if (reloader != nullptr) reloader->with_shadow(script, use);
        };
        return given;
    }

    BrokerOptions with_calls(BrokerOptions given) {
        given.events.call = [this](LiveScript& script, std::uint64_t id, std::string_view method,
                                   simdjson::dom::element params) { answer(script, id, method, params); };
        return given;
    }

    void answer(LiveScript& script, std::uint64_t id, std::string_view method, simdjson::dom::element params);
    std::string update_json(bool start) const;
    bool update(bool start, GameAnswer& done);
    bool try_update(bool start, GameAnswer& done);
    bool run_systems(bool start);
    void show_tick(const GameAnswer& done);
    bool end_of_run();
    void fail_game(std::string message);
    void pace();
    bool pass_gate();
    bool play_round();
    void keep_score(std::string_view result);
    ShadowAnswer what_did(std::size_t script) const;
    void show_shadow(std::span<const SceneFor> scenes) const;
    Confinement confinement_of(std::size_t script) const;

    // match_reload.cpp
    void prepare_game_shadow(const std::string& update);
    void run_game_shadow(bool start, const GameAnswer& done);
    void count_system_shadows();
    void begin_reloading();
    std::optional<std::string> seated(std::size_t script, bool going_back);
    void join(const std::filesystem::path& file);
    bool wait_for_save(std::size_t script);
    bool take_back_systems();

    // match_report.cpp
    std::string source_of(std::size_t script, PlayerReport& player) const;
    PlayerReport report_on(std::size_t script) const;

    /// Players are the broker's scripts 0 to n-1, the game is script n.
    std::size_t seat_count() const { return options.players.size(); }
    std::size_t game() const { return seat_count(); }
    Clock::duration update_time(bool start) const { return start ? broker.deadlines().start : broker.deadlines().tick; }
    bool has_game() const { return !options.game.script.empty(); }
    bool lost(std::size_t script) const { return broker.script(script).phase() == Phase::lost; }
    bool all_lost() const {
        if (seat_count() == 0) return false;
        for (std::size_t seat = 0; seat < seat_count(); ++seat)
            if (!lost(seat)) return false;
        return true;
    }

    MatchOptions options;
    MatchObserver observer;
    ecs::World world;
    WorldCalls calls{world};
    std::function<void(const std::string&)> warn;
    Broker broker;
    Systems systems;
    std::vector<std::size_t> system_scripts;  // the broker's numbers
    std::optional<std::size_t> shadow;        // the same, of MatchOptions::shadow
    std::uint64_t tick = 0;
    std::uint64_t frame = 0;
    int round = 1;
    Clock::time_point next_tick{};
    std::unique_ptr<Reloader> reloader;
    std::unique_ptr<GameShadow> game_shadow;  // while a version of the game is one
    TickGate gate;
    bool plays = false;
    MatchReport report;
    std::vector<double> scores;
    std::vector<double> ranks;
};

}  // namespace dragoman
