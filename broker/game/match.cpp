#include "broker/game/match.hpp"

#include <algorithm>
#include <cmath>

#include "broker/game/game_answer.hpp"
#include "broker/game/game_shadow.hpp"
#include "broker/game/world_calls.hpp"
#include "protocol/decode.hpp"

namespace dragoman {
namespace {

namespace fs = std::filesystem;

}  // namespace

std::string_view name(MatchEnd end) {
    switch (end) {
        case MatchEnd::rounds_played:
            return "rounds_played";
        case MatchEnd::ticks_played:
            return "ticks_played";
        case MatchEnd::all_lost:
            return "all_lost";
        case MatchEnd::game_failed:
            return "game_failed";
        case MatchEnd::systems_failed:
            return "systems_failed";
        case MatchEnd::stopped:
            return "stopped";
    }
    return "?";
}

struct Match::State {
    State(MatchOptions given, BrokerOptions broker_options, MatchObserver watching)
        : options(std::move(given)),
          observer(std::move(watching)),
          warn(broker_options.warn),
          broker(with_calls(std::move(broker_options))),
          systems(broker, world, with_warn(options.game.systems.options)) {}

    SystemsOptions with_warn(SystemsOptions given) const {
        given.warn = warn;
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
    void prepare_game_shadow(const std::string& update);
    void run_game_shadow(bool start, const GameAnswer& done);
    void begin_reloading();
    std::optional<std::string> seated(std::size_t script, bool going_back);
    void join(const fs::path& file);
    bool wait_for_save(std::size_t script);
    bool take_back_systems();
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
    std::string source_of(std::size_t script, PlayerReport& player) const;
    PlayerReport report_on(std::size_t script) const;
    Confinement confinement_of(std::size_t script) const;

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
    Decoder decoder;
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

/// Only games have the capability "world".
void Match::State::answer(LiveScript& script, std::uint64_t id, std::string_view method,
                          simdjson::dom::element params) {
    WorldCalls* const shadows = game_shadow != nullptr ? game_shadow->calls_of(script) : nullptr;
    if (shadows == nullptr && (!has_game() || &script != &broker.script(game())))
        return script.refuse_call(id, "denied", "a player may not call " + std::string(method));
    if (!method.starts_with("world."))
        return script.refuse_call(id, "unknown_method", "there is no " + std::string(method));
    if (script.phase() != Phase::owing)
        return script.refuse_call(id, "denied", "the world can be called within a tick only");
    try {
        script.answer_call(id, (shadows != nullptr ? *shadows : calls).call(method.substr(6), params));
    } catch (const CallError& error) {
        script.refuse_call(id, error.code, error.message);
    }
}

std::string Match::State::update_json(bool start) const {
    std::string body = "{\"frame\": " + std::to_string(frame) + ", \"round\": " + std::to_string(round) +
                       ", \"seed\": " + std::to_string(options.seed + static_cast<std::uint64_t>(round) - 1) +
                       ", \"dt\": " + Json(1.0 / options.game.fps).dump() +
                       (start ? ", \"start\": true" : ", \"start\": false") +
                       (options.draw ? ", \"draw\": true" : ", \"draw\": false") + ", \"commands\": {";
    std::string absent;
    std::string gone;
    const char* between = "";
    for (std::size_t seat = 0; seat < seat_count(); ++seat) {
        const auto command = start ? std::nullopt : broker.answer(seat);
        if (!start) {
            body += std::exchange(between, ", ");
            append_quoted(body, options.game.seats[seat]);
            (body += ": ") += command.value_or("null");
        }
        if (lost(seat)) {
            if (!gone.empty()) gone += ", ";
            append_quoted(gone, options.game.seats[seat]);
        }
        const auto outcome =
            lost(seat) && broker.script(seat).failure() ? broker.script(seat).failure()->outcome : broker.outcome(seat);
        if (!outcome || *outcome == Outcome::ok) continue;
        if (!absent.empty()) absent += ", ";
        append_quoted(absent, options.game.seats[seat]);
        (absent += ": \"") += name(*outcome);
        absent += '"';
    }
    return body + "}, \"absent\": {" + absent + "}, \"lost\": [" + gone + "]}";
}

void Match::State::fail_game(std::string message) {
    Failure failure;
    failure.outcome = Outcome::protocol_error;
    failure.message = std::move(message);
    failure.tick = tick;
    failure.round = round;
    broker.script(game()).fail(std::move(failure));
}

/// A game that fails in its first ticks after a reload has changed nothing: the version before it is asked the same.
/// While scripts are watched, one that fails later waits for its next version.
bool Match::State::update(bool start, GameAnswer& done) {
    while (!try_update(start, done)) {
        if (reloader == nullptr || broker.stopping()) return false;
        if (!reloader->take_back(game()) && !wait_for_save(game())) return false;
    }
    return true;
}

/// One exchange with the game. What it did to the world is kept whole, or, when it fails, not at all.
bool Match::State::try_update(bool start, GameAnswer& done) {
    const std::string update = update_json(start);
    prepare_game_shadow(update);
    world.begin();
    broker.exchange(game(), Header::update, update, tick, round, update_time(start));
    if (const auto json = broker.answer(game())) {
        try {
            done = read_game_answer(*json, frame, options.game.seats, seat_count());
            make_changes(done, calls);
            world.commit();
            report.world_hash = world.hash();
            return true;
        } catch (const BadAnswer& bad) {
            fail_game(bad.what);
        }
    } else if (!lost(game()) && !broker.stopping()) {
        broker.give_up(game());  // a game that is late has no second chance: there is nothing to go on with
    }
    world.rollback();
    report.end = broker.stopping() ? MatchEnd::stopped : MatchEnd::game_failed;
    return false;
}

/// Where the game's next version is a shadow, its world is made what the world is before the game is asked.
void Match::State::prepare_game_shadow(const std::string& update) {
    if (reloader == nullptr || !reloader->is_shadow(game())) return game_shadow.reset();
    if (game_shadow == nullptr) game_shadow = std::make_unique<GameShadow>(options.game.seats, seat_count());
    try {
        game_shadow->prepare(world, update);
    } catch (const ecs::Error& error) {
        game_shadow.reset();
        reloader->end_shadow(game(), std::string("its world cannot be copied: ") + error.what());
    }
}

/// When the players have answered: they do not wait for a shadow.
void Match::State::run_game_shadow(bool start, const GameAnswer& done) {
    if (game_shadow == nullptr) return;
    reloader->run_shadow(game(), [&](LiveVersion& version) {
        return game_shadow->tick(broker, version, {world, frame, done, update_time(start)});
    });
}

/// Real time: the next tick begins a frame after this one began, or at once when that is past.
void Match::State::pace() {
    if (!options.fps) return;
    const auto frame_time =
        std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(1.0 / *options.fps));
    const auto now = Clock::now();
    if (next_tick == Clock::time_point{} || now > next_tick + 10 * frame_time) next_tick = now;
    next_tick += frame_time;
    if (reloader != nullptr)
        reloader->wait_until(next_tick);
    else
        broker.wait_until(next_tick);
}

/// Between two ticks: stands while it is paused. False when the run is to stop.
bool Match::State::pass_gate() {
    if (gate.may_go()) return true;
    const auto since = Clock::now();
    broker.run_until([this] {
        if (reloader != nullptr) reloader->between_ticks();
        return gate.may_go();
    });
    broker.stood_still(Clock::now() - since);
    next_tick = {};  // real time begins anew
    if (broker.stopping()) report.end = MatchEnd::stopped;
    return !broker.stopping();
}

/// The systems' part of a tick, before the game's: it sees the world as they left it.
bool Match::State::run_systems(bool start) {
    if (options.game.systems.scripts.empty()) return true;
    bool good = start ? systems.attach(round) : systems.tick(1.0 / options.game.fps, tick, round);
    if (!good && reloader != nullptr && !broker.stopping()) good = take_back_systems();
    if (!good) report.end = broker.stopping() ? MatchEnd::stopped : MatchEnd::systems_failed;
    if (good && !start) report.world_hash = world.hash();
    return good;
}

void Match::State::show_tick(const GameAnswer& done) {
    if (observer.tick) observer.tick({tick, round, frame, report.world_hash, done.picture, done.over});
}

/// After each tick.
bool Match::State::end_of_run() {
    if (broker.stopping())
        report.end = MatchEnd::stopped;
    else if (options.most_ticks && tick >= *options.most_ticks)
        report.end = MatchEnd::ticks_played;
    else
        return false;
    return true;
}

/// From here on saved scripts take over.
void Match::State::begin_reloading() {
    ReloadOptions given = std::move(*options.reload);
    given.seated = [this](std::size_t script, bool going_back) { return seated(script, going_back); };
    given.settled = [this](std::size_t script) {
        if (std::ranges::count(system_scripts, script) > 0) systems.settle(script);
    };
    if (!given.warn) given.warn = warn;
    reloader = std::make_unique<Reloader>(broker, std::move(given));
    for (std::size_t script = 0; script < broker.size(); ++script) reloader->watch(script);
    if (options.game.seats.empty()) return;
    std::vector<std::string> patterns;
    for (const auto& language : broker.languages().all())
        for (const std::string& extension : language->extensions) patterns.push_back("*" + extension);
    reloader->watch_folder(options.game.folder / "ml", patterns, [this](const fs::path& file) { join(file); });
}

std::optional<std::string> Match::State::seated(std::size_t script, bool going_back) {
    if (std::ranges::count(system_scripts, script) == 0) return std::nullopt;
    if (!going_back) return systems.take_over(script);
    systems.give_back(script);
    return std::nullopt;
}

/// A script that nobody named takes an open seat.
void Match::State::join(const fs::path& file) {
    if (file.filename().native().starts_with('_') || broker.languages().for_script(file) == nullptr) return;
    if (const auto seat = reloader->open_seat()) return reloader->replace(*seat, file);
    if (warn)
        warn(
            file.filename().string() + ": no seat is open" +
            (options.game.joining ? "" : " (joining = true in dragoman.toml lets scripts take seats that nobody has)"));
}

/// False where the run ends first.
bool Match::State::wait_for_save(std::size_t script) {
    if (warn) warn(broker.script(script).name() + " has failed; the match goes on when its file is saved");
    while (lost(script) && !broker.stopping()) reloader->wait_until(Clock::now() + std::chrono::milliseconds(100));
    return !lost(script);
}

/// Of systems that failed some are on probation: then the versions before them go on.
bool Match::State::take_back_systems() {
    bool some = false;
    for (const std::size_t script : system_scripts) some = reloader->take_back(script) || some;
    if (some) return true;
    const auto failed = std::ranges::find_if(system_scripts, [this](std::size_t script) { return lost(script); });
    return failed != system_scripts.end() && wait_for_save(*failed);
}

/// False when the match cannot go on.
bool Match::State::play_round() {
    systems.detach();
    world.clear();
    frame = 0;
    GameAnswer done;
    bool start = true;
    std::vector<SceneFor> scenes;
    for (const std::size_t script : system_scripts)
        if (reloader != nullptr) reloader->settle(script);  // the version before knows the world of the last round
    for (;;) {
        if (!pass_gate()) return false;
        if (reloader != nullptr) reloader->between_ticks();
        const bool nobody = reloader == nullptr && all_lost();
        if (!start && !run_systems(false)) return false;
        if (has_game() && !update(start, done)) return false;
        if (start && !run_systems(true)) return false;
        if (!has_game() && start && !run_systems(false)) return false;
        const bool was_start = std::exchange(start, false);
        show_tick(done);
        if (nobody && !done.over) {  // the game was told, and would go on for ever
            report.end = MatchEnd::all_lost;
            return false;
        }
        scenes.clear();
        for (const auto& [seat, json] : done.scenes)
            if (!lost(seat)) scenes.push_back({seat, json});
        if (shadow && !lost(*shadow))
            for (const auto& [seat, json] : done.scenes)
                if (seat == options.shadow->seat) scenes.push_back({*shadow, json});
        const auto patience =
            options.fps ? std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(0.5 / *options.fps))
                        : Clock::duration::max();
        if (has_game()) broker.tick(scenes, round, patience);
        if (shadow) show_shadow(scenes);
        run_game_shadow(was_start, done);
        if (reloader != nullptr) reloader->after_tick(scenes);
        if (observer.outcome)
            for (const auto& scene : scenes)
                if (const auto outcome = broker.outcome(scene.script);
                    outcome && *outcome != Outcome::ok && scene.script != shadow)
                    observer.outcome(tick, options.game.seats[scene.script], *outcome);
        ++tick;
        ++frame;
        if (done.over) {
            ++report.rounds;
            keep_score(done.result);
            if (observer.round_over) observer.round_over(round, done.result);
            return !broker.stopping();
        }
        if (end_of_run()) return false;
        pace();
    }
}

ShadowAnswer Match::State::what_did(std::size_t script) const {
    return {broker.outcome(script), broker.answer(script), broker.script(script).session().said_reset()};
}

/// After a tick. Where the run was stopped in the middle of it there is nothing to compare.
void Match::State::show_shadow(std::span<const SceneFor> scenes) const {
    const auto beside = std::ranges::find(scenes, options.shadow->seat, &SceneFor::script);
    if (!observer.shadow || beside == scenes.end() || broker.stopping()) return;
    observer.shadow({tick, round, frame, beside->json, what_did(options.shadow->seat), what_did(*shadow)});
}

void Match::State::keep_score(std::string_view result) {
    report.result = Json::parse(result, nullptr, false);
    for (std::size_t seat = 0; seat < seat_count(); ++seat) {
        const Json& mine = report.result[options.game.seats[seat]];  // check_result() has seen it
        scores[seat] += mine["score"].get<double>();
        ranks[seat] += mine["rank"].get<double>();
    }
}

/// As it was asked for. A command of the user's own is trusted, whoever forgot to say so.
Confinement Match::State::confinement_of(std::size_t script) const {
    if (script == shadow) return options.shadow->confinement;
    if (has_game() && script == game()) return options.game_confinement;
    if (const auto system = std::ranges::find(system_scripts, script); system != system_scripts.end()) {
        const auto place = static_cast<std::size_t>(system - system_scripts.begin());
        return place < options.system_confinements.size() ? options.system_confinements[place] : Confinement{};
    }
    const Confinement given = script < options.confinements.size() ? options.confinements[script] : Confinement{};
    const bool is_command = std::holds_alternative<ShellCommand>(options.players[script]);
    return is_command && given.trust == Trust::untrusted ? own_command(given.limits) : given;
}

PlayerReport Match::State::report_on(std::size_t number) const {
    const LiveScript& script = broker.script(number);
    PlayerReport player;
    player.name = script.name();
    player.statistics = broker.statistics(number);
    player.failure = script.failure();
    player.stdout_tail = script.standard_output().tail();
    player.stderr_tail = script.standard_error().tail();
    player.late_answers = script.session().late_answers();
    player.unasked = script.session().unasked();
    const Confinement& confinement = broker.spec(number).confinement;
    player.trust = confinement.trust;
    player.trust_reason = confinement.reason;
    player.denied = script.refusals().calls();
    player.more_denied = script.refusals().more();
    player.cpu = script.cpu_time();
    if (const auto end = script.end()) player.peak_memory = end->peak_memory;
    if (const Runnable* runnable = broker.runnable(number)) player.language = runnable->language->name;
    if (const BuildFailure* failure = broker.build_failure(number); failure != nullptr && failure->language != nullptr)
        player.language = failure->language->name;
    return player;
}

/// Whoever has the seat by now.
std::string Match::State::source_of(std::size_t script, PlayerReport& player) const {
    const auto& source = broker.spec(script).source;
    if (const auto* path = std::get_if<fs::path>(&source)) return path->string();
    player.language = "command";
    std::string text = "cmd:";
    const char* between = "";
    for (const auto& word : std::get<ShellCommand>(source).words) (text += std::exchange(between, " ")) += word;
    return text;
}

Match::Match(MatchOptions options, BrokerOptions broker, MatchObserver observer) {
    broker.languages.insert(broker.languages.begin(), options.game.folder / "languages");
    state_ = std::make_unique<State>(std::move(options), std::move(broker), std::move(observer));
    State& state = *state_;
    const GameManifest& game = state.options.game;
    state.scores.resize(state.seat_count());
    state.ranks.resize(state.seat_count());
    Json seats = Json::array();
    for (std::size_t seat = 0; seat < state.seat_count(); ++seat) {
        seats.push_back(game.seats[seat]);
        const auto* path = std::get_if<fs::path>(&state.options.players[seat]);
        const bool open = path != nullptr && path->empty();
        const auto add = [&](ScriptSpec spec) {
            return open ? state.broker.add_open(std::move(spec)) : state.broker.add(std::move(spec));
        };
        add({.source = state.options.players[seat],
             .name = game.seats[seat],
             .role = Role::player,
             .args = game.args[seat],
             .kwargs = game.kwargs,
             .about = {{"params", state.options.params}},
             .confinement = state.confinement_of(seat)});
    }
    if (state.has_game())
        state.broker.add(
            {.source = game.script,
             .name = "game",
             .role = Role::game,
             .about = {{"params", state.options.params}, {"players", std::move(seats)}, {"seed", state.options.seed}},
             .confinement = state.options.game_confinement});
    for (std::size_t i = 0; i < game.systems.scripts.size(); ++i) {
        const fs::path& script = game.systems.scripts[i];
        const bool has_word = i < state.options.system_confinements.size();
        state.system_scripts.push_back(
            state.systems.add({.source = script,
                               .name = fs::relative(script, game.folder).string(),
                               .role = Role::system,
                               .about = {{"params", state.options.params}, {"seed", state.options.seed}},
                               .confinement = has_word ? state.options.system_confinements[i] : Confinement{}}));
    }
    if (const auto& shadow = state.options.shadow)
        state.shadow =
            state.broker.add({.source = shadow->source,
                              .name = game.seats[shadow->seat] + " (shadow)",
                              .role = Role::player,
                              .args = game.args[shadow->seat],
                              .kwargs = game.kwargs,
                              .about = {{"params", state.options.params}, {"name", game.seats[shadow->seat]}},
                              .confinement = shadow->confinement});
    if (!state.options.most_ticks) state.options.most_ticks = game.ticks;
    state.report.game = game.name;
    state.report.seed = state.options.seed;
}

Match::~Match() = default;

Broker& Match::broker() { return state_->broker; }
Reloader* Match::reloader() { return state_->reloader.get(); }
TickGate& Match::gate() { return state_->gate; }
const MatchOptions& Match::options() const { return state_->options; }

MatchProgress Match::progress() const {
    return {state_->tick, state_->round, state_->frame, state_->report.world_hash, state_->plays};
}

bool Match::start() {
    State& state = *state_;
    state.broker.start();
    if (state.broker.stopping())
        state.report.end = MatchEnd::stopped;
    else if (state.has_game() && state.lost(state.game()))
        state.report.end = MatchEnd::game_failed;
    else if (state.all_lost() && !state.options.reload)
        state.report.end = MatchEnd::all_lost;
    else
        return true;
    return false;
}

void Match::play() {
    State& state = *state_;
    if (state.options.reload) state.begin_reloading();
    state.plays = true;
    for (state.round = 1; state.round <= state.options.rounds; ++state.round)
        if (!state.play_round()) return;
    state.report.end = MatchEnd::rounds_played;
}

MatchReport Match::finish() {
    State& state = *state_;
    if (state.reloader != nullptr) state.reloader->stop();
    state.plays = false;
    state.gate.close();
    state.broker.finish(name(state.report.end));
    MatchReport report = std::move(state.report);
    report.ticks = state.tick;
    report.sandbox = state.broker.sandbox_tier();
    for (std::size_t seat = 0; seat < state.seat_count(); ++seat) {
        PlayerReport player = state.report_on(seat);
        player.script = state.source_of(seat, player);
        if (report.rounds > 0) player.score = state.scores[seat];
        report.players.push_back(std::move(player));
    }
    if (state.shadow) {
        PlayerReport shadow = state.report_on(*state.shadow);
        shadow.script = state.source_of(*state.shadow, shadow);
        report.shadow = std::move(shadow);
    }
    // Over one round the game's own ranks stand; over several, the order of their sums.
    for (std::size_t seat = 0; seat < state.seat_count() && report.rounds > 0; ++seat) {
        double rank = 1;
        for (std::size_t other = 0; other < state.seat_count(); ++other)
            rank += state.ranks[other] < state.ranks[seat] ? 1 : 0;
        report.players[seat].rank = report.rounds == 1 ? state.ranks[seat] : rank;
    }
    if (state.has_game()) {
        PlayerReport game = state.report_on(state.game());
        game.script = state.options.game.script.string();
        report.game_script = std::move(game);
    }
    std::optional<DataTier> weakest;
    for (std::size_t i = 0; i < state.system_scripts.size(); ++i) {
        PlayerReport script = state.report_on(state.system_scripts[i]);
        script.script = state.options.game.systems.scripts[i].string();
        report.system_scripts.push_back(std::move(script));
        weakest = std::max(weakest.value_or(DataTier::isolated), state.broker.data_tier(state.system_scripts[i]));
    }
    report.systems = state.systems.reports();
    report.stages = state.systems.stages();
    if (weakest) report.data_tier = name(*weakest);
    return report;
}

}  // namespace dragoman
