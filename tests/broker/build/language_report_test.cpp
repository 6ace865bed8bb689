#include "broker/build/language_report.hpp"

#include <doctest/doctest.h>

#include "compilers/program.hpp"
#include "tests/broker/build/spawn_runner.hpp"

using namespace dragoman;

TEST_CASE_FIXTURE(test::TemporaryFolder, "every language says its version, or what it misses") {
    const std::string rest = "[run]\ncommand = [\"/bin/sh\"]\n";
    const auto language = [&](const std::string& name, const std::string& text) {
        write("languages/" + name + "/language.toml",
              "name = \"" + name + "\"\nextensions = [\"." + name + "\"]\n" + text + rest);
    };
    language("a", "needs = [{ program = \"sh\" }]\nversion = [\"{sh}\", \"-c\", \"echo 1.2.3; echo more\"]\n");
    language("b",
             "needs = [{ program = \"no-such-program\", package = \"nosuch\" }]\nversion = [\"{no-such-program}\"]\n");
    language("c", "version = [\"/bin/false\"]\n");
    language("d", "");
    language("e", "version = [\"/bin/sh\", \"-c\", \"echo on stderr >&2\"]\n");
    const Languages languages({path() / "languages"}, path());
    test::SpawnRunner runner;
    std::string table;
    report_languages(languages, runner, [&](const std::vector<LanguageReport>& rows) {
        for (const auto& row : rows) {
            table += row.language->name + "|" + row.version + "|" +
                     (row.missing.empty() ? "" : missing_program(row.missing.front())) + "|" + row.problem + "\n";
        }
    });
    runner.wait();
    CHECK(table ==
          "a|1.2.3||\n"
          "b||no-such-program was not found (apt install nosuch)|\n"
          "c|||/bin/false: exit code 1\n"
          "d|||\n"
          "e|on stderr||\n");
}
