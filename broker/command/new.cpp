#include <CLI/CLI.hpp>
#include <cstdio>

#include "broker/broker.hpp"
#include "broker/command/commands.hpp"

namespace dragoman::command {
namespace {

namespace fs = std::filesystem;

struct NewOptions {
    std::string language;
    std::string file;
    std::string role = "player";
};

int create(const NewOptions& options) {
    const Broker broker;
    const Language* const language = broker.languages().find(options.language);
    if (language == nullptr) {
        std::string known;
        for (const auto& one : broker.languages().all()) known += (known.empty() ? "" : ", ") + one->name;
        throw UsageError{"there is no language " + options.language + "; known are " + known};
    }
    const std::string stem = options.role == "game" ? "template-game" : "template";
    const fs::path* found = nullptr;
    for (const auto& candidate : language->templates)
        if (candidate.stem() == stem) found = &candidate;
    if (found == nullptr) throw UsageError{language->title + " has no template for a " + options.role};
    if (broker.languages().for_script(options.file) != language)
        std::fprintf(stderr, "dragoman: note: %s is found by the extensions", language->title.c_str()),
            std::for_each(language->extensions.begin(), language->extensions.end(),
                          [](const auto& one) { std::fprintf(stderr, " %s", one.c_str()); }),
            std::fprintf(stderr, "\n");
    std::error_code error;
    if (fs::exists(fs::symlink_status(options.file, error)))
        throw UsageError{options.file + " is there already; it is not overwritten"};
    fs::copy_file(*found, options.file, error);
    if (error) throw UsageError{options.file + ": " + error.message()};
    fs::permissions(options.file,
                    fs::perms::owner_read | fs::perms::owner_write | fs::perms::group_read | fs::perms::others_read,
                    error);
    const bool game = options.role == "game";
    std::printf("%s: a %s in %s. %s\n", options.file.c_str(), options.role.c_str(), language->title.c_str(),
                game ? "Name it in a dragoman.toml (docs/writing-a-game.md)."
                     : ("Try it: dragoman check '" + options.file + "'").c_str());
    return success;
}

}  // namespace

Action add_new(CLI::App& app) {
    auto options = std::make_shared<NewOptions>();
    app.add_option("language", options->language, "its name, as `dragoman languages` shows it")->required();
    app.add_option("file", options->file, "what to write")->required();
    app.add_option("--role", options->role, "player or game")
        ->check(CLI::IsMember({"player", "game"}))
        ->capture_default_str();
    app.footer("Example: dragoman new lua mine.lua");
    return [options] { return create(*options); };
}

}  // namespace dragoman::command
