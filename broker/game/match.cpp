#include "broker/game/match.hpp"

#include <algorithm>

#include "broker/game/match_state.hpp"

namespace dragoman {

namespace fs = std::filesystem;

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

/// False when the match cannot go on.
bool Match::State::play_round() {
    systems.detach();
    world.clear();
    frame = 0;
    GameAnswer done;
    bool start = true;
    std::vector<SceneFor> scenes;
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
        count_system_shadows();
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

}  // namespace dragoman
