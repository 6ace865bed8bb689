// The Reloader as a program uses it that embeds the broker.
#include "broker/reload/reloader.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <stdexcept>

#include "tests/compilers/temporary_folder.hpp"

using namespace dragoman;
using namespace dragoman::test;
using namespace std::chrono_literals;

namespace fs = std::filesystem;

namespace {

constexpr auto patience = 10s;  // of a test that fails

/// A player of the classic level, in the shell's language, that answers each scene with `answer`.
std::string player(const std::string& answer) {
    return "echo __command__ READY; read init\nwhile read scene; do echo '__command__ " + answer + "'; done\n";
}
/// It has the seat, and loses it in its first tick.
const std::string fails = "echo __command__ READY; read init; read scene; exit 3\n";

/// A program with one seat, or more.
struct Program {
    Program() : broker(options()) {}

    BrokerOptions options() {
        temporary.write("languages/shell/language.toml", R"(name = "shell"
title = "Shell"
extensions = [".sh"]
needs = [{ program = "sh", package = "dash" }]
[run]
command = ["{sh}", "{script}"]
)");
        BrokerOptions given;
        given.languages = {temporary / "languages"};
        given.deadlines = {.tick = 2s, .start = 5s, .grace = 200ms};
        return given;
    }

    void save(const std::string& name, const std::string& text) const { temporary.write(name, text); }
    std::size_t add(const std::string& name) {
        return broker.add({.source = temporary / name, .name = std::to_string(broker.size() + 1) + "P"});
    }
    /// All seats are watched from here on.
    void start(ReloadOptions wished = {}) {
        wished.on_event = [this](const ReloadEvent& event) {
            events.push_back(event);
            told += (told.empty() ? "" : " ") + std::string(name(event.step));
        };
        broker.start();
        reloader.emplace(broker, std::move(wished));
        for (std::size_t script = 0; script < broker.size(); ++script) reloader->watch(script);
    }
    /// A tick of the first seat: its answer.
    std::string tick() {
        reloader->between_ticks();
        broker.tick({{0, "{\"frame\": 0}"}});
        reloader->after_tick({});
        return std::string(broker.answer(0).value_or("nothing"));
    }
    /// Ticks until that was told so often.
    bool tick_until(ReloadStep step, std::ptrdiff_t times = 1) {
        const auto end = Clock::now() + patience;
        while (std::ranges::count(events, step, &ReloadEvent::step) < times && Clock::now() < end) {
            tick();
            broker.wait_until(Clock::now() + 1ms);
        }
        return std::ranges::count(events, step, &ReloadEvent::step) >= times;
    }

    TemporaryFolder temporary;
    std::vector<ReloadEvent> events;
    std::string told;
    Broker broker;
    std::optional<Reloader> reloader;
};

/// With one player that answers 1, in version 1.
struct Playing : Program {
    explicit Playing(ReloadOptions wished = {}) {
        save("1P.sh", player("1"));
        add("1P.sh");
        start(std::move(wished));
        REQUIRE(tick() == "1");
    }
};

}  // namespace

TEST_CASE_FIXTURE(Playing, "a program is told what becomes of a save, and the next tick is the new version's") {
    save("1P.sh", player("2"));
    REQUIRE(tick_until(ReloadStep::swapped));
    CHECK(told.starts_with("begun"));
    CHECK(tick() == "2");
    CHECK(reloader->version(0) == 2);
    CHECK(events.back().seat == "1P");
    CHECK(events.back().version == 2);
    CHECK(events.back().file == temporary / "1P.sh");
}

TEST_CASE_FIXTURE(Playing, "a version that is never ready leaves the seat as it is, and why is known") {
    save("1P.sh", "exit 7\n");
    REQUIRE(tick_until(ReloadStep::failed));
    CHECK(tick() == "1");
    REQUIRE(reloader->last_failure(0));
    CHECK(reloader->last_failure(0)->outcome == Outcome::exited);
    CHECK(reloader->version(0) == 1);
    CHECK_FALSE(reloader->busy());
}

TEST_CASE_FIXTURE(Playing, "a reload that goes well forgets the failure before it") {
    save("1P.sh", "exit 7\n");
    REQUIRE(tick_until(ReloadStep::failed));
    save("1P.sh", player("2"));
    REQUIRE(tick_until(ReloadStep::swapped));
    CHECK_FALSE(reloader->last_failure(0));
}

TEST_CASE_FIXTURE(Playing, "a version that fails on probation gives the seat back") {
    save("1P.sh", fails);
    REQUIRE(tick_until(ReloadStep::rolled_back));
    CHECK(tick() == "1");
    CHECK(reloader->version(0) == 1);
    CHECK(reloader->last_failure(0)->outcome == Outcome::exited);
    CHECK(reloader->state(0) == "playing");
}

TEST_CASE_FIXTURE(Playing, "a failure of a version on probation can be answered within the same tick") {
    save("1P.sh", fails);
    const auto end = Clock::now() + patience;
    bool back = false;
    for (; !back && Clock::now() < end; broker.wait_until(Clock::now() + 1ms))
        if (tick() == "nothing") back = reloader->take_back(0);
    CHECK(back);
    broker.tick({{0, "{}"}});
    CHECK(broker.answer(0) == "1");
}

TEST_CASE("probation is as long as the program wants it") {
    Playing program({.probation = 3});
    program.save("1P.sh", player("2"));
    REQUIRE(program.tick_until(ReloadStep::swapped));
    CHECK(program.reloader->state(0) == "on probation");
    for (int i = 0; i < 4; ++i) program.tick();
    CHECK(program.reloader->state(0) == "playing");
    CHECK(program.told == "begun swapped settled");
}

TEST_CASE_FIXTURE(Playing, "a program can end probation itself") {
    save("1P.sh", player("2"));
    REQUIRE(tick_until(ReloadStep::swapped));
    reloader->settle(0);
    CHECK(told.ends_with("settled"));
    CHECK_FALSE(reloader->take_back(0));
}

TEST_CASE_FIXTURE(Playing, "the version before can be brought back though its file has changed") {
    save("1P.sh", player("2"));
    REQUIRE(tick_until(ReloadStep::swapped));
    reloader->rollback_to_previous_version(0);
    REQUIRE(tick_until(ReloadStep::swapped, 2));
    CHECK(tick() == "1");
    CHECK(reloader->version(0) == 1);
}

TEST_CASE("so many versions are kept as the program wants, and who asks for another is told which there are") {
    Playing program({.probation = 0, .depth = 2});
    for (int version = 2; version <= 4; ++version) {
        program.save("1P.sh", player(std::to_string(version)));
        REQUIRE(program.tick_until(ReloadStep::settled, version - 1));
    }
    std::vector<int> numbers;
    for (const Version& version : program.reloader->versions(0)) numbers.push_back(version.number);
    CHECK(numbers == std::vector{3, 4});
    CHECK_THROWS_WITH_AS(program.reloader->rollback(0, 1), "there is no version 1 of 1P; there are: 3, 4",
                         std::invalid_argument);
}

TEST_CASE_FIXTURE(Playing, "with no version before there is nothing to go back to") {
    CHECK_THROWS_AS(reloader->rollback_to_previous_version(0), std::invalid_argument);
}

TEST_CASE("a file affects the scripts that are made from it, and no other") {
    Program program;
    program.save("1P.sh", player("1"));
    program.save("2P.sh", player("2"));
    for (const char* name : {"1P.sh", "2P.sh", "1P.sh"}) program.add(name);
    program.start();
    CHECK(program.reloader->affected_by(program.temporary / "1P.sh") == std::vector<std::size_t>{0, 2});
    CHECK(program.reloader->affected_by(program.temporary / "2P.sh") == std::vector<std::size_t>{1});
    CHECK(program.reloader->affected_by(program.temporary / "other.sh").empty());
}

TEST_CASE_FIXTURE(Playing, "another file can have the seat") {
    save("other.sh", player("\"other\""));
    reloader->replace(0, temporary / "other.sh");
    REQUIRE(tick_until(ReloadStep::swapped));
    CHECK(tick() == "\"other\"");
    CHECK(reloader->affected_by(temporary / "1P.sh").empty());
}

TEST_CASE_FIXTURE(Playing, "a script can be loaded again though nobody has saved it") {
    reloader->reload(0);
    REQUIRE(tick_until(ReloadStep::swapped));
    CHECK(reloader->version(0) == 2);
}

TEST_CASE_FIXTURE(Playing, "files that belong to no seat are the program's to deal with") {
    std::string appeared;
    reloader->watch_folder(temporary.path(), {"new*.sh"}, [&](const fs::path& file) { appeared = file.filename(); });
    save("new.txt", "no script");
    save("newcomer.sh", player("3"));
    const auto end = Clock::now() + patience;
    while (appeared.empty() && Clock::now() < end) broker.wait_until(Clock::now() + 5ms);
    CHECK(appeared == "newcomer.sh");
}

TEST_CASE_FIXTURE(Playing, "newcomers are told of for each of several folders, of one of which the last call counts") {
    std::set<std::string> told;
    const auto tell = [&](const std::string& what) {
        return [&told, what](const fs::path& file) { told.insert(what + " " + file.filename().string()); };
    };
    fs::create_directories(temporary / "a");
    fs::create_directories(temporary / "b/deep");
    reloader->watch_folder(temporary / "a", {"*"}, tell("never"));
    reloader->watch_folder(temporary / "b", {"*.sh"}, tell("b"));
    reloader->watch_folder(temporary / "a", {"*.sh"}, tell("a"));
    reloader->watch_folder(temporary / "b/deep", {"new*"}, {});
    save("a/new.txt", "no script");
    save("a/new.sh", player("3"));
    save("b/deep/new.sh", player("3"));
    const auto end = Clock::now() + patience;
    while (told.size() < 2 && Clock::now() < end) broker.wait_until(Clock::now() + 5ms);
    CHECK(told == std::set<std::string>{"a new.sh", "b new.sh"});
}

TEST_CASE("a lost seat is won by a save, with nothing to go back to") {
    Program program;
    program.save("1P.sh", fails);
    program.add("1P.sh");
    program.start();
    program.tick();
    REQUIRE(program.tick() == "nothing");
    program.save("1P.sh", player("2"));
    REQUIRE(program.tick_until(ReloadStep::swapped));
    CHECK(program.tick() == "2");
    CHECK(program.reloader->state(0) == "playing");
}

TEST_CASE_FIXTURE(Playing, "who stops keeps what plays") {
    save("1P.sh", player("2"));
    REQUIRE(tick_until(ReloadStep::swapped));
    reloader->stop();
    CHECK_FALSE(reloader->busy());
    save("1P.sh", player("3"));
    broker.wait_until(Clock::now() + 50ms);
    CHECK(tick() == "2");
}

TEST_CASE_FIXTURE(Playing, "a Reloader may go while a version is on its way or on probation") {
    save("1P.sh", player("2"));
    REQUIRE(tick_until(ReloadStep::swapped));
    reloader->reload(0);
    reloader.reset();
    broker.tick({{0, "{}"}});
    CHECK(broker.answer(0) == "2");
}
