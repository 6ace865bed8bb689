#include <CLI/CLI.hpp>
#include <cstdio>

#include "broker/build/source.hpp"
#include "broker/command/commands.hpp"
#include "broker/command/confine.hpp"
#include "broker/command/players.hpp"
#include "broker/command/signals.hpp"
#include "broker/reload/uses.hpp"
#include "broker/session/transcript.hpp"

namespace dragoman::command {
namespace {

namespace fs = std::filesystem;

struct DepsOptions {
    std::string file;
    std::string game;
    std::string start_timeout;
    ConfineOptions confine;
    bool json = false;
};

/// The nearest folder upwards that has a dragoman.toml.
fs::path game_around(const fs::path& file) {
    std::error_code error;
    for (fs::path folder = file.parent_path();; folder = folder.parent_path()) {
        if (fs::exists(folder / "dragoman.toml", error)) return folder;
        if (folder == folder.root_path())
            throw UsageError{file.string() + " lies in no game (there is no dragoman.toml above it): --game GAME"};
    }
}

class Deps {
public:
    explicit Deps(const DepsOptions& options)
        : options_(options),
          file_(full_path(options.file)),
          game_(read_game_or_throw(options.game.empty() ? game_around(file_).string() : options.game)) {
        std::error_code error;
        if (!fs::exists(fs::symlink_status(file_, error))) throw UsageError{"there is no file " + options.file};
        BrokerOptions where;
        where.languages = {game_.folder / "languages"};
        languages_ = std::make_unique<Languages>(find_languages(where));
    }

    int run() {
        list_scripts();
        say_warnings();
        if (!compile_all()) return interrupted;
        for (std::size_t i = 0; i < scripts_.size(); ++i)
            if (!learn(i)) return interrupted;
        const bool is_unknown = !number_of_file() && uses_.users_of(file_).empty();
        if (is_unknown && languages_->for_script(file_) != nullptr) {
            add_player(file_);
            if (!learn(scripts_.size() - 1)) return interrupted;
        }
        if (options_.json)
            print_json();
        else
            print_text();
        return tell_failures();
    }

private:
    struct Script {
        ScriptSpec spec;
        fs::path path;
        bool tells_uses = false;
        std::optional<Failure> failure{};
    };

    void add(ScriptSpec spec, Confinement confinement) {
        const fs::path path = full_path(std::get<fs::path>(spec.source));
        Json params = Json::object();
        for (const GameParameter& parameter : game_.parameters) params[parameter.name] = parameter.default_value;
        spec.about["params"] = std::move(params);
        spec.confinement = std::move(confinement);
        scripts_.push_back({std::move(spec), path});
    }
    void add_player(const fs::path& path) {
        const std::string seat = game_.seats.empty() ? "1P" : game_.seats.front();
        add({.source = path,
             .name = seat,
             .role = Role::player,
             .args = game_.args.empty() ? Json::array() : game_.args.front(),
             .kwargs = game_.kwargs},
            confine(options_.confine, &game_, seat, path));
    }
    void list_scripts() {
        if (!game_.script.empty())
            add({.source = game_.script,
                 .name = "game",
                 .role = Role::game,
                 .about = {{"players", game_.seats}, {"seed", 0}}},
                confine_game(options_.confine, game_));
        for (const fs::path& script : game_.systems.scripts)
            add({.source = script, .name = shown(script), .role = Role::system, .about = {{"seed", 0}}},
                confine_system(options_.confine, game_, script));
        for (const fs::path& script : game_.files_in_ml())
            if (languages_->for_script(script) != nullptr) add_player(script);
    }

    /// Of who runs without walls.
    void say_warnings() const {
        MatchOptions match;
        match.game = game_;
        for (const Script& script : scripts_) {
            if (script.spec.role == Role::game) match.game_confinement = script.spec.confinement;
            if (script.spec.role == Role::system) match.system_confinements.push_back(script.spec.confinement);
            if (script.spec.role != Role::player || match.players.size() == game_.seats.size()) continue;
            match.players.emplace_back(script.path);
            match.confinements.push_back(script.spec.confinement);
        }
        for (const std::string& text : warnings(options_.confine, match))
            std::fprintf(stderr, "dragoman: %s\n", text.c_str());
    }

    BrokerOptions broker_options() const {
        BrokerOptions options;
        options.languages = {game_.folder / "languages"};
        options.sandbox = sandbox_mode(options_.confine);
        if (!options_.start_timeout.empty())
            options.deadlines.start = read_time("--start-timeout", options_.start_timeout);
        options.warn = [](const std::string& text) { std::fprintf(stderr, "dragoman: %s\n", text.c_str()); };
        return options;
    }

    /// Side by side, into the cache: scripts are started one after the other.
    bool compile_all() {
        std::vector<fs::path> compiled;
        for (const Script& script : scripts_)
            if (const Language* language = languages_->for_script(script.path); language && language->compiles())
                compiled.push_back(script.path);
        if (compiled.size() < 2) return true;
        Broker broker(broker_options());
        const auto signals = stop_on_signals(broker);
        std::size_t left = compiled.size();
        for (const fs::path& script : compiled) broker.builder().build(script, [&left](const Built&) { --left; });
        broker.run_until([&left] { return left == 0; });
        return !broker.stopping();
    }

    /// Starts a script as the only one: another's file may be a module of this one, and would be hidden from it.
    bool learn(std::size_t number) {
        Script& script = scripts_[number];
        Broker broker(broker_options());
        const auto signals = stop_on_signals(broker);
        broker.add(script.spec);
        broker.start();
        if (broker.stopping()) return false;
        const LiveScript& live = broker.script(0);
        std::vector<fs::path> files{script.path};
        if (const Runnable* runnable = broker.runnable(0)) {
            files.insert(files.end(), runnable->dependencies.begin(), runnable->dependencies.end());
            script.tells_uses = runnable->language->compiles();
        }
        for (const std::string& file : live.session().uses()) files.emplace_back(file);
        script.tells_uses = script.tells_uses || live.session().has_feature("uses");
        script.failure = live.failure();
        uses_.set(number, files);
        broker.finish("its files are known");
        return true;
    }

    bool is_file(std::size_t number) const { return real_path(scripts_[number].path) == real_path(file_); }
    std::optional<std::size_t> number_of_file() const {
        for (std::size_t i = 0; i < scripts_.size(); ++i)
            if (is_file(i)) return i;
        return std::nullopt;
    }
    std::vector<fs::path> users() const {
        std::vector<fs::path> paths;
        for (const std::size_t number : uses_.users_of(file_))
            if (!is_file(number)) paths.push_back(scripts_[number].path);
        return paths;
    }
    std::vector<fs::path> used(std::size_t number) const {
        std::vector<fs::path> paths = uses_.files_of(number);
        std::erase_if(paths, [&](const fs::path& path) { return real_path(path) == real_path(scripts_[number].path); });
        std::ranges::sort(paths);
        return paths;
    }
    /// A module in ml/ that other scripts use need not be a script itself.
    bool is_module(std::size_t number) const {
        const Script& script = scripts_[number];
        return script.spec.role == Role::player && uses_.users_of(script.path).size() > 1;
    }
    /// Relative to the game, where it lies there.
    std::string shown(const fs::path& path) const {
        const fs::path inner = path.lexically_relative(full_path(game_.folder));
        return on_one_line(inner.empty() || *inner.begin() == ".." ? path.string() : inner.string());
    }

    void print_text() const {
        const auto list = [&](const std::string& title, const std::vector<fs::path>& paths) {
            std::printf("%s\n", title.c_str());
            for (const fs::path& path : paths) std::printf("  %s\n", shown(path).c_str());
        };
        const std::vector<fs::path> by = users();
        if (by.empty())
            std::printf("no script of the game uses %s\n", shown(file_).c_str());
        else
            list(shown(file_) + " is used by", by);
        const auto number = number_of_file();
        if (!number || (is_module(*number) && scripts_[*number].failure)) return;
        if (const std::vector<fs::path> files = used(*number); !files.empty())
            list(shown(file_) + " uses", files);
        else if (!scripts_[*number].failure && scripts_[*number].tells_uses)
            std::printf("%s uses no other file\n", shown(file_).c_str());
    }
    void print_json() const {
        const auto texts = [](const std::vector<fs::path>& paths) {
            Json list = Json::array();
            for (const fs::path& path : paths) list.push_back(path.string());
            return list;
        };
        const auto number = number_of_file();
        Json failed = Json::array();
        for (std::size_t i = 0; i < scripts_.size(); ++i)
            if (const auto& failure = scripts_[i].failure; failure && !is_module(i))
                failed.push_back({{"script", scripts_[i].path.string()},
                                  {"outcome", name(failure->outcome)},
                                  {"message", failure->message}});
        const Json document{{"file", file_.string()},
                            {"game", full_path(game_.folder).string()},
                            {"used_by", texts(users())},
                            {"uses", number ? texts(used(*number)) : Json()},
                            {"failed", std::move(failed)}};
        std::printf("%s\n", document.dump(2, ' ', false, Json::error_handler_t::replace).c_str());
    }
    int tell_failures() const {
        int code = success;
        for (std::size_t i = 0; i < scripts_.size(); ++i) {
            const Script& script = scripts_[i];
            if (!script.failure) {
                if (!script.tells_uses)
                    std::fprintf(stderr, "dragoman: %s: its language does not tell what it uses\n",
                                 shown(script.path).c_str());
                continue;
            }
            if (is_module(i)) continue;
            const Failure& failure = *script.failure;
            const std::string where =
                failure.file.empty()
                    ? ""
                    : shown(failure.file) + (failure.line > 0 ? ":" + std::to_string(failure.line) : "") + ": ";
            std::fprintf(stderr, "dragoman: %s does not start, so what it uses is not all known: %s: %s%s\n",
                         shown(script.path).c_str(), std::string(name(failure.outcome)).c_str(), where.c_str(),
                         on_one_line(failure.message).c_str());
            const int its = failure.outcome == Outcome::compile_error ? did_not_compile : script_failed;
            code = code == script_failed ? code : its;
        }
        return code;
    }

    const DepsOptions& options_;
    fs::path file_;
    GameManifest game_;
    std::unique_ptr<Languages> languages_;
    std::vector<Script> scripts_;
    Uses uses_{real_path};
};

}  // namespace

Action add_deps(CLI::App& app) {
    auto options = std::make_shared<DepsOptions>();
    app.add_option("file", options->file, "any file: a script, a module, a header, data")->required();
    app.add_option("--game", options->game, "the game whose scripts are asked (without it: the nearest one upwards)")
        ->type_name("GAME");
    app.add_option("--start-timeout", options->start_timeout, "time until READY, for each (default 10s)")
        ->type_name("TIME");
    add_confine_options(app, options->confine);
    app.add_flag("--json", options->json, "a JSON document on stdout: file, game, used_by, uses, failed");
    app.footer(
        "Each script of the game is built and started alone, until it is READY, to learn what it uses.\n"
        "Examples:\n"
        "  dragoman deps ml/helper.py\n"
        "  dragoman deps include/ball.hpp --game examples/pong\n"
        "Exit codes: as for run; 3 or 4 when a script does not start, and what is printed may lack its files.");
    return [options] { return Deps(*options).run(); };
}

}  // namespace dragoman::command
