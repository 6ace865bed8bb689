#include "compilers/language.hpp"

#include <doctest/doctest.h>

#include "tests/compilers/temporary_folder.hpp"

using namespace dragoman;

namespace {

const std::string smallest = "name = \"x\"\nextensions = [\".x\"]\n[run]\ncommand = [\"/bin/sh\", \"{script}\"]\n";

struct Folder : test::TemporaryFolder {
    std::variant<Language, Problems> read(const std::string& manifest) {
        write("x/language.toml", manifest);
        return read_language(path() / "x", path() / "clients");
    }
    Language good(const std::string& manifest) {
        auto read_one = read(manifest);
        if (const auto* problems = std::get_if<Problems>(&read_one)) FAIL(problems->front().text());
        return std::get<Language>(read_one);
    }
    /// All problems, as "line: message", a line each.
    std::string complaints(const std::string& manifest) {
        const auto read_one = read(manifest);
        std::string text;
        if (!std::holds_alternative<Problems>(read_one)) return "none";
        for (const auto& problem : std::get<Problems>(read_one)) {
            CHECK(problem.file == path() / "x/language.toml");
            text += (text.empty() ? "" : "\n") + std::to_string(problem.line) + ": " + problem.message;
        }
        return text;
    }
};

}  // namespace

TEST_CASE_FIXTURE(Folder, "a manifest is read whole") {
    write("clients/cpp/here", "");
    write("x/template.cpp", "");
    write("x/template_game.cpp", "");
    const auto language = good(R"(
name       = "cpp"
title      = "C++"
extensions = [".cpp", ".cc"]
needs      = [{ program = "g++", package = "g++" }]
version    = ["{g++}", "-dumpfullversion"]
[compile]
commands = [["{g++}", "{script}", "-o", "{output}"], ["{g++}", "-O0", "{script}", "-o", "{output}"]]
depfile  = "{build}/deps.d"
timeout  = "90s"
[run]
command     = ["{output}"]
warm        = ["{g++}", "{client}/warm"]
channel     = "private"
environment = { A = "{client}", B = "b" }
reads       = ["/usr/lib/x", "{language}"]
)");
    CHECK(language.name == "cpp");
    CHECK(language.title == "C++");
    CHECK((language.extensions == std::vector<std::string>{".cpp", ".cc"}));
    CHECK(language.needs.at(0).package == "g++");
    CHECK(language.version.at(1) == "-dumpfullversion");
    CHECK(language.compile.commands.size() == 2);
    CHECK(language.compile.depfile == "{build}/deps.d");
    CHECK(language.compile.timeout == std::chrono::seconds(90));
    CHECK((language.run.command == CommandTemplate{"{output}"}));
    CHECK(name(language.run.channel) == "private");
    CHECK(language.run.environment.at("A") == "{client}");
    CHECK(language.run.reads.size() == 2);
    CHECK(language.folder == path() / "x");
    CHECK(language.client == path() / "clients/cpp");
    CHECK(language.compiles());
    CHECK_FALSE(language.compile_script.has_value());
    REQUIRE(language.templates.size() == 2);
    CHECK(language.templates.at(0).filename() == "template.cpp");
}

TEST_CASE_FIXTURE(Folder, "what may be left out has defaults") {
    const auto language = good(smallest);
    CHECK(language.title == "x");
    CHECK(name(language.run.channel) == "stdio");
    CHECK(language.version.empty());
    CHECK_FALSE(language.compiles());
    CHECK(language.compile.timeout == std::chrono::seconds(60));
}

TEST_CASE_FIXTURE(Folder, "a client beside the manifest comes before the installation's") {
    write("clients/x/here", "");
    CHECK(good(smallest).client == path() / "clients/x");
    write("x/client/here", "");
    CHECK(good(smallest).client == path() / "x/client");
}

TEST_CASE_FIXTURE(Folder, "a compile_script takes the place of commands and run command") {
    write_program("x/compile_script", "#!/bin/sh\n");
    const auto language = good("name = \"x\"\nextensions = [\".x\"]\n[compile]\ntimeout = \"5s\"\n");
    CHECK(language.compiles());
    CHECK(language.compile_script == path() / "x/compile_script");
    CHECK(complaints(smallest) ==
          "4: run.command: there is a compile_script, which prints the command: leave one of them out");
    std::filesystem::permissions(path() / "x/compile_script", std::filesystem::perms::owner_read);
    const auto problems = std::get<Problems>(read("name = \"x\"\nextensions = [\".x\"]\n"));
    CHECK(problems.at(0).text() == (path() / "x/compile_script").string() + ": is not an executable file (chmod +x)");
}

TEST_CASE_FIXTURE(Folder, "a TOML error has its line") {
    CHECK(complaints("name = \"x\"\nextensions = 3 3\n[run]\n").starts_with("2: "));
}

TEST_CASE_FIXTURE(Folder, "a missing manifest is said") {
    const auto read_one = read_language(path() / "nowhere", path());
    CHECK(std::get<Problems>(read_one).at(0).text() ==
          (path() / "nowhere/language.toml").string() + ": cannot be read");
}

TEST_CASE_FIXTURE(Folder, "unknown keys are refused with a suggestion") {
    CHECK(complaints("nmae = \"x\"\n" + smallest) == "1: nmae: unknown key (did you mean \"name\"?)");
    CHECK(complaints("wholly_other = 1\n" + smallest) == "1: wholly_other: unknown key");
    CHECK(complaints(smallest + "chanel = \"stdio\"\n") == "5: run.chanel: unknown key (did you mean \"channel\"?)");
    CHECK(complaints("needs = [{program = \"sh\", packge = \"x\"}]\n" + smallest) ==
          "1: needs.packge: unknown key (did you mean \"package\"?)");
}

TEST_CASE_FIXTURE(Folder, "a wrong value names its key, what was expected and what is there") {
    CHECK(complaints("title = 3\n" + smallest) == "1: title: expected a text, got 3");
    CHECK(complaints("version = \"x\"\n" + smallest) == "1: version: expected a list of texts, got the text \"x\"");
    CHECK(complaints("needs = [\"x\"]\n" + smallest) ==
          "1: needs: expected a list of tables, got the text \"x\" in it");
    CHECK(complaints(smallest + "channel = \"pipe\"\n") ==
          "5: run.channel: expected \"stdio\" or \"private\", got \"pipe\"");
    CHECK(complaints(smallest + "environment = { A = 1 }\n") == "5: run.environment.A: expected a text, got 1");
    CHECK(complaints(smallest + "reads = [\"lib\"]\n") == "5: run.reads: expected a full path, got \"lib\"");
    CHECK(complaints(smallest + "[compile]\ncommands = [\"g++\"]\n")
              .starts_with("6: compile.commands: expected a list of lists of texts, got the text \"g++\" in it"));
    CHECK(complaints(smallest + "[compile]\ncommands = [[\"/bin/sh\"]]\ntimeout = \"60\"\n") ==
          "7: compile.timeout: expected a time such as \"60s\" or \"500ms\", got \"60\"");
    CHECK(complaints("name = \"a/b\"\nextensions = [\"x\", \".a.b\"]\n[run]\ncommand = [\"a\"]\n") ==
          "1: name: expected one word, got \"a/b\"\n"
          "2: extensions: expected a dot and letters, such as \".py\", got \"x\"\n"
          "2: extensions: expected a dot and letters, such as \".py\", got \".a.b\"");
}

TEST_CASE_FIXTURE(Folder, "everything that is wrong is said at once") {
    CHECK(complaints("title = 3\n") ==
          "1: name: is missing; expected a text\n"
          "1: title: expected a text, got 3\n"
          "1: extensions: expected at least one, such as \".py\"\n"
          "0: run.command: is missing; expected a list such as [\"{python3}\", \"{script}\"]");
}

TEST_CASE_FIXTURE(Folder, "unknown placeholders are refused with a suggestion") {
    CHECK(complaints(smallest + "reads = [\"{scirpt}\"]\n")
              .starts_with("5: run.reads: unknown placeholder {scirpt} (did you mean \"script\"?)"));
    CHECK(complaints("version = [\"{g++}\"]\n" + smallest).find("a program must stand in needs") != std::string::npos);
}

TEST_CASE_FIXTURE(Folder, "build and output are only for what is compiled") {
    CHECK(complaints(smallest + "reads = [\"{output}\"]\n") == "5: run.reads: {output} has no meaning here");
}

TEST_CASE_FIXTURE(Folder, "a client that is used must be there") {
    CHECK(complaints(smallest + "reads = [\"{client}\"]\n") ==
          "5: run.reads: {client} is used, but there is no folder " + (path() / "clients/x").string());
}
