#include "broker/broker.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <boost/asio/steady_timer.hpp>

#include "tests/compilers/temporary_folder.hpp"

using namespace dragoman;
using namespace dragoman::test;
using namespace std::chrono_literals;

namespace {

/// "one|two" for the words of a command, or "nothing".
std::string words(std::string_view text) {
    const auto command = ShellCommand::parse(text);
    if (!command) return "nothing";
    std::string all = command->words.front();
    for (std::size_t i = 1; i < command->words.size(); ++i) all += "|" + command->words[i];
    return all;
}

/// A broker whose scripts are shell commands that speak the classic level.
struct Embedded {
    Embedded() : broker(options()) {}

    BrokerOptions options() {
        BrokerOptions given;
        given.deadlines = {.tick = 300ms, .start = 5s, .grace = 200ms};
        given.events.output = [this](const LiveScript& script, Stream, std::string_view text, bool) {
            output += script.name() + ": " + std::string(text) + "\n";
        };
        given.events.note = [this](const LiveScript& script, const std::string& text) {
            notes += script.name() + ": " + text + "\n";
        };
        given.events.failed = [this](LiveScript& script, Failure& failure) {
            failed += script.name() + " " + std::string(name(failure.outcome)) + "\n";
        };
        return given;
    }

    std::size_t add(const std::string& commands) {
        return broker.add(
            {.source = ShellCommand{{"/bin/sh", "-c", commands}}, .name = std::to_string(broker.size() + 1) + "P"});
    }
    /// Says READY, then answers each scene with `answer`.
    std::size_t add_player(const std::string& answer) {
        return add("echo __command__ READY; read init; while read scene; do " + answer + "; done");
    }
    std::string tick() {
        std::vector<SceneFor> scenes;
        for (std::size_t i = 0; i < broker.size(); ++i) scenes.push_back({i, "{\"frame\": 0}"});
        broker.tick(scenes);
        std::string outcomes;
        for (std::size_t i = 0; i < broker.size(); ++i)
            (outcomes += i > 0 ? " " : "") += broker.outcome(i) ? name(*broker.outcome(i)) : std::string_view("none");
        return outcomes;
    }
    std::string failure(std::size_t script) const {
        const auto& failure = broker.script(script).failure();
        return failure ? std::string(name(failure->outcome)) + ": " + failure->message : "none";
    }

    std::string output, notes, failed;
    Broker broker;
};

}  // namespace

TEST_CASE("a command's words are split as a shell does") {
    CHECK(words("python3 -u b.py") == "python3|-u|b.py");
    CHECK(words("  a   b\t\nc ") == "a|b|c");
    CHECK(words("'a b' \"c d\" e\\ f") == "a b|c d|e f");
    CHECK(words("a'b'\"c\"d") == "abcd");
    CHECK(words("'' a") == "|a");
    CHECK(words("\"a\\\"b\" 'c\\d' \"e\\nf\" \"g\\\\h\"") == "a\"b|c\\d|e\\nf|g\\h");
    CHECK(words("a\\") == "a\\");
    CHECK(words("$HOME *.py ~") == "$HOME|*.py|~");
    CHECK(words("\"open") == "nothing");
    CHECK(words("a 'open") == "nothing");
    CHECK(words("") == "nothing");
    CHECK(words("  ") == "nothing");
}

TEST_CASE_FIXTURE(Embedded, "scripts play ticks, and their answers are handed on as they came") {
    const auto one = add_player(R"(echo '__command__ {"a":  1}')");
    const auto two = add_player("echo hello; echo __command__ null");
    broker.start();
    CHECK(tick() == "ok ok");
    CHECK(broker.answer(one) == R"({"a":  1})");
    CHECK(broker.answer(two) == "null");
    CHECK(output == "2P: hello\n");
    CHECK(tick() == "ok ok");
    CHECK(broker.ticks() == 2);
    CHECK(broker.statistics(one).ticks() == 2);
    CHECK(broker.statistics(one).latency.count() == 2);
    broker.finish("the test ends");
    CHECK(failed.empty());
    CHECK(broker.script(one).gone());
    CHECK(broker.script(one).end()->exit_code == 0);
}

TEST_CASE_FIXTURE(Embedded, "one that hangs costs the others nothing but the deadline") {
    add_player("echo __command__ 1");
    const auto hanging = add_player("sleep 60");
    broker.start();
    CHECK(tick() == "ok late");
    const auto began = Clock::now();
    CHECK(tick() == "ok late");
    CHECK(Clock::now() - began < 1s);
    CHECK(failure(hanging).starts_with("late: no answer after"));
    CHECK(tick() == "ok late");
    CHECK(failed == "2P late\n");
}

TEST_CASE_FIXTURE(Embedded, "each way to end has its outcome") {
    const auto exits = add_player("exit 3");
    const auto crashes = add_player("kill -SEGV $$");
    const auto babbles = add_player("echo __command__ MOVE");
    const auto never = add("exit 0");
    const auto missing = broker.add({.source = ShellCommand{{"no-such-program-anywhere"}}, .name = "5P"});
    const auto unknown = broker.add({.source = "script.unknown", .name = "6P"});
    broker.start();
    CHECK(tick() == "exited crashed protocol_error exited not_ready compile_error");
    CHECK(failure(exits) == "exited: exited with code 3");
    CHECK(failure(crashes).starts_with("crashed: ended by signal 11"));
    CHECK(failure(babbles).find("at byte 12 of the line: __command__ MOVE") != std::string::npos);
    CHECK(failure(never) == "exited: exited with code 0 before it was READY");
    CHECK(failure(missing) == "not_ready: could not be started: there is no program no-such-program-anywhere on PATH");
    CHECK(broker.build_failure(unknown) != nullptr);
    CHECK(broker.script(exits).failure()->exit_code == 3);
    for (const auto script : {exits, crashes, babbles}) {
        CHECK(broker.script(script).failure()->used->count() > 0);
        CHECK(broker.script(script).failure()->allowed->count() == 300);
    }
}

TEST_CASE_FIXTURE(Embedded, "a loss is counted once, in the tick that it ended") {
    const auto exits = add_player("exit 3");
    broker.start();
    tick();
    const auto& outcomes = broker.statistics(exits).outcomes;
    CHECK(outcomes[static_cast<std::size_t>(Outcome::exited)] == 1);
    CHECK(broker.statistics(exits).ticks() == 1);
}

TEST_CASE_FIXTURE(Embedded, "the last words are there when the end is told, with or without a line end") {
    const auto one = add_player("printf 'last words' >&2; exit 1");
    broker.start();
    tick();
    CHECK(broker.script(one).standard_error().text() == "last words\n");
}

TEST_CASE_FIXTURE(Embedded, "a script that answers and never reads does not fill the broker's memory") {
    add("echo __command__ READY; while true; do echo __command__ 1; sleep 0.001; done");
    broker.start();
    const std::string scene = "{\"frame\": \"" + std::string(300'000, 'x') + "\"}";
    for (int i = 0; i < 20; ++i) broker.tick({{0, scene}});
    CHECK(failure(0).starts_with("protocol_error: the script does not read what it is sent"));
}

TEST_CASE_FIXTURE(Embedded, "commands that nobody asked for are output in the end: too many are too much") {
    add("echo __command__ READY; while true; do echo '__command__ \"" + std::string(1000, 'x') + "\"'; done");
    broker.start();
    broker.wait_until(Clock::now() + 50ms);
    CHECK(notes.find("1P: dropped a command that nobody asked for") != std::string::npos);
    const auto end = Clock::now() + 20s;
    while (failed.empty() && Clock::now() < end) broker.wait_until(Clock::now() + 100ms);
    CHECK(failed == "1P output_limit\n");
}

TEST_CASE_FIXTURE(Embedded, "a flood does not keep a deadline from passing") {
    add_player("while true; do echo flood; done");
    add_player("sleep 60");
    broker.start();
    const auto began = Clock::now();
    tick();
    tick();
    CHECK(Clock::now() - began < 3s);
    CHECK(failed.find("2P late\n") != std::string::npos);
}

TEST_CASE_FIXTURE(Embedded, "a broker with nothing to do waits, and serves who is added later") {
    broker.wait_until(Clock::now() + 5ms);
    const auto one = add("echo __command__ READY; read init; exit 0");
    broker.start();
    broker.wait_until(Clock::now() + 300ms);
    CHECK(broker.script(one).gone());
    broker.wait_until(Clock::now() + 5ms);
    const auto two = add_player("echo __command__ 2");
    broker.start();
    tick();
    CHECK(broker.answer(two) == "2");
}

TEST_CASE_FIXTURE(Embedded, "a stop ends what waits") {
    add("sleep 60");
    boost::asio::steady_timer timer(broker.io(), 50ms);
    timer.async_wait([this](const boost::system::error_code&) { broker.stop(); });
    const auto began = Clock::now();
    broker.start();
    CHECK(broker.stopping());
    CHECK(tick() == "none");
    broker.finish("stopped");
    CHECK(Clock::now() - began < 1s);
    CHECK(failed.empty());
}

TEST_CASE_FIXTURE(Embedded, "RESET and READY, round after round") {
    const auto one =
        add("echo __command__ READY; read init; "
            "while read scene; do echo __command__ RESET; echo __command__ READY; done");
    broker.start();
    for (int round = 0; round < 5; ++round) {
        CHECK(tick() == "ok");
        CHECK_FALSE(broker.answer(one));
    }
    CHECK(failed.empty());
}

TEST_CASE_FIXTURE(Embedded, "who ignores the goodbye is ended all the same") {
    add("trap '' TERM; echo __command__ READY; while true; do sleep 0.05; done");
    broker.start();
    const auto began = Clock::now();
    broker.finish("the test ends");
    CHECK(Clock::now() - began < 1s);
    CHECK(broker.script(0).gone());
    CHECK(failed.empty());
}

TEST_CASE_FIXTURE(Embedded, "sixty-four scripts, one tick") {
    for (int i = 0; i < 64; ++i) add_player("echo __command__ " + std::to_string(i));
    broker.start();
    tick();
    for (std::size_t i = 0; i < 64; ++i) CHECK(broker.answer(i) == std::to_string(i));
    CHECK(failed.empty());
}

TEST_CASE("brokers that cannot find their parts say so") {
    const TemporaryFolder folder;
    BrokerOptions options;
    options.home = folder.path();
    CHECK_THROWS_AS(Broker{options}, LaunchError);
}

TEST_CASE("a program's closed standard descriptors are filled before scripts get their numbers") {
    const int kept = ::dup(STDIN_FILENO);
    ::close(STDIN_FILENO);
    {
        Broker broker;
        CHECK(std::filesystem::read_symlink("/proc/self/fd/0") == "/dev/null");
    }
    ::dup2(kept, STDIN_FILENO);
    ::close(kept);
}
