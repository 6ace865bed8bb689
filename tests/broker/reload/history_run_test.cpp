// Versions of before, with real languages and in a real sandbox.
#include <doctest/doctest.h>

#include <algorithm>

#include "broker/broker.hpp"
#include "broker/reload/history/history.hpp"
#include "tests/compilers/temporary_folder.hpp"

using namespace dragoman;
using namespace dragoman::test;
using namespace std::chrono_literals;

namespace fs = std::filesystem;

namespace {

/// A match whose seats' versions are kept.
struct Played {
    explicit Played(SandboxMode mode = SandboxMode::automatic) : mode(mode), broker(options()) {}

    BrokerOptions options() {
        BrokerOptions given;
        given.sandbox = mode;
        given.cache = temporary / "cache";
        given.deadlines = {.tick = 5s, .start = 20s, .grace = 200ms};
        given.events.failed = [this](LiveScript&, Failure& failure) { failures.push_back(failure); };
        return given;
    }
    std::size_t add(const fs::path& script) {
        histories.push_back(std::make_unique<History>(store, "seat"));
        return broker.add({.source = script, .name = std::to_string(broker.size() + 1) + "P"});
    }
    void start() {
        broker.start();
        for (std::size_t seat = 0; seat < broker.size(); ++seat) keep(seat);
    }
    void keep(std::size_t seat) {
        const std::string said = failures.empty() ? "" : failures.front().message + failures.front().trace;
        INFO(said);
        REQUIRE(broker.runnable(seat) != nullptr);
        const Runnable& runnable = *broker.runnable(seat);
        std::vector<fs::path> uses(used.begin(), used.end());
        for (const std::string& file : broker.script(seat).session().uses()) uses.emplace_back(file);
        const Version& version = histories[seat]->keep(
            {.runnable = runnable,
             .uses = std::move(uses),
             .reach = reach_of(runnable.script, broker.spec(seat).confinement, mode, broker.known_scripts()),
             .status = VersionStatus::playing});
        CHECK(version.no_artefact == "");
    }
    /// Has the first version of a seat play again.
    void back(std::size_t seat) {
        const auto artefact = histories[seat]->artefact(1);
        REQUIRE(std::holds_alternative<Runnable>(artefact));
        auto next = broker.prepare(seat, std::get<Runnable>(artefact), {{"version", 2}, {"state", false}});
        broker.wait_for([&] { return next->script->phase() != Phase::starting; }, Clock::now() + 20s);
        const std::string why = next->script->failure() ? next->script->failure()->message : "";
        INFO(why);
        REQUIRE(next->script->phase() == Phase::idle);
        replaced.push_back(broker.swap(seat, std::move(next)));
    }
    std::string plays(std::size_t seat) {
        broker.tick({{seat, R"({"frame": 0})"}});
        return std::string(broker.answer(seat).value_or("nothing"));
    }

    SandboxMode mode;
    TemporaryFolder game;
    TemporaryFolder temporary;
    std::vector<Failure> failures;
    std::vector<fs::path> used;  // named for every seat: clients name what they know of themselves
    VersionStore store;
    std::vector<std::unique_ptr<History>> histories;
    Broker broker;
    std::vector<std::unique_ptr<LiveVersion>> replaced;
};

void plays_python_again(Played& match) {
    const TemporaryFolder& game = match.game;
    const auto version = [&](const std::string& text) {
        game.write("ml/helper.py", "from kit import deep\nNAME = '" + text + " ' + deep.NAME\n");
        game.write("ml/kit/deep.py", "NAME = '" + text + " deep'\n");
        game.write("ml/level.txt", text + " level");
        return game.write("ml/1P.py",
                          "import helper\nclass MLPlay:\n    def update(self, scene):\n        import os\n"
                          "        level = os.path.join(os.path.dirname(__file__), 'level.txt')\n"
                          "        return '" +
                              text + ", ' + helper.NAME + ', ' + open(level).read()\n");
    };
    const std::size_t seat = match.add(version("one"));
    match.used = {game / "ml/helper.py", game / "ml/kit/deep.py"};
    match.start();
    CHECK(match.plays(seat) == R"("one, one one deep, one level")");
    version("two");
    match.back(seat);
    CHECK(match.plays(seat) == R"("one, one one deep, two level")");
}

/// A sanitized Lua needs what no script gets: address space, /proc.
#ifdef __SANITIZE_ADDRESS__
constexpr bool is_sanitized = true;
#else
constexpr bool is_sanitized = false;
#endif

}  // namespace

TEST_CASE("python: a version of before imports the modules of its time, and reads today's data") {
    Played match;
    plays_python_again(match);
}

TEST_CASE("python: the same without a sandbox") {
    Played match(SandboxMode::off);
    plays_python_again(match);
}

TEST_CASE("a version of before plays when its files are gone, and fails by the paths that its user knows") {
    Played match;
    match.game.write("ml/helper.py", "def fail():\n    raise ValueError('in ' + __file__)\n");
    const std::size_t seat = match.add(match.game.write(
        "ml/1P.py", "import helper\nclass MLPlay:\n    def update(self, scene):\n        helper.fail()\n"));
    match.used = {match.game / "ml/helper.py"};
    match.start();
    fs::remove(match.game / "ml/1P.py");
    fs::remove(match.game / "ml/helper.py");
    match.back(seat);
    match.plays(seat);
    REQUIRE(match.failures.size() == 1);
    const Failure& failure = match.failures.front();
    CHECK(name(failure.outcome) == "raised");
    CHECK(failure.file == (match.game / "ml/helper.py").string());
    CHECK(failure.line == 2);
    CHECK(failure.message == "ValueError: in " + (match.game / "ml/helper.py").string());
    CHECK(failure.trace.find("version-1") == std::string::npos);
    CHECK(std::get<fs::path>(match.broker.spec(seat).source) == match.game / "ml/1P.py");
}

TEST_CASE("a version of before can read others' scripts no more than any other") {
    Played match;
    match.game.write("ml/2P.py", "class MLPlay:\n    def update(self, scene):\n        return 'other'\n");
    const std::size_t seat = match.add(match.game.write(
        "ml/1P.py",
        "class MLPlay:\n    def update(self, scene):\n        try:\n            return open('2P.py').read()\n"
        "        except OSError as error:\n            return type(error).__name__\n"));
    match.add(match.game / "ml/2P.py");
    match.used = {match.game / "ml/2P.py"};
    match.start();
    const std::string before = match.plays(seat);
    CHECK(before.find("Error") != std::string::npos);
    match.back(seat);
    CHECK(match.plays(seat).find("Error") != std::string::npos);
}

TEST_CASE("lua: a version of before requires the modules of its time" * doctest::skip(is_sanitized)) {
    Played match;
    match.game.write("ml/helper.lua", "return 'helps one'\n");
    const std::size_t seat = match.add(match.game.write(
        "ml/1P.lua",
        "local helper = require 'helper'\nMLPlay = { update = function() return 'one, ' .. helper end }\n"));
    match.used = {match.game / "ml/helper.lua"};
    match.start();
    match.game.write("ml/helper.lua", "return 'helps two'\n");
    match.game.write("ml/1P.lua", "MLPlay = { update = function() return 'two' end }\n");
    match.back(seat);
    CHECK(match.plays(seat) == R"("one, helps one")");
}

TEST_CASE("c++: a version of before is what was built, though another language has its place") {
    Played match;
    match.game.write("ml/helper.hpp", "inline const char* const name = \"one\";\n");
    const std::size_t seat =
        match.add(match.game.write("ml/1P.cpp",
                                   "#include <ml_play.hpp>\n#include \"helper.hpp\"\n"
                                   "class MLPlay : public AbstractMLPlay {\npublic:\n    MLPlay(json) {}\n"
                                   "    json update(json) { return name; }\n    void reset() {}\n};\n"));
    match.start();
    fs::remove(match.game / "ml/1P.cpp");
    fs::remove(match.game / "ml/helper.hpp");
    match.game.write("ml/1P.lua", "");
    match.back(seat);
    CHECK(match.plays(seat) == "\"one\"");
}
