#include <unistd.h>

#include <CLI/CLI.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdio>
#include <fstream>
#include <random>

#include "broker/command/commands.hpp"
#include "broker/command/confine.hpp"
#include "broker/command/control.hpp"
#include "broker/command/players.hpp"
#include "broker/command/show.hpp"
#include "broker/command/watch.hpp"
#include "broker/game/match.hpp"
#include "broker/report/events.hpp"
#include "broker/report/report.hpp"
#include "broker/terminal/screen.hpp"

namespace dragoman::command {
namespace {

namespace fs = std::filesystem;

struct Options {
    std::string game;
    std::vector<std::string> inputs;
    std::vector<std::string> params;
    double fps = 0;
    bool one_shot = false;
    int rounds = 1;
    std::uint64_t ticks = 0;
    std::uint64_t seed = 1;
    std::string tick_timeout;
    std::string start_timeout;
    ConfineOptions confine;
    ControlOptions control;
    WatchOptions watch;
    bool json = false;
    bool jsonl = false;
    bool quiet = false;
    std::string draw = "auto";
    std::string color = "auto";
    std::string cast;
    std::string svg;
};

int exit_code(const MatchReport& report) {
    if (report.end == MatchEnd::stopped) return interrupted;
    bool failed = false;
    const auto note = [&](const std::optional<Failure>& failure, bool& compile) {
        failed = failed || failure;
        compile = compile || (failure && failure->outcome == Outcome::compile_error);
    };
    bool compile = false;
    for (const PlayerReport& player : report.players) note(player.failure, compile);
    if (report.game_script) note(report.game_script->failure, compile);
    for (const PlayerReport& script : report.system_scripts) note(script.failure, compile);
    return compile ? did_not_compile : failed ? script_failed : success;
}

int run(const Options& options) {
    const GameManifest game = read_game_or_throw(options.game);
    MatchOptions match_options;
    match_options.game = game;
    match_options.players = choose_players(game, options.inputs);
    match_options.reload = reload_options(options.watch);
    // Seats that nobody has yet can be taken in the middle of the match.
    while (match_options.reload && game.joining && match_options.players.size() < game.seats.size())
        match_options.players.emplace_back(fs::path());
    match_options.params = parameters(game, options.params);
    match_options.seed = options.seed;
    match_options.rounds = options.one_shot ? 1 : options.rounds;
    if (options.ticks > 0) match_options.most_ticks = options.ticks;
    if (options.fps != 0 && !(options.fps > 0 && options.fps < 1e6))
        throw UsageError{"--fps: expected a number above 0"};
    if (options.fps > 0) match_options.fps = options.fps;
    for (std::size_t seat = 0; seat < match_options.players.size(); ++seat)
        match_options.confinements.push_back(
            confine(options.confine, &game, game.seats[seat], match_options.players[seat]));
    match_options.game_confinement = confine_game(options.confine, game);
    for (const fs::path& script : game.systems.scripts)
        match_options.system_confinements.push_back(confine_system(options.confine, game, script));

    BrokerOptions broker_options;
    broker_options.sandbox = sandbox_mode(options.confine);
    broker_options.keep_attributes = options.watch.keep_attributes;
    Deadlines& deadlines = broker_options.deadlines;
    if (game.tick_timeout) deadlines.tick = *game.tick_timeout;
    if (game.start_timeout) deadlines.start = *game.start_timeout;
    if (!options.tick_timeout.empty()) deadlines.tick = read_time("--tick-timeout", options.tick_timeout);
    if (!options.start_timeout.empty()) deadlines.start = read_time("--start-timeout", options.start_timeout);

    for (const std::string& file : {options.cast, options.svg})
        if (!file.empty() && !std::ofstream(file, std::ios::app)) throw UsageError{file + ": cannot be written"};
    std::vector<ShownPlayer> shown;
    for (std::size_t seat = 0; seat < match_options.players.size(); ++seat) {
        const auto* path = std::get_if<fs::path>(&match_options.players[seat]);
        const std::string who = path == nullptr ? "command" : path->empty() ? "(open)" : path->filename().string();
        shown.push_back({game.seats[seat], who});
    }
    ShowOptions show_options{.game = game.name,
                             .players = std::move(shown),
                             .fps = game.fps,
                             .color = options.color,
                             .draw = options.draw,
                             .cast = options.cast,
                             .svg = options.svg,
                             .quiet = options.quiet,
                             .data_on_stdout = options.json || options.jsonl};
    Show show(show_options);
    // Watching a match that is over in a tenth of a second is no pleasure: what is drawn plays at the game's own pace.
    match_options.draw = show.draws();
    if (show.draws_live() && !match_options.fps) match_options.fps = game.fps;

    EventWriter events(stdout);
    if (match_options.reload) {
        match_options.reload->on_event = [&](const ReloadEvent& event) {
            if (options.jsonl) events.reload(event);
            show.reload(event);
        };
        match_options.reload->confine = [&, players = match_options.players.size()](std::size_t script,
                                                                                    const fs::path& file) {
            if (script < players) return confine(options.confine, &game, game.seats[script], file);
            const bool is_game = script == players && !game.script.empty();
            return is_game ? confine_game(options.confine, game) : confine_system(options.confine, game, file);
        };
    }
    MatchObserver observer;
    std::function<void()> stop;
    if (options.jsonl) {
        observer.outcome = [&](std::uint64_t tick, const std::string& player, Outcome outcome) {
            events.outcome(tick, player, outcome);
        };
        observer.round_over = [&](int round, std::string_view result) { events.round_over(round, result); };
    }
    observer.tick = [&](const TickEvent& event) {
        if (options.jsonl) events.tick(event);
        if (options.jsonl && events.nobody_reads()) stop();
        show.tick(event);
    };
    broker_options.warn = [&](const std::string& text) { show.warn(text); };
    broker_options.on_build = [&](const BuildEvent& event) {
        if (options.jsonl) events.build(event);
        show.build(event);
    };
    broker_options.events.output = [&](const LiveScript& script, Stream stream, std::string_view text, bool whole) {
        if (options.jsonl) events.output(script, stream, text, whole);
        show.output(script, text);
    };
    broker_options.events.log = [&](const LiveScript& script, std::string_view level, std::string_view message) {
        if (options.jsonl) events.log(script, level, message);
        show.output(script, "[" + std::string(level) + "] " + std::string(message));
    };
    broker_options.events.note = [&](const LiveScript& script, const std::string& text) {
        if (options.jsonl) events.note(script, text);
        show.note(script, text);
    };
    broker_options.events.denied = [&](const LiveScript& script, const std::string& call) {
        if (options.jsonl) events.denied(script, call);
        show.note(script, "denied: " + call);
    };
    broker_options.events.failed = [&](LiveScript& script, Failure& failure) {
        if (options.jsonl) events.failure(script, failure);
        show.failure(script, failure);
    };

    ControlLog log;
    keep_log(log, broker_options, match_options, observer);
    for (const std::string& text : warnings(options.confine, match_options)) broker_options.warn(text);
    Match match(std::move(match_options), std::move(broker_options), std::move(observer));
    const auto control = serve_control(options.control, match, log, [&](const std::string& text) { show.warn(text); });
    stop = [&] { match.broker().stop(); };
    for (const Problem& problem : match.broker().languages().problems()) show.warn(problem.text());
    boost::asio::signal_set signals(match.broker().io(), SIGINT, SIGTERM, SIGHUP);
    signals.add(SIGQUIT);
    signals.async_wait([&](const boost::system::error_code& error, int) {
        if (!error) match.broker().stop();
    });
    boost::asio::steady_timer clock(match.broker().io());
    std::function<void()> building = [&] {
        clock.expires_after(std::chrono::milliseconds(200));
        clock.async_wait([&](const boost::system::error_code& error) {
            if (error) return;
            show.building_goes_on();
            building();
        });
    };
    building();
    const bool playable = match.start();
    clock.cancel();
    if (playable) match.play();
    const MatchReport report = match.finish();
    const bool recorded = show.close();
    if (options.jsonl) events.end(report);
    if (options.json) std::printf("%s\n", to_json(report).dump(2, ' ', false, Json::error_handler_t::replace).c_str());
    if (!options.json && !options.jsonl) {
        const bool terminal = isatty(STDOUT_FILENO) != 0;
        const auto width = terminal ? static_cast<std::size_t>(terminal_size(STDOUT_FILENO).columns) : std::size_t{200};
        std::fputs(to_text(report, width, color_depth(*color_choice(options.color), STDOUT_FILENO)).c_str(), stdout);
    }
    std::fflush(stdout);
    const int code = exit_code(report);
    return code == success && !recorded ? internal_error : code;
}

}  // namespace

Action add_run(CLI::App& app) {
    auto options = std::make_shared<Options>();
    app.add_option("game", options->game, "the game's folder, with its dragoman.toml")->required();
    app.add_option("-i,--input", options->inputs,
                   "a script for the next seat, or 'cmd:COMMAND'; the last one plays the open seats too\n(without it: "
                   "the scripts in ml/, in name order)")
        ->type_name("SCRIPT")
        ->allow_extra_args(false);
    app.add_option("-f,--fps", options->fps,
                   "play in real time, so many ticks a second (without it: as fast as the answers come)")
        ->check(CLI::PositiveNumber);
    auto* one_shot = app.add_flag("-1,--one-shot", options->one_shot, "one round only (the default)");
    app.add_option("--rounds", options->rounds, "so many rounds")->check(CLI::Range(1, 1'000'000))->excludes(one_shot);
    app.add_option("--ticks", options->ticks, "end after so many ticks")->check(CLI::PositiveNumber);
    app.add_option("--seed", options->seed, "what the game's chance begins with: the same seed gives the same match")
        ->check([](const std::string& text) {
            return text.find_first_not_of("0123456789") == std::string::npos ? "" : "expected a whole number from 0";
        })
        ->capture_default_str();
    app.add_option("--param", options->params, "one of the game's parameters")
        ->type_name("NAME=VALUE")
        ->allow_extra_args(false);
    app.add_option("--tick-timeout", options->tick_timeout, "time for one answer, such as 50ms (default 1s)")
        ->type_name("TIME");
    app.add_option("--start-timeout", options->start_timeout,
                   "time from a script's start until it is READY (default 10s)")
        ->type_name("TIME");
    add_confine_options(app, options->confine);
    add_control_options(app, options->control);
    add_watch_options(app, options->watch);
    auto* json = app.add_flag("--json", options->json, "one JSON document on stdout");
    app.add_flag("--jsonl", options->jsonl, "events on stdout as they happen, one JSON object a line")->excludes(json);
    app.add_flag("-q,--quiet", options->quiet, "do not show what scripts print");
    app.add_option("--draw", options->draw, "draw the game as it is played: auto (on a terminal), always, never")
        ->check(CLI::IsMember({"auto", "always", "never"}))
        ->capture_default_str();
    app.add_option("--color", options->color, "auto, always, never; NO_COLOR is respected")
        ->check(CLI::IsMember({"auto", "always", "never"}))
        ->capture_default_str();
    app.add_option("--cast", options->cast, "record what is drawn as an asciinema file")->type_name("FILE");
    app.add_option("--svg", options->svg, "record what is drawn as an animated picture")->type_name("FILE");
    app.footer(
        "Examples:\n"
        "  dragoman run examples/pong\n"
        "  dragoman run examples/pong -i mine.py -i yours.cpp --rounds 5 --seed 7\n"
        "  dragoman run examples/pong -i mine.lua -i 'cmd:python3 -u yours.py' --param difficulty=HARD\n"
        "  dragoman run examples/tanks --json > result.json\n"
        "Exit codes: 0 the game ended; 1 internal error; 2 usage; 3 a script failed; 4 a script did not compile; 130 "
        "interrupted.");
    return [options] { return run(*options); };
}

}  // namespace dragoman::command
