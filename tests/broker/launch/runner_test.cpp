#include "broker/launch/runner.hpp"

#include <doctest/doctest.h>

#include "tests/broker/launch/observed.hpp"

using namespace dragoman;
using namespace dragoman::test;

namespace {

struct Runs : Machine {
    Sandbox sandbox{io, SandboxMode::automatic, {find_home() / "libexec" / "dragoman-launcher", {}}};
    LauncherRunner runner{sandbox};

    static Command command(const std::string& commands) {
        Command one;
        one.argv = shell(commands);
        one.cwd = "/var/tmp";
        one.timeout = std::chrono::seconds(20);
        return one;
    }
    CommandResult run(Command command) {
        std::optional<CommandResult> result;
        runner.run(std::move(command), [&](CommandResult done) { result = std::move(done); });
        CHECK(until([&] { return result.has_value(); }));
        return result.value_or(CommandResult{});
    }
};

}  // namespace

TEST_CASE_FIXTURE(Runs, "a command gets its input and environment, and its output comes back") {
    auto command = Runs::command("cat; echo $WORD; pwd; echo oops >&2; exit 3");
    command.input = "in\n";
    command.environment = {{"WORD", "out"}};
    const auto result = run(std::move(command));
    CHECK(result.output == "in\nout\n/var/tmp\n");
    CHECK(result.errors == "oops\n");
    REQUIRE(std::holds_alternative<CommandResult::Exited>(result.ending));
    CHECK(std::get<CommandResult::Exited>(result.ending).code == 3);
}

TEST_CASE_FIXTURE(Runs, "a command that is too slow is ended with all that it started") {
    auto command = Runs::command("echo began; sleep 60 & sleep 60");
    command.timeout = std::chrono::milliseconds(200);
    const auto result = run(std::move(command));
    CHECK(std::holds_alternative<CommandResult::TimedOut>(result.ending));
    CHECK(result.output == "began\n");
}

TEST_CASE_FIXTURE(Runs, "a command that is killed by a signal says which") {
    const auto result = run(command("kill -ABRT $$"));
    REQUIRE(std::holds_alternative<CommandResult::Signalled>(result.ending));
    CHECK(std::get<CommandResult::Signalled>(result.ending).signal == SIGABRT);
}

TEST_CASE_FIXTURE(Runs, "a command that cannot be started says why") {
    Command missing = command("");
    missing.argv = {"/no/such/compiler"};
    const auto result = run(std::move(missing));
    CHECK(std::holds_alternative<CommandResult::NotStarted>(result.ending));
    CHECK(result.errors.find("/no/such/compiler") != std::string::npos);
    Command large = command("");
    large.argv.assign(launch::most_words + 1, "x");
    CHECK(std::holds_alternative<CommandResult::NotStarted>(run(std::move(large)).ending));
}

TEST_CASE_FIXTURE(Runs, "of the output no more than the limit is kept") {
    auto command = Runs::command("head -c 100000 /dev/zero; head -c 100000 /dev/zero >&2");
    command.output_limit = 1000;
    const auto result = run(std::move(command));
    CHECK(result.output.size() == 1000);
    CHECK(result.errors.size() == 1000);
}

TEST_CASE_FIXTURE(Runs, "what one command's end starts next runs as well") {
    std::string seen;
    runner.run(command("echo one"), [&](CommandResult first) {
        seen += first.output;
        runner.run(command("echo two"), [&](CommandResult second) { seen += second.output; });
    });
    CHECK(until([&] { return seen == "one\ntwo\n"; }));
}

TEST_CASE("a runner that goes forgets its commands, whose answers never come") {
    Runs machine;
    bool answered = false;
    {
        LauncherRunner runner(machine.sandbox);
        for (const char* commands : {"sleep 60", "true", "exit 1"})
            runner.run(Runs::command(commands), [&](CommandResult) { answered = true; });
    }
    for (int i = 0; i < 20; ++i) machine.io.run_one_for(std::chrono::milliseconds(10));
    CHECK_FALSE(answered);
}
