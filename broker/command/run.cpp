#include <unistd.h>

#include <CLI/CLI.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdio>
#include <fstream>
#include <functional>
#include <memory>
#include <optional>

#include "broker/command/above_zero.hpp"
#include "broker/command/commands.hpp"
#include "broker/command/control.hpp"
#include "broker/command/play.hpp"
#include "broker/command/show.hpp"
#include "broker/command/signals.hpp"
#include "broker/command/watch.hpp"
#include "broker/game/match.hpp"
#include "broker/report/events.hpp"
#include "broker/report/report.hpp"
#include "broker/terminal/screen.hpp"

namespace dragoman::command {
namespace {

namespace fs = std::filesystem;

struct RunOptions {
    std::string game;
    PlayOptions play;
    double fps = 0;
    bool one_shot = false;  // as it is without it
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

MatchOptions arranged(const RunOptions& options, const GameManifest& game) {
    std::vector<Source> players = choose_players(game, options.play.inputs);
    std::optional<ReloadOptions> reload = reload_options(options.watch);
    // Seats that nobody has yet can be taken in the middle of the match.
    while (reload && game.joining && players.size() < game.seats.size()) players.emplace_back(fs::path());
    MatchOptions match = match_options(options.play, game, std::move(players));
    match.reload = std::move(reload);
    if (options.fps != 0 && !(options.fps > 0 && options.fps < 1e6))
        throw UsageError{"--fps: expected a number above 0"};
    if (options.fps > 0) match.fps = options.fps;
    return match;
}

ShowOptions show_options(const RunOptions& options, const MatchOptions& match) {
    for (const std::string& file : {options.cast, options.svg})
        if (!file.empty() && !std::ofstream(file, std::ios::app)) throw UsageError{file + ": cannot be written"};
    std::vector<ShownPlayer> shown;
    for (std::size_t seat = 0; seat < match.players.size(); ++seat) {
        const auto* path = std::get_if<fs::path>(&match.players[seat]);
        const std::string who = path == nullptr ? "command" : path->empty() ? "(open)" : path->filename().string();
        shown.push_back({match.game.seats[seat], who});
    }
    return {.game = match.game.name,
            .players = std::move(shown),
            .fps = match.game.fps,
            .color = options.color,
            .draw = options.draw,
            .cast = options.cast,
            .svg = options.svg,
            .quiet = options.quiet,
            .data_on_stdout = options.json || options.jsonl};
}

/// Shows what is told, and writes it down where `events` is not nullptr. Both must live as long.
void tell(BrokerOptions& broker, Show& show, EventWriter* events) {
    broker.warn = [&show](const std::string& text) { show.warn(text); };
    broker.on_build = [&show, events](const BuildEvent& event) {
        if (events != nullptr) events->build(event);
        show.build(event);
    };
    broker.events.output = [&show, events](const LiveScript& script, Stream stream, std::string_view text, bool whole) {
        if (events != nullptr) events->output(script, stream, text, whole);
        show.output(script, text);
    };
    broker.events.log = [&show, events](const LiveScript& script, std::string_view level, std::string_view message) {
        if (events != nullptr) events->log(script, level, message);
        show.output(script, "[" + std::string(level) + "] " + std::string(message));
    };
    broker.events.note = [&show, events](const LiveScript& script, const std::string& text) {
        if (events != nullptr) events->note(script, text);
        show.note(script, text);
    };
    broker.events.denied = [&show, events](const LiveScript& script, const std::string& call) {
        if (events != nullptr) events->denied(script, call);
        show.note(script, "denied: " + call);
    };
    broker.events.failed = [&show, events](LiveScript& script, Failure& failure) {
        if (events != nullptr) events->failure(script, failure);
        show.failure(script, failure);
    };
}

/// The same of reloads; and what is saved is held as what stood there before.
void tell(ReloadOptions& reload, Show& show, EventWriter* events, const RunOptions& options,
          const MatchOptions& match) {
    reload.on_event = [&show, events](const ReloadEvent& event) {
        if (events != nullptr) events->reload(event);
        show.reload(event);
    };
    reload.confine = [&limits = options.play.confine, game = match.game, players = match.players.size()](
                         std::size_t script, const fs::path& file) {
        if (script < players) return confine(limits, &game, game.seats[script], file);
        const bool is_game = script == players && !game.script.empty();
        return is_game ? confine_game(limits, game) : confine_system(limits, game, file);
    };
}

/// The same of ticks; `stop` ends the match when nobody reads the events any more.
MatchObserver observer(Show& show, EventWriter* events, const std::function<void()>& stop) {
    MatchObserver told;
    told.tick = [&show, events, &stop](const TickEvent& event) {
        if (events != nullptr) events->tick(event);
        if (events != nullptr && events->nobody_reads()) stop();
        show.tick(event);
    };
    if (events == nullptr) return told;
    told.outcome = [events](std::uint64_t tick, const std::string& player, Outcome outcome) {
        events->outcome(tick, player, outcome);
    };
    told.round_over = [events](int round, std::string_view result) { events->round_over(round, result); };
    return told;
}

/// Does something every `pause` milliseconds while the match's events are served. Its last wait may end when it is
/// gone.
class Repeated {
public:
    Repeated(Match& match, int pause, std::function<void()> act)
        : state_(std::make_shared<State>(match.broker().io(), std::chrono::milliseconds(pause), std::move(act))) {
        go_on(state_);
    }
    ~Repeated() {
        state_->act = nullptr;
        state_->clock.cancel();
    }
    Repeated(const Repeated&) = delete;

private:
    struct State {
        State(boost::asio::io_context& io, std::chrono::milliseconds every, std::function<void()> doing)
            : clock(io), pause(every), act(std::move(doing)) {}
        boost::asio::steady_timer clock;
        std::chrono::milliseconds pause;
        std::function<void()> act;
    };

    static void go_on(const std::shared_ptr<State>& state) {
        state->clock.expires_after(state->pause);
        state->clock.async_wait([state](const boost::system::error_code& error) {
            if (error || !state->act) return;
            state->act();
            go_on(state);
        });
    }

    std::shared_ptr<State> state_;
};

/// Compiles and starts everybody; meanwhile a person sees that it goes on.
bool start(Match& match, Show& show) {
    const Repeated building(match, 200, [&show] { show.building_goes_on(); });
    return match.start();
}

void print(const RunOptions& options, const MatchReport& report) {
    if (options.json) std::printf("%s\n", to_json(report).dump(2, ' ', false, Json::error_handler_t::replace).c_str());
    if (!options.json && !options.jsonl) {
        const bool terminal = isatty(STDOUT_FILENO) != 0;
        const auto width = terminal ? static_cast<std::size_t>(terminal_size(STDOUT_FILENO).columns) : std::size_t{200};
        std::fputs(to_text(report, width, color_depth(*color_choice(options.color), STDOUT_FILENO)).c_str(), stdout);
    }
    std::fflush(stdout);
}

int run(const RunOptions& options) {
    const GameManifest game = read_game_or_throw(options.game);
    MatchOptions played = arranged(options, game);
    BrokerOptions broker = broker_options(options.play, game);
    broker.keep_attributes = options.watch.keep_attributes;

    Show show(show_options(options, played));
    // Watching a match that is over in a tenth of a second is no pleasure: what is drawn plays at the game's own pace.
    played.draw = show.draws();
    if (show.draws_live() && !played.fps) played.fps = game.fps;
    EventWriter writer(stdout);
    EventWriter* const events = options.jsonl ? &writer : nullptr;
    std::function<void()> stop;
    tell(broker, show, events);
    if (played.reload) tell(*played.reload, show, events, options, played);
    MatchObserver watching = observer(show, events, stop);

    ControlLog log;
    keep_log(log, broker, played, watching);
    for (const std::string& text : warnings(options.play.confine, played)) broker.warn(text);
    Match match(std::move(played), std::move(broker), std::move(watching));
    const auto control = serve_control(options.control, match, log, [&](const std::string& text) { show.warn(text); });
    stop = [&] { match.broker().stop(); };
    for (const Problem& problem : match.broker().languages().problems()) show.warn(problem.text());
    const auto signals = stop_on_signals(match.broker(), {SIGINT, SIGTERM, SIGHUP, SIGQUIT});
    std::optional<Repeated> flushes;  // of events while no ticks are played, which flush them too
    if (events != nullptr) flushes.emplace(match, 100, [events] { events->flush(); });
    if (start(match, show)) match.play();
    flushes.reset();
    const MatchReport report = match.finish();
    const bool recorded = show.close();
    if (options.jsonl) writer.end(report);
    print(options, report);
    if (report.end == MatchEnd::stopped) return interrupted;
    const int code = failure_code(report);
    return code == success && !recorded ? internal_error : code;
}

}  // namespace

Action add_run(CLI::App& app) {
    auto options = std::make_shared<RunOptions>();
    app.add_option("game", options->game, "the game's folder, with its dragoman.toml")->required();
    add_input_option(app, options->play, "a script for the next seat, or 'cmd:COMMAND'");
    app.add_option("-f,--fps", options->fps,
                   "play in real time, so many ticks a second (without it: as fast as the answers come)")
        ->check(above_zero());
    auto* one_shot = app.add_flag("-1,--one-shot", options->one_shot, "one round only (the default)");
    app.add_option("--rounds", options->play.rounds, "so many rounds")
        ->check(CLI::Range(1, 1'000'000))
        ->excludes(one_shot);
    add_play_options(app, options->play,
                     {.seed = "what the game's chance begins with: the same seed gives the same match",
                      .start_timeout = "time from a script's start until it is READY (default 10s)"});
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
