#include <CLI/CLI.hpp>
#include <cstdio>

#include "broker/command/commands.hpp"
#include "broker/command/play.hpp"
#include "broker/command/signals.hpp"
#include "broker/report/report.hpp"
#include "broker/session/transcript.hpp"

namespace dragoman::command {
namespace {

namespace fs = std::filesystem;

struct ShadowOptions {
    std::string playing;
    std::string shadow;
    std::string game;
    std::string seat;
    PlayOptions play;
    bool json = false;
    bool quiet = false;
};

/// So many differences are kept and shown; the others are counted.
constexpr std::size_t most_shown = 5;
constexpr std::size_t longest_scene = 160;

struct Difference {
    std::uint64_t tick;
    int round;
    std::uint64_t frame;
    std::string scene;
    Json playing;
    Json shadow;
    std::string playing_text;
    std::string shadow_text;
};

Json to_json(const ShadowAnswer& answer) {
    return {{"outcome", answer.outcome ? Json(name(*answer.outcome)) : Json()},
            {"reset", answer.said_reset},
            {"answer", answer.json ? Json::parse(*answer.json, nullptr, false) : Json()}};
}

Json to_json(const PlayerReport& script) {
    Json failure;
    if (script.failure) {
        failure = dragoman::to_json(*script.failure);
        failure["stdout_tail"] = script.stdout_tail;
        failure["stderr_tail"] = script.stderr_tail;
    }
    return {{"script", valid_utf8(script.script)},
            {"language", script.language.empty() ? Json() : Json(script.language)},
            {"failure", std::move(failure)}};
}

/// Who sits where: the script that plays has its seat, and the others are as in `run`.
std::vector<Source> seated(const GameManifest& game, const ShadowOptions& options, std::size_t seat) {
    const Source playing = choose_players(game, {options.playing}).front();
    std::vector<Source> players;
    if (!options.play.inputs.empty()) {
        if (options.play.inputs.size() >= game.seats.size())
            throw UsageError{"-i: " + std::to_string(options.play.inputs.size()) + " scripts for the other seats of " +
                             game.name + ", which has " + std::to_string(game.seats.size()) + " in all"};
        players = choose_players(game, options.play.inputs);
        players.resize(options.play.inputs.size());
        while (players.size() < seat) players.push_back(players.back());
        players.insert(players.begin() + static_cast<std::ptrdiff_t>(seat), playing);
    } else if (game.seats.size() > 1 && !game.files_in_ml().empty()) {
        players = choose_players(game, {});
    } else {
        players = {playing};
    }
    while (players.size() < std::max(game.least_seats, seat + 1)) players.push_back(players.back());
    players[seat] = playing;
    return players;
}

class ShadowRun {
public:
    explicit ShadowRun(const ShadowOptions& options)
        : options_(options), game_(read_game_or_throw(find_game(options.game).string())), seat_(find_seat()) {}

    int run() {
        MatchOptions match_options = with_shadow();
        for (const std::string& text : warnings(options_.play.confine, match_options)) warn(text);
        MatchObserver observer;
        observer.shadow = [this](const ShadowTick& tick) { compare(tick); };
        Match match(std::move(match_options), watched(), std::move(observer));
        broker_ = &match.broker();
        const auto signals = stop_on_signals(*broker_, {SIGINT, SIGTERM, SIGHUP}, [this] { interrupted_ = true; });
        if (match.start() && !lost(seat_) && !lost(broker_->size() - 1)) match.play();
        return finish(match.finish());
    }

private:
    std::size_t find_seat() const {
        if (game_.seats.empty()) throw UsageError{game_.name + " has no seats for scripts: it is systems alone"};
        if (options_.seat.empty()) return 0;
        const auto found = std::ranges::find(game_.seats, options_.seat);
        if (found != game_.seats.end()) return static_cast<std::size_t>(found - game_.seats.begin());
        std::string known;
        for (const std::string& seat : game_.seats) (known += known.empty() ? "" : ", ") += seat;
        throw UsageError{"--seat " + options_.seat + ": expected a seat of " + game_.name + ": " + known};
    }

    MatchOptions with_shadow() const {
        MatchOptions match = match_options(options_.play, game_, seated(game_, options_, seat_));
        Source shadow = choose_players(game_, {options_.shadow}).front();
        match.shadow = ShadowSeat{seat_, shadow, confine(options_.play.confine, &game_, game_.seats[seat_], shadow)};
        return match;
    }

    BrokerOptions watched() const {
        BrokerOptions broker = broker_options(options_.play, game_);
        broker.warn = warn;
        if (options_.quiet) return broker;
        broker.events.output = [](const LiveScript& script, Stream, std::string_view text, bool) {
            said(script, text);
        };
        broker.events.log = [](const LiveScript& script, std::string_view level, std::string_view message) {
            said(script, "[" + std::string(level) + "] " + std::string(message));
        };
        broker.events.note = [](const LiveScript& script, const std::string& text) { said(script, text); };
        broker.events.denied = [](const LiveScript& script, const std::string& call) {
            said(script, "denied: " + call);
        };
        return broker;
    }

    static void warn(const std::string& text) { std::fprintf(stderr, "dragoman: %s\n", harmless(text).c_str()); }
    static void said(const LiveScript& script, std::string_view text) {
        std::fprintf(stderr, "%s| %s\n", script.name().c_str(), on_one_line(text).c_str());
    }

    bool lost(std::size_t script) const { return broker_->script(script).phase() == Phase::lost; }

    void compare(const ShadowTick& tick) {
        ++scenes_;
        if (!is_same(tick.playing, tick.shadow)) {
            ++different_;
            if (differences_.size() < most_shown)
                differences_.push_back({tick.tick, tick.round, tick.frame, std::string(tick.scene),
                                        to_json(tick.playing), to_json(tick.shadow), text_of(tick.playing),
                                        text_of(tick.shadow)});
        }
        if (!lost(seat_) && !lost(broker_->size() - 1)) return;
        over_ = true;  // the one that is left has nobody to be compared with
        broker_->stop();
    }

    int finish(const MatchReport& report) const {
        const int code = exit_code(report);
        if (options_.json)
            std::printf("%s\n", document(report).dump(2, ' ', false, Json::error_handler_t::replace).c_str());
        else
            print_text(report);
        return code;
    }

    int exit_code(const MatchReport& report) const {
        if (interrupted_) return interrupted;
        const int code = failure_code(report);
        return code == success && (different_ > 0 || scenes_ == 0) ? script_failed : code;
    }

    Json document(const MatchReport& report) const {
        Json differences = Json::array();
        for (const Difference& one : differences_)
            differences.push_back({{"tick", one.tick},
                                   {"round", one.round},
                                   {"frame", one.frame},
                                   {"scene", Json::parse(one.scene, nullptr, false)},
                                   {"old", one.playing},
                                   {"new", one.shadow}});
        Json others = Json::array();
        for (const PlayerReport* script : scripts(report)) {
            if (script == &*report.shadow || script == &report.players[seat_]) continue;
            Json one = to_json(*script);
            one["name"] = script->name;
            others.push_back(std::move(one));
        }
        return {{"game", game_.name},
                {"seat", game_.seats[seat_]},
                {"seed", options_.play.seed},
                {"rounds", report.rounds},
                {"ticks", report.ticks},
                {"end", interrupted_ ? "stopped"
                        : over_      ? "script_lost"
                                     : name(report.end)},
                {"old", to_json(report.players[seat_])},
                {"new", to_json(*report.shadow)},
                {"others", std::move(others)},
                {"scenes", scenes_},
                {"different", different_},
                {"same", !interrupted_ && exit_code(report) == success},
                {"first_differences", std::move(differences)}};
    }

    void print_text(const MatchReport& report) const {
        const PlayerReport& playing = report.players[seat_];
        const std::string older = on_one_line(playing.script);
        const std::string newer = on_one_line(report.shadow->script);
        for (const Difference& one : differences_) {
            std::printf("tick %llu, round %d, frame %llu, scene %s\n", static_cast<unsigned long long>(one.tick),
                        one.round, static_cast<unsigned long long>(one.frame),
                        on_one_line(shortened(one.scene, longest_scene)).c_str());
            std::printf("  %s: %s\n  %s: %s\n", older.c_str(), on_one_line(one.playing_text).c_str(), newer.c_str(),
                        on_one_line(one.shadow_text).c_str());
        }
        if (different_ > differences_.size())
            std::printf("and %llu more\n", static_cast<unsigned long long>(different_ - differences_.size()));
        for (const PlayerReport* script : scripts(report)) {
            if (!script->failure) continue;
            const std::string who =
                (script == &*report.shadow ? game_.seats[seat_] : script->name) + "  " + on_one_line(script->script);
            std::fputs(to_text(who, *script->failure, script->stdout_tail, script->stderr_tail).c_str(), stdout);
        }
        if (scenes_ == 0)
            std::printf("%s got no scene, so nothing is known\n", game_.seats[seat_].c_str());
        else
            std::printf("%llu of %llu answers of %s are different from those of %s\n",
                        static_cast<unsigned long long>(different_), static_cast<unsigned long long>(scenes_),
                        newer.c_str(), older.c_str());
        if (interrupted_) std::printf("interrupted\n");
    }

    const ShadowOptions& options_;
    GameManifest game_;
    std::size_t seat_;
    Broker* broker_ = nullptr;
    bool interrupted_ = false;
    bool over_ = false;
    std::uint64_t scenes_ = 0;
    std::uint64_t different_ = 0;
    std::vector<Difference> differences_;
};

}  // namespace

Action add_shadow(CLI::App& app) {
    auto options = std::make_shared<ShadowOptions>();
    app.add_option("old", options->playing, "the script that plays, or 'cmd:COMMAND'")->required();
    app.add_option("new", options->shadow, "the one that is to play the same, in any language")->required();
    app.add_option("--game", options->game, "the game's folder, or the name of an example: pong is examples/pong")
        ->type_name("GAME")
        ->required();
    app.add_option("--seat", options->seat, "the seat that it is played in (without it: the first one)");
    add_input_option(app, options->play, "a script for the next one of the other seats");
    app.add_option("--rounds", options->play.rounds, "so many rounds")
        ->check(CLI::Range(1, 1'000'000))
        ->capture_default_str();
    add_play_options(app, options->play,
                     {.seed = "what the game's chance begins with", .start_timeout = "time until READY (default 10s)"});
    app.add_flag("-q,--quiet", options->quiet, "do not show what scripts print");
    app.add_flag("--json", options->json,
                 "a JSON document on stdout: same, scenes, different, first_differences, old, new");
    app.footer(
        "OLD plays; NEW gets the same scenes from the first one on, and its answers are compared with OLD's: as JSON, "
        "so\n1 and 1.0 are the same. A late answer is a difference. Where one of the two fails, the run ends.\n"
        "Examples:\n"
        "  dragoman shadow old.py new.cpp --game pong\n"
        "  dragoman shadow ml/1P.py ml/1P.lua --game . --seat 2P -i ml/other.py --rounds 5 --json\n"
        "Exit codes: 0 nothing was different; 2 usage; 3 something was, or a script failed; 4 a script did not "
        "compile; 130 interrupted.");
    return [options] { return ShadowRun(*options).run(); };
}

}  // namespace dragoman::command
