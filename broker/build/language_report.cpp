#include "broker/build/language_report.hpp"

#include "broker/build/version.hpp"

namespace dragoman {

namespace {

/// Calls `done` when the last of those who share it is through.
struct Gathering {
    std::vector<LanguageReport> rows;
    std::function<void(std::vector<LanguageReport>)> done;
    std::size_t open = 1;

    void one_is_through() {
        if (--open == 0) done(std::move(rows));
    }
};

void ask(const std::shared_ptr<Gathering>& gathering, std::size_t row, const Command& command, CommandRunner& runner) {
    ++gathering->open;
    runner.run(command, [gathering, row, command](const CommandResult& result) {
        auto& report = gathering->rows[row];
        report.version = result.succeeded() ? version_in(result) : "";
        if (!result.succeeded()) report.problem = command.argv.front() + ": " + result.how_it_ended(command);
        gathering->one_is_through();
    });
}

}  // namespace

void report_languages(const Languages& languages, CommandRunner& runner,
                      std::function<void(std::vector<LanguageReport>)> done) {
    const auto gathering = std::make_shared<Gathering>();
    gathering->rows.resize(languages.all().size());
    gathering->done = std::move(done);
    for (std::size_t row = 0; row < languages.all().size(); ++row) {
        const auto& language = *languages.all()[row];
        const auto programs = find_programs(language);
        gathering->rows[row].language = &language;
        gathering->rows[row].missing = programs.missing;
        if (!programs.missing.empty()) continue;
        if (auto command = version_command(language, programs)) ask(gathering, row, *command, runner);
    }
    gathering->one_is_through();
}

}  // namespace dragoman
