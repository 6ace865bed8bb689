#include "broker/game/manifest.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "compilers/duration.hpp"
#include "compilers/toml_section.hpp"

namespace dragoman {
namespace {

namespace fs = std::filesystem;

/// Most seats of a game: as many as one event loop was measured with.
constexpr std::size_t most_seats = 1024;

std::optional<Json> to_json(const toml::node& node) {
    if (const auto* value = node.as_string()) return Json(value->get());
    if (const auto* value = node.as_integer()) return Json(value->get());
    if (const auto* value = node.as_floating_point())  // JSON has no nan and no inf
        return std::isfinite(value->get()) ? std::optional<Json>(value->get()) : std::nullopt;
    if (const auto* value = node.as_boolean()) return Json(value->get());
    if (const auto* list = node.as_array()) {
        Json items = Json::array();
        for (const auto& item : *list) {
            auto json = to_json(item);
            if (!json) return std::nullopt;
            items.push_back(std::move(*json));
        }
        return items;
    }
    if (const auto* table = node.as_table()) {
        Json members = Json::object();
        for (const auto& [key, item] : *table) {
            auto json = to_json(item);
            if (!json) return std::nullopt;
            members[std::string(key.str())] = std::move(*json);
        }
        return members;
    }
    return std::nullopt;
}

class Reader {
public:
    Reader(const toml::table& table, fs::path file, GameManifest& game, Problems& problems)
        : table_(table), file_(std::move(file)), game_(game), problems_(problems) {}

    void read() {
        TomlSection top(table_, "", file_, problems_);
        top.allow_only({"name", "about", "script", "fps", "ticks", "players", "params", "limits", "trust", "systems"});
        game_.name = top.text("name", game_.folder.filename().string());
        game_.about = top.text("about", "");
        game_.systems = read_systems(table_, file_, problems_);
        const bool needs_script = game_.systems.scripts.empty();
        if (const std::string script = needs_script ? top.required_text("script") : top.text("script", "");
            !script.empty()) {
            game_.script = game_.folder / script;
            std::error_code error;
            if (!fs::exists(game_.script, error))
                top.complain("script", "there is no file " + script + " in the game's folder");
        }
        if (const auto* node = table_.get("fps")) {
            const auto fps = node->value<double>();
            if (fps && *fps > 0 && *fps <= 1e6)
                game_.fps = *fps;
            else
                top.complain("fps", "expected a number above 0");
        }
        if (const auto* node = table_.get("ticks")) {
            const auto ticks = node->value<std::int64_t>();
            if (ticks && *ticks > 0)
                game_.ticks = static_cast<std::uint64_t>(*ticks);
            else
                top.complain("ticks", "expected a whole number from 1");
        }
        read_players(top);
        read_parameters(top);
        read_limits(top);
        top.section("trust");  // says so where it is no table
        if (const auto* trust = table_["trust"].as_table())
            read_trust(*trust, file_, game_.seats, game_.confinements, problems_, game_.warnings);
    }

private:
    void read_players(TomlSection& top) {
        TomlSection players = top.section("players");
        players.allow_only({"names", "min", "joining", "args", "kwargs"});
        game_.seats = players.texts("names");
        if (game_.script.empty() && !game_.systems.scripts.empty()) {  // nobody would hear the players
            if (!game_.seats.empty()) players.complain("names", "a game without a script has no seats");
            return;
        }
        if (game_.seats.empty()) game_.seats = {"1P"};
        auto sorted = game_.seats;
        std::sort(sorted.begin(), sorted.end());
        if (std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end())
            players.complain("names", "two seats have the same name");
        if (game_.seats.size() > most_seats)
            players.complain("names", "more than " + std::to_string(most_seats) + " seats");
        const toml::table* const table = table_["players"].as_table();
        game_.least_seats = game_.seats.size();
        for (const auto& seat : game_.seats) game_.args.push_back(Json::array({seat}));
        if (table == nullptr) return;
        if (const auto* node = table->get("min")) {
            const auto least = node->value<std::int64_t>();
            if (least && *least >= 1 && *least <= static_cast<std::int64_t>(game_.seats.size()))
                game_.least_seats = static_cast<std::size_t>(*least);
            else
                players.complain("min", "expected a number from 1 to " + std::to_string(game_.seats.size()));
        }
        if (const auto* node = table->get("joining")) {
            if (const auto joining = node->value_exact<bool>())
                game_.joining = *joining;
            else
                players.complain("joining", "expected true or false");
        }
        if (const auto* node = table->get("args")) {
            auto args = to_json(*node);
            const bool lists = args && args->is_array() &&
                               std::all_of(args->begin(), args->end(), [](const Json& one) { return one.is_array(); });
            if (!lists)
                players.complain("args", "expected a list with one list of values for each seat");
            else
                for (std::size_t i = 0; i < game_.args.size(); ++i)
                    game_.args[i] = i < args->size() ? (*args)[i] : Json::array();
        }
        if (const auto* node = table->get("kwargs")) {
            auto kwargs = to_json(*node);
            if (kwargs && kwargs->is_object())
                game_.kwargs = std::move(*kwargs);
            else
                players.complain("kwargs", "expected a table of values");
        }
    }

    void read_parameters(TomlSection& top) {
        const auto* params = table_["params"].as_table();
        if (params == nullptr) {
            if (top.has("params")) top.complain("params", "expected tables such as [params.difficulty]");
            return;
        }
        for (const auto& [key, node] : *params) {
            const std::string name(key.str());
            const auto* table = node.as_table();
            if (table == nullptr) {
                top.complain("params", "expected a table [params." + name + "] with a default");
                continue;
            }
            TomlSection section(*table, "params." + name, file_, problems_);
            section.allow_only({"default", "choices", "help"});
            GameParameter parameter{name, nullptr, {}, section.text("help", "")};
            const auto* given = table->get("default");
            auto json = given != nullptr ? to_json(*given) : std::nullopt;
            if (!json)
                section.complain("default", "every parameter needs a default value");
            else
                parameter.default_value = std::move(*json);
            if (const auto* choices = table->get("choices")) {
                auto list = to_json(*choices);
                if (!list || !list->is_array() || list->empty())
                    section.complain("choices", "expected a list of values");
                else
                    parameter.choices.assign(list->begin(), list->end());
                if (!parameter.choices.empty() && std::find(parameter.choices.begin(), parameter.choices.end(),
                                                            parameter.default_value) == parameter.choices.end())
                    section.complain("default", "the default is none of the choices");
            }
            game_.parameters.push_back(std::move(parameter));
        }
    }

    void read_limits(TomlSection& top) {
        TomlSection limits = top.section("limits");
        if (const auto* table = table_["limits"].as_table())
            dragoman::read_limits(*table, file_, game_.seats, game_.confinements, problems_);
        const auto duration = [&](const char* key) -> std::optional<std::chrono::milliseconds> {
            const std::string text = limits.text(key, "");
            if (text.empty()) return std::nullopt;
            const auto read = parse_duration(text);
            if (!read) limits.complain(key, "expected a time such as \"50ms\" or \"2s\"");
            return read;
        };
        game_.tick_timeout = duration("tick_timeout");
        game_.start_timeout = duration("start_timeout");
    }

    const toml::table& table_;
    fs::path file_;
    GameManifest& game_;
    Problems& problems_;
};

}  // namespace

std::variant<Json, std::string> GameParameter::read(std::string_view text) const {
    const auto number = [&](auto value) -> std::optional<Json> {
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
        const bool whole = error == std::errc() && end == text.data() + text.size();
        return whole && std::isfinite(static_cast<double>(value)) ? std::optional<Json>(value) : std::nullopt;
    };
    std::optional<Json> value;
    std::string expected;
    if (default_value.is_string()) {
        value = Json(text);
    } else if (default_value.is_boolean()) {
        if (text == "true" || text == "false") value = Json(text == "true");
        expected = "true or false";
    } else if (default_value.is_number_integer()) {
        value = number(std::int64_t{});
        expected = "a whole number";
    } else if (default_value.is_number()) {
        value = number(double{});
        expected = "a number";
    } else {
        Json json = Json::parse(text, nullptr, false);
        if (!json.is_discarded()) value = std::move(json);
        expected = "JSON";
    }
    if (!value) return "--param " + name + "=" + std::string(text) + ": expected " + expected;
    if (!choices.empty() && std::find(choices.begin(), choices.end(), *value) == choices.end()) {
        std::string list;
        for (const Json& choice : choices)
            list += (list.empty() ? "" : ", ") + (choice.is_string() ? choice.get<std::string>() : choice.dump());
        return "--param " + name + "=" + std::string(text) + ": expected one of " + list;
    }
    return *value;
}

const GameParameter* GameManifest::parameter(std::string_view wanted) const {
    const auto found =
        std::find_if(parameters.begin(), parameters.end(), [&](const auto& one) { return one.name == wanted; });
    return found == parameters.end() ? nullptr : &*found;
}

std::vector<fs::path> GameManifest::files_in_ml() const {
    std::vector<fs::path> files;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder / "ml", error)) {
        const std::string file = entry.path().filename().string();
        std::error_code ignored;
        if (!file.starts_with('.') && !file.starts_with('_') && !file.ends_with('~') && !entry.is_directory(ignored))
            files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    return files;
}

std::variant<GameManifest, Problems> read_game(const fs::path& folder) {
    GameManifest game;
    game.folder = fs::absolute(folder).lexically_normal();
    if (!game.folder.has_filename()) game.folder = game.folder.parent_path();
    Problems problems;
    const fs::path file = game.folder / "dragoman.toml";
    std::error_code error;
    if (!fs::is_directory(game.folder, error))
        return Problems{{folder, 0, "there is no such folder; expected a game's folder, with a dragoman.toml"}};
    if (!fs::exists(file, error))
        return Problems{{file, 0, "there is no such file; a game's folder has one (see docs/writing-a-game.md)"}};
    try {
        const toml::table table = toml::parse_file(file.string());
        Reader(table, file, game, problems).read();
    } catch (const toml::parse_error& broken) {
        return Problems{{file, static_cast<int>(broken.source().begin.line), std::string(broken.description())}};
    }
    if (!problems.empty()) return problems;
    return game;
}

}  // namespace dragoman
