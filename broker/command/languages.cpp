#include <CLI/CLI.hpp>
#include <cstdio>

#include "broker/broker.hpp"
#include "broker/build/language_report.hpp"
#include "broker/command/commands.hpp"

namespace dragoman::command {
namespace {

struct LanguagesOptions {
    bool json = false;
    std::string game;
};

std::string packages(const LanguageReport& row) {
    std::string list;
    for (const Need& need : row.missing)
        (list += list.empty() ? "" : " ") += need.package.empty() ? need.program : need.package;
    return list;
}

int list(const LanguagesOptions& options) {
    BrokerOptions broker_options;
    if (!options.game.empty()) broker_options.languages = {std::filesystem::path(options.game) / "languages"};
    Broker broker(std::move(broker_options));
    std::optional<std::vector<LanguageReport>> rows;
    report_languages(broker.languages(), broker.runner(),
                     [&](std::vector<LanguageReport> report) { rows = std::move(report); });
    broker.run_until([&] { return rows.has_value(); });

    if (options.json) {
        Json document = Json::array();
        for (const LanguageReport& row : *rows)
            document.push_back({{"name", row.language->name},
                                {"title", row.language->title},
                                {"extensions", row.language->extensions},
                                {"usable", row.usable()},
                                {"version", row.version.empty() ? Json() : Json(valid_utf8(row.version))},
                                {"install", row.missing.empty() ? Json() : Json(packages(row))},
                                {"problem", row.problem.empty() ? Json() : Json(valid_utf8(row.problem))},
                                {"folder", row.language->folder.string()}});
        std::printf("%s\n", document.dump(2).c_str());
    } else {
        for (const LanguageReport& row : *rows) {
            std::string extensions;
            for (const auto& extension : row.language->extensions)
                (extensions += extensions.empty() ? "" : " ") += extension;
            const std::string state = !row.missing.empty()   ? "not installed: apt install " + packages(row)
                                      : !row.problem.empty() ? row.problem
                                                             : row.version;
            std::printf("%-12s %-18s %s\n", row.language->name.c_str(), extensions.c_str(), state.c_str());
        }
    }
    for (const Problem& problem : broker.languages().problems())
        std::fprintf(stderr, "dragoman: %s\n", problem.text().c_str());
    return broker.languages().problems().empty() ? success : wrong_usage;
}

}  // namespace

Action add_languages(CLI::App& app) {
    auto options = std::make_shared<LanguagesOptions>();
    app.add_flag("--json", options->json, "a JSON list on stdout");
    app.add_option("--game", options->game, "also the languages/ of this game's folder");
    app.footer("Languages of your own: docs/adding-a-language.md");
    return [options] { return list(*options); };
}

}  // namespace dragoman::command
