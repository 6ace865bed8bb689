#include "broker/command/players.hpp"

#include "broker/command/commands.hpp"
#include "broker/session/transcript.hpp"

namespace dragoman::command {

namespace fs = std::filesystem;

GameManifest read_game_or_throw(const std::string& folder) {
    auto read = read_game(folder);
    if (auto* game = std::get_if<GameManifest>(&read)) return std::move(*game);
    std::string text;
    for (const Problem& problem : std::get<Problems>(read))
        text += (text.empty() ? "" : "\n          ") + problem.text();
    throw UsageError{text};
}

Source read_source(const std::string& text) {
    if (!text.starts_with("cmd:")) return fs::path(text);
    auto command = ShellCommand::parse(std::string_view(text).substr(4));
    if (!command)
        throw UsageError{"-i '" + text + "': expected a command with its arguments after cmd: (is a quote left open?)"};
    return std::move(*command);
}

fs::path find_game(const std::string& name) {
    std::error_code error;
    if (name.empty() || fs::path(name).filename() != name || fs::exists(fs::path(name) / "dragoman.toml", error))
        return name;
    const fs::path built = fs::read_symlink("/proc/self/exe", error).parent_path().parent_path();
    for (const fs::path& place : {fs::path("examples"), built / "examples"})
        if (fs::exists(place / name / "dragoman.toml", error)) return place / name;
    return name;
}

Json parameters(const GameManifest& game, const std::vector<std::string>& given) {
    Json params = Json::object();
    for (const auto& parameter : game.parameters) params[parameter.name] = parameter.default_value;
    for (const std::string& text : given) {
        if (valid_utf8(text) != text) throw UsageError{"--param " + harmless(text) + ": not valid UTF-8"};
        const auto equals = text.find('=');
        const std::string key = text.substr(0, equals);
        const GameParameter* const parameter = game.parameter(key);
        if (equals == std::string::npos || parameter == nullptr) {
            std::string known;
            for (const auto& one : game.parameters) known += (known.empty() ? "" : ", ") + one.name;
            throw UsageError{"--param " + text + ": expected NAME=VALUE with a parameter of " + game.name + ": " +
                             (known.empty() ? "it has none" : known)};
        }
        auto value = parameter->read(std::string_view(text).substr(equals + 1));
        if (const auto* wrong = std::get_if<std::string>(&value)) throw UsageError{*wrong};
        params[key] = std::get<Json>(std::move(value));
    }
    return params;
}

std::vector<Source> choose_players(const GameManifest& game, const std::vector<std::string>& inputs) {
    std::vector<Source> players;
    if (game.seats.empty()) {
        if (!inputs.empty()) throw UsageError{game.name + " has no seats for scripts: it is systems alone"};
        return players;
    }
    BrokerOptions options;
    options.languages = {game.folder / "languages"};
    const Languages languages = find_languages(options);
    const std::string seats = std::to_string(game.seats.size()) + (game.seats.size() == 1 ? " seat" : " seats");
    if (inputs.empty()) {
        for (auto& file : game.files_in_ml())
            if (players.size() < game.seats.size() && languages.for_script(file) != nullptr)
                players.emplace_back(std::move(file));
        if (players.empty())
            throw UsageError{"there is no script in " + (game.folder / "ml").string() +
                             "; put one there or name one with -i"};
    } else {
        if (inputs.size() > game.seats.size())
            throw UsageError{std::to_string(inputs.size()) + " scripts for the " + seats + " of " + game.name};
        for (const std::string& input : inputs) {
            players.push_back(read_source(input));
            const auto* path = std::get_if<fs::path>(&players.back());
            if (path == nullptr) continue;
            std::error_code error;
            // In the current folder, or as in MLGame in the game's ml/.
            if (!fs::exists(*path, error) && path->is_relative() && fs::exists(game.folder / "ml" / *path, error))
                players.back() = game.folder / "ml" / *path;
            else if (!fs::exists(*path, error))
                throw UsageError{"there is no file " + path->string()};
            if (languages.for_script(std::get<fs::path>(players.back())) == nullptr)
                throw UsageError{languages.why_unknown(std::get<fs::path>(players.back()))};
        }
    }
    while (players.size() < game.least_seats) players.push_back(players.back());
    return players;
}

}  // namespace dragoman::command
