#include "broker/game/manifest.hpp"

#include <doctest/doctest.h>

#include "tests/broker/contains.hpp"
#include "tests/compilers/temporary_folder.hpp"

using namespace dragoman;
using namespace dragoman::test;
using namespace std::chrono_literals;

namespace {

struct Folder : TemporaryFolder {
    Folder() { write("game.py", ""); }

    GameManifest game(const std::string& toml) {
        write("dragoman.toml", toml);
        auto read = read_game(path());
        if (const auto* problems = std::get_if<Problems>(&read)) FAIL(problems->front().text());
        return std::get<GameManifest>(read);
    }
    /// "line: message" of each problem.
    std::vector<std::string> problems(const std::string& toml) {
        write("dragoman.toml", toml);
        auto read = read_game(path());
        std::vector<std::string> lines;
        if (const auto* problems = std::get_if<Problems>(&read))
            for (const Problem& problem : *problems)
                lines.push_back(std::to_string(problem.line) + ": " + problem.message);
        return lines;
    }
    std::string problem(const std::string& toml) {
        const auto all = problems(toml);
        CHECK(all.size() == 1);
        return all.empty() ? "" : all.front();
    }
};

GameParameter parameter(Json default_value, std::vector<Json> choices = {}) {
    return {"p", std::move(default_value), std::move(choices), ""};
}
std::string read(const GameParameter& one, std::string_view text) {
    const auto value = one.read(text);
    if (const auto* error = std::get_if<std::string>(&value)) return "error: " + *error;
    return std::get<Json>(value).dump();
}

}  // namespace

TEST_CASE_FIXTURE(Folder, "a script is all that a game needs") {
    const auto one = game("script = \"game.py\"\n");
    CHECK(one.name == path().filename().string());
    CHECK(one.script == path() / "game.py");
    CHECK(one.seats == std::vector<std::string>{"1P"});
    CHECK(one.least_seats == 1);
    CHECK(one.args == std::vector<Json>{Json::array({"1P"})});
    CHECK(one.kwargs == Json::object());
    CHECK(one.fps == 30);
    CHECK(one.parameters.empty());
    CHECK_FALSE(one.tick_timeout);
}

TEST_CASE_FIXTURE(Folder, "everything that a manifest can say is read") {
    const auto one = game(R"(
        name = "Pong"
        about = "Two paddles"
        script = "game.py"
        fps = 60
        [players]
        names = ["1P", "2P", "玩家"]
        min = 2
        args = [["a"], [1, 2.5, true, [3]]]
        kwargs = { level = 3, deep = { on = true } }
        [params.difficulty]
        default = "EASY"
        choices = ["EASY", "HARD"]
        help = "how fast"
        [params.speed]
        default = 7
        [limits]
        tick_timeout = "50ms"
        start_timeout = "2s"
    )");
    CHECK(one.name == "Pong");
    CHECK(one.about == "Two paddles");
    CHECK(one.fps == 60);
    CHECK(one.seats == std::vector<std::string>{"1P", "2P", "玩家"});
    CHECK(one.least_seats == 2);
    CHECK(Json(one.args).dump() == R"([["a"],[1,2.5,true,[3]],[]])");
    CHECK(one.kwargs.size() == 2);
    CHECK(one.kwargs["deep"].dump() == R"({"on":true})");
    REQUIRE(one.parameter("difficulty") != nullptr);
    CHECK(one.parameter("difficulty")->choices.size() == 2);
    CHECK(one.parameter("difficulty")->help == "how fast");
    CHECK(one.parameter("speed")->default_value == 7);
    CHECK(one.parameter("nothing") == nullptr);
    CHECK(*one.tick_timeout == 50ms);
    CHECK(*one.start_timeout == 2s);
}

TEST_CASE_FIXTURE(Folder, "the players are the files of ml, in name order, without what is hidden") {
    for (const char* file : {"ml/b.py", "ml/a.cpp", "ml/_helper.py", "ml/.swp", "ml/a.cpp~", "ml/folder/x.py"})
        write(file, "");
    const auto one = game("script = \"game.py\"\n");
    CHECK(one.files_in_ml() == std::vector<std::filesystem::path>{path() / "ml/a.cpp", path() / "ml/b.py"});
}

TEST_CASE("a folder that is no game's says so") {
    const TemporaryFolder folder;
    const auto problem = [](const std::filesystem::path& path) {
        return std::get<Problems>(read_game(path)).front().text();
    };
    CHECK(contains(problem(folder / "nowhere"), "there is no such folder"));
    CHECK(contains(problem(folder.path()), "dragoman.toml: there is no such file"));
}

TEST_CASE_FIXTURE(Folder, "a problem has its line and what was expected") {
    CHECK(problem("name = \"x\"\nscript = \"no.py\"\n") == "2: script: there is no file no.py in the game's folder");
    CHECK(contains(problem("name = \"x\"\n"), "script"));
    CHECK(contains(problem("script = \"game.py\"\ncolour = 1\n"), "colour"));
    CHECK(problem("script = \"game.py\"\nfps = 0\n").starts_with("2: fps: expected a number above 0"));
    CHECK(problem("script = \"game.py\"\n[players]\nnames = [\"a\", \"a\"]\n").starts_with("3: "));
    CHECK(problem("script = \"game.py\"\n[players]\nnames = [\"a\", \"b\"]\nmin = 3\n").starts_with("4: "));
    CHECK(problem("script = \"game.py\"\n[players]\nargs = 5\n").starts_with("3: "));
    CHECK(problem("script = \"game.py\"\n[players]\nargs = [1]\n").starts_with("3: "));
    CHECK(problem("script = \"game.py\"\n[players]\nkwargs = 5\n").starts_with("3: "));
    CHECK(problem("script = \"game.py\"\nparams = 5\n").starts_with("2: "));
    CHECK(contains(problem("script = \"game.py\"\n[params]\nspeed = 5\n"), "expected a table [params.speed]"));
    CHECK(contains(problem("script = \"game.py\"\n[params.speed]\nhelp = \"x\"\n"), "needs a default"));
    CHECK(contains(problem("script = \"game.py\"\n[params.a]\ndefault = 1\nchoices = [2]\n"), "none of the choices"));
    CHECK(contains(problem("script = \"game.py\"\n[params.a]\ndefault = nan\n"), "default"));
    CHECK(contains(problem("script = \"game.py\"\n[params.a]\ndefault = 1\nchoices = []\n"), "choices"));
    CHECK(contains(problem("script = \"game.py\"\n[limits]\ntick_timeout = \"soon\"\n"), "expected a time"));
}

TEST_CASE_FIXTURE(Folder, "all problems come at once") {
    CHECK(problems("fps = -1\ncolour = 1\n[players]\nmin = 9\n[limits]\nstart_timeout = \"x\"\n").size() == 5);
}

TEST_CASE_FIXTURE(Folder, "what is not TOML has its line") {
    CHECK(problem("script = \"game.py\"\nname = \n").starts_with("2: "));
    CHECK_FALSE(problems(std::string("script = \"game.py\"\n\xFF\n")).empty());
}

TEST_CASE("a parameter's text is read in the default's type") {
    CHECK(read(parameter("EASY"), "HARD") == "\"HARD\"");
    CHECK(read(parameter("EASY"), "5") == "\"5\"");
    CHECK(read(parameter(1), "-5") == "-5");
    CHECK(read(parameter(1.0), "2.5") == "2.5");
    CHECK(read(parameter(1.0), "2") == "2.0");
    CHECK(read(parameter(true), "false") == "false");
    CHECK(read(parameter(Json::array()), "[1, {\"a\": null}]") == "[1,{\"a\":null}]");
    CHECK(read(parameter(""), "") == "\"\"");
}

TEST_CASE("a parameter's text of another type is refused with what was expected") {
    CHECK(read(parameter(1), "fast") == "error: --param p=fast: expected a whole number");
    CHECK(read(parameter(1), "1.5") == "error: --param p=1.5: expected a whole number");
    CHECK(read(parameter(1), "") == "error: --param p=: expected a whole number");
    CHECK(read(parameter(1), "99999999999999999999") ==
          "error: --param p=99999999999999999999: expected a whole number");
    CHECK(read(parameter(1.0), "x") == "error: --param p=x: expected a number");
    for (const char* text : {"nan", "inf", "-infinity"})  // JSON has no such numbers
        CHECK(read(parameter(1.0), text) == "error: --param p=" + std::string(text) + ": expected a number");
    CHECK(read(parameter(true), "yes") == "error: --param p=yes: expected true or false");
    CHECK(read(parameter(Json::array()), "[1") == "error: --param p=[1: expected JSON");
    CHECK(read(parameter("A", {"A", "B"}), "C") == "error: --param p=C: expected one of A, B");
    CHECK(read(parameter(1, {1, 2}), "3") == "error: --param p=3: expected one of 1, 2");
}
