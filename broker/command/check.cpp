#include <CLI/CLI.hpp>
#include <cstdio>
#include <fstream>

#include "broker/command/above_zero.hpp"
#include "broker/command/commands.hpp"
#include "broker/command/confine.hpp"
#include "broker/command/players.hpp"
#include "broker/command/signals.hpp"
#include "broker/report/report.hpp"
#include "broker/session/transcript.hpp"
#include "protocol/decode.hpp"

namespace dragoman::command {
namespace {

namespace fs = std::filesystem;

struct CheckOptions {
    std::string script;
    std::string scenes;
    std::string game;
    std::string init = R"({"args": [], "kwargs": {}})";
    std::string tick_timeout;
    std::string start_timeout;
    ConfineOptions confine;
    std::uint64_t ticks = 5;
    bool classic = false;
    bool json = false;
};

struct Recorded {
    std::size_t line;  // of the file, from 1
    std::string scene;
    std::string command;  // JSON
};

/// What a script of MLGame's arkanoid, pingpong or snake looks for, where nobody says which game it is for.
constexpr const char* usual_scene =
    R"({"frame": 0, "status": "GAME_ALIVE", "ball": [93, 395], "ball_speed": [7, 7], "platform": [75, 400], "platform_1P": [80, 420], )"
    R"("platform_2P": [80, 50], "blocker": [85, 240], "bricks": [[35, 50], [60, 50]], "hard_bricks": [], "snake_head": [40, 40], )"
    R"("snake_body": [[40, 30], [40, 20]], "food": [200, 10]})";

std::vector<Recorded> read_scenes(const std::string& file) {
    std::ifstream in(file);
    if (!in) throw UsageError{"there is no file " + file};
    std::vector<Recorded> scenes;
    Decoder decoder;
    std::string line;
    for (std::size_t number = 1; std::getline(in, line); ++number) {
        if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
        const auto wrong = [&](const std::string& what) {
            return UsageError{file + ":" + std::to_string(number) + ": " + what};
        };
        std::string padded = "__log__ " + line;
        const std::size_t size = padded.size();
        padded.append(LineSplitter::padding, ' ');
        const auto decoded = decoder.decode({LineKind::message, std::string_view(padded).substr(0, size)});
        if (const auto* fault = std::get_if<Fault>(&decoded)) throw wrong(fault->what);
        const std::string_view json = std::get<Message>(decoded).json;
        if (!decoder.root().is_object()) throw wrong("expected {\"scene\": ..., \"command\": ...}");
        const std::string_view scene = member(json, "scene");
        if (scene.empty() || scene.front() != '{') throw wrong("expected \"scene\" with an object");
        const std::string_view command = member(json, "command");
        scenes.push_back({number, std::string(scene), std::string(command)});
    }
    if (scenes.empty()) throw UsageError{file + ": no scene in it"};
    return scenes;
}

class Check {
public:
    explicit Check(const CheckOptions& options) : options_(options) {}

    int run() {
        if (!options_.scenes.empty()) {
            recorded_ = read_scenes(options_.scenes);
        } else if (const auto folder = game_folder()) {
            game_ = read_game_or_throw(folder->string());
        }
        Json init = Json::parse(options_.init, nullptr, false);
        if (!init.is_object())
            throw UsageError{"--init " + options_.init +
                             ": expected an object such as {\"args\": [\"1P\"], \"kwargs\": {}}"};
        if (game_ && recorded_.empty()) return with_game();

        say_warnings({});
        BrokerOptions broker_options = options();
        Broker broker(std::move(broker_options));
        const auto signals = stop_on_signals(broker);
        broker.add({.source = read_source(options_.script),
                    .name = "1P",
                    .role = Role::player,
                    .args = init.value("args", Json::array()),
                    .kwargs = init.value("kwargs", Json::object()),
                    .extended = !options_.classic,
                    .confinement = confine(options_.confine, nullptr, "1P", read_source(options_.script))});
        const auto began = Clock::now();
        broker.start();
        if (!started(broker, Clock::now() - began)) return finish(broker);
        if (recorded_.empty())
            some_scenes(broker);
        else
            replay(broker);
        return finish(broker);
    }

private:
    BrokerOptions options() {
        BrokerOptions options;
        options.tell_hidden_files = true;
        // A person waits for this one script; nobody loses a match by its being slow.
        options.deadlines.tick = options_.tick_timeout.empty() ? std::chrono::milliseconds(5000)
                                                               : read_time("--tick-timeout", options_.tick_timeout);
        if (!options_.start_timeout.empty())
            options.deadlines.start = read_time("--start-timeout", options_.start_timeout);
        if (const auto folder = game_folder()) options.languages = {*folder / "languages"};
        options.warn = [](const std::string& text) { std::fprintf(stderr, "dragoman: %s\n", text.c_str()); };
        options.on_build = [this](const BuildEvent& event) {
            if (event.kind == BuildEvent::Kind::Done) step("compiled in " + std::to_string(event.took.count()) + " ms");
            if (event.kind == BuildEvent::Kind::Cached) step("compiled before; taken from the cache");
        };
        options.events.output = [this](const LiveScript& script, Stream stream, std::string_view text, bool) {
            std::fprintf(options_.json ? stderr : stdout, "     %s %s| %s\n", script.name().c_str(),
                         stream == Stream::standard_error ? "stderr" : "stdout", harmless(text).c_str());
        };
        options.sandbox = sandbox_mode(options_.confine);
        options.events.denied = [this](const LiveScript&, const std::string& call) { step("denied: " + call); };
        options.events.note = [this](const LiveScript&, const std::string& text) { step(text); };
        options.events.log = [this](const LiveScript& script, std::string_view level, std::string_view message) {
            std::fprintf(options_.json ? stderr : stdout, "     %s %s| %s\n", script.name().c_str(),
                         std::string(level).c_str(), harmless(message).c_str());
        };
        return options;
    }

    void say_warnings(const MatchOptions& match_options) const {
        for (const std::string& text : warnings(options_.confine, match_options))
            std::fprintf(stderr, "dragoman: %s\n", text.c_str());
    }

    void step(const std::string& text) const {
        std::fprintf(options_.json ? stderr : stdout, "  -  %s\n", on_one_line(text).c_str());
    }

    /// --game, or the game in whose ml/ the script lies.
    std::optional<fs::path> game_folder() const {
        if (!options_.game.empty()) return options_.game;
        std::error_code error;
        const fs::path folder = fs::absolute(options_.script, error).parent_path();
        if (folder.filename() == "ml" && fs::exists(folder.parent_path() / "dragoman.toml", error))
            return folder.parent_path();
        return std::nullopt;
    }

    bool started(const Broker& broker, Clock::duration took) const {
        if (const Runnable* runnable = broker.runnable(0)) {
            std::string command;
            for (const auto& word : runnable->argv) command += " " + word;
            step(runnable->language->title + ", run as" + command);
        }
        const LiveScript& script = broker.script(0);
        if (script.phase() == Phase::lost || broker.stopping()) return false;
        const auto& hello = script.session().hello();
        char time[32];
        std::snprintf(time, sizeof time, "%.1f ms", Milliseconds(took).count());
        step(std::string("READY after ") + time +
             (hello ? ", extended level, client " + hello->client : std::string(", classic level")));
        return true;
    }

    void some_scenes(Broker& broker) {
        step(
            "no game is known for this script (--game GAME, or --scenes FILE): it gets a made-up scene with the keys "
            "that are usual");
        for (std::uint64_t tick = 0;
             tick < options_.ticks && broker.script(0).phase() != Phase::lost && !broker.stopping(); ++tick) {
            Json scene = Json::parse(usual_scene);
            scene["frame"] = tick;
            ++scenes_;
            told(broker, tick, dumps(scene));
        }
    }

    void told(Broker& broker, std::uint64_t tick, const std::string& scene) {
        broker.tick({{0, scene}});
        note_outcome(broker);
        const LiveScript& script = broker.script(0);
        if (script.phase() == Phase::lost) return;
        const auto answer = broker.answer(0);
        const std::string said = answer                          ? std::string(*answer)
                                 : script.session().said_reset() ? "RESET"
                                                                 : "nothing in time";
        const auto latency = script.latency();
        char time[40] = "";
        if (latency) std::snprintf(time, sizeof time, " after %.3f ms", Milliseconds(*latency).count());
        step("tick " + std::to_string(tick) + ": " + said.substr(0, 200) + time);
    }

    /// The first tick that did not end well gives the check its outcome.
    void note_outcome(const Broker& broker) {
        if (const auto outcome = broker.outcome(0); outcome && outcome_ == Outcome::ok) outcome_ = *outcome;
    }

    void replay(Broker& broker) {
        Decoder decoder;
        for (const Recorded& recorded : recorded_) {
            broker.tick({{0, recorded.scene}});
            const LiveScript& script = broker.script(0);
            if (script.phase() == Phase::lost || broker.stopping()) return;
            ++scenes_;
            const auto answer = broker.answer(0);
            const std::string got = answer                          ? std::string(*answer)
                                    : script.session().said_reset() ? "\"RESET\""
                                                                    : "null";
            const Json wanted = recorded.command.empty() ? Json() : Json::parse(recorded.command, nullptr, false);
            if (Json::parse(got, nullptr, false) == wanted) {
                ++matching_;
            } else if (!difference_) {
                difference_ =
                    Json{{"line", recorded.line}, {"expected", wanted}, {"got", Json::parse(got, nullptr, false)}};
            }
            note_outcome(broker);
        }
    }

    int finish(Broker& broker) {
        const LiveScript& script = broker.script(0);
        broker.finish("the check is over");
        const auto& failure = script.failure();
        if (failure) outcome_ = failure->outcome;
        if (options_.json) {
            Json document{{"outcome", broker.stopping() ? Json() : Json(name(outcome_))},
                          {"scenes", scenes_},
                          {"matching", matching_},
                          {"first_difference", difference_.value_or(Json())}};
            Json details;
            if (failure) {
                details = to_json(*failure);
                details["stdout_tail"] = script.standard_output().tail();
                details["stderr_tail"] = script.standard_error().tail();
            }
            document["failure"] = std::move(details);
            std::printf("%s\n", document.dump(2, ' ', false, Json::error_handler_t::replace).c_str());
        } else {
            if (!recorded_.empty())
                std::printf("%llu of %zu scenes answered as recorded\n", static_cast<unsigned long long>(matching_),
                            recorded_.size());
            if (difference_)
                std::printf("first difference: %s:%llu: expected %s, got %s\n", options_.scenes.c_str(),
                            static_cast<unsigned long long>((*difference_)["line"].get<std::uint64_t>()),
                            (*difference_)["expected"].dump().c_str(), (*difference_)["got"].dump().c_str());
            if (failure)
                std::fputs(to_text(on_one_line(options_.script), *failure, script.standard_output().tail(),
                                   script.standard_error().tail())
                               .c_str(),
                           stdout);
            else if (broker.stopping())
                std::printf("interrupted\n");
            else if (!difference_)
                std::printf("%s\n", std::string(name(outcome_)).c_str());
        }
        if (broker.stopping()) return interrupted;
        if (failure) {
            const BuildFailure* build = broker.build_failure(0);
            if (build != nullptr &&
                (build->kind == BuildFailure::Kind::NoSuchFile || build->kind == BuildFailure::Kind::UnknownLanguage))
                return wrong_usage;
            return failure->outcome == Outcome::compile_error ? did_not_compile : script_failed;
        }
        if (difference_) return commands_differ;
        return outcome_ == Outcome::ok ? success : script_failed;
    }

    /// The first ticks of the real game, with the script in every seat.
    int with_game() {
        step("playing the first ticks of " + game_->name);
        MatchOptions match_options;
        match_options.game = *game_;
        match_options.most_ticks = options_.ticks + 1;  // a tick's command is shown with the next tick
        for (std::size_t seat = 0; seat < game_->least_seats; ++seat)
            match_options.players.push_back(read_source(options_.script));
        for (std::size_t seat = 0; seat < game_->least_seats; ++seat)
            match_options.confinements.push_back(
                confine(options_.confine, &*game_, game_->seats[seat], match_options.players[seat]));
        match_options.game_confinement = confine_game(options_.confine, *game_);
        say_warnings(match_options);
        for (const auto& parameter : game_->parameters) match_options.params[parameter.name] = parameter.default_value;
        Match* playing = nullptr;
        MatchObserver observer;
        observer.tick = [&](const TickEvent& event) {
            if (event.tick == 0) return;
            const LiveScript& script = playing->broker().script(0);
            const auto answer = playing->broker().answer(0);
            step("tick " + std::to_string(event.tick - 1) + ": " +
                 (answer                          ? std::string(answer->substr(0, 200))
                  : script.session().said_reset() ? "RESET"
                                                  : "nothing"));
        };
        Match match(std::move(match_options), options(), std::move(observer));
        playing = &match;
        const auto signals = stop_on_signals(match.broker());
        const auto began = Clock::now();
        const bool playable = match.start();
        if (started(match.broker(), Clock::now() - began) && playable) match.play();
        const MatchReport report = match.finish();
        const PlayerReport& player = report.players.front();
        if (report.game_script->failure)
            std::fputs(to_text("the game's own script", *report.game_script->failure, report.game_script->stdout_tail,
                               report.game_script->stderr_tail)
                           .c_str(),
                       stderr);
        if (player.failure) outcome_ = player.failure->outcome;
        if (options_.json) {
            std::printf("%s\n", Json{{"outcome", name(outcome_)},
                                     {"scenes", player.statistics.ticks()},
                                     {"matching", 0},
                                     {"first_difference", nullptr},
                                     {"failure", player.failure ? to_json(*player.failure) : Json()}}
                                    .dump(2, ' ', false, Json::error_handler_t::replace)
                                    .c_str());
        } else if (player.failure) {
            std::fputs(
                to_text(on_one_line(options_.script), *player.failure, player.stdout_tail, player.stderr_tail).c_str(),
                stdout);
        } else {
            std::printf("ok\n");
        }
        if (report.end == MatchEnd::stopped) return interrupted;
        if (!player.failure) return report.game_script->failure ? script_failed : success;
        return player.failure->outcome == Outcome::compile_error ? did_not_compile : script_failed;
    }

    const CheckOptions& options_;
    std::optional<GameManifest> game_;
    std::vector<Recorded> recorded_;
    Outcome outcome_ = Outcome::ok;
    std::uint64_t scenes_ = 0;
    std::uint64_t matching_ = 0;
    std::optional<Json> difference_;
};

}  // namespace

Action add_check(CLI::App& app) {
    auto options = std::make_shared<CheckOptions>();
    app.add_option("script", options->script, "the script's file, or 'cmd:COMMAND'")->required();
    app.add_option("--scenes", options->scenes,
                   "recorded scenes: a line {\"scene\": ..., \"command\": ...} each; the commands are compared")
        ->type_name("FILE");
    app.add_option("--game", options->game,
                   "play the first ticks of this game (without it: the game in whose ml/ the script lies)")
        ->type_name("GAME");
    app.add_option("--ticks", options->ticks, "how many first ticks")->check(above_zero())->capture_default_str();
    app.add_option("--init", options->init, "args and kwargs of __init__")->type_name("JSON")->capture_default_str();
    app.add_option("--tick-timeout", options->tick_timeout, "time for one answer (default 5s)")->type_name("TIME");
    app.add_option("--start-timeout", options->start_timeout, "time until READY (default 10s)")->type_name("TIME");
    add_confine_options(app, options->confine);
    app.add_flag("--classic", options->classic, "speak to it as MLGame does: __init__ without the member \"dragoman\"");
    app.add_flag("--json", options->json, "a JSON document on stdout: outcome, scenes, matching, first_difference");
    app.footer(
        "Examples:\n"
        "  dragoman check mine.cpp\n"
        "  dragoman check mine.py --scenes recorded.jsonl\n"
        "Exit codes: as for run; 5 when a command differs from the recorded one.");
    return [options] { return Check(*options).run(); };
}

}  // namespace dragoman::command
