#include <doctest/doctest.h>

#include <set>

#include "broker/report/report.hpp"

using namespace dragoman;
using namespace std::chrono_literals;

namespace {

PlayerReport report_of(const std::string& name) {
    PlayerReport one;
    one.name = name;
    one.script = "ml/" + name + ".py";
    one.language = "python";
    one.rank = 1;
    one.score = 2.5;
    one.statistics.outcomes[static_cast<std::size_t>(Outcome::ok)] = 812;
    one.statistics.outcomes[static_cast<std::size_t>(Outcome::late)] = 1;
    one.statistics.latency.add(100us);
    one.cpu = 1500us;
    one.peak_memory = 12'345'678;
    return one;
}

Failure crash() {
    Failure failure;
    failure.outcome = Outcome::crashed;
    failure.tick = 7;
    failure.round = 2;
    failure.message = "ended by signal 11";
    failure.signal = 11;
    failure.used = 3.25ms;
    failure.allowed = 1000ms;
    return failure;
}

MatchReport match() {
    MatchReport report;
    report.game = "pong";
    report.seed = 7;
    report.ticks = 813;
    report.rounds = 1;
    report.world_hash = 0xABC;
    report.result = Json::parse(R"({"1P": {"rank": 1, "score": 2.5}})");
    report.players = {report_of("1P"), report_of("2P")};
    return report;
}

bool has_all(const Json& json, const std::set<std::string>& keys) {
    for (const auto& key : keys)
        if (!json.contains(key)) {
            MESSAGE("missing: " << key);
            return false;
        }
    return true;
}

}  // namespace

// Programs build on these names: keys may be added, never renamed.

TEST_CASE("the document of a run has the keys that are pinned") {
    const Json json = to_json(match());
    CHECK(has_all(json, {"game", "seed", "ticks", "rounds", "world_hash", "result", "players", "game_failure"}));
    CHECK(json["game_failure"].is_null());
    CHECK(json["seed"] == 7);
    CHECK(json["ticks"] == 813);
    CHECK(json["world_hash"] == "0000000000000abc");
    CHECK(json["result"]["1P"]["rank"] == 1);
    REQUIRE(json["players"].size() == 2);
    const Json& one = json["players"][0];
    CHECK(has_all(one, {"name", "script", "language", "rank", "score", "outcomes", "failure", "latency_us", "cpu_ms",
                        "peak_memory_bytes"}));
    CHECK(one["outcomes"].dump() == R"({"ok":812,"late":1})");
    CHECK(one["failure"].is_null());
    CHECK(one["rank"].dump() == "1");
    CHECK(one["score"].dump() == "2.5");
    CHECK(has_all(one["latency_us"], {"median", "p99", "max"}));
    CHECK(one["latency_us"]["max"] == 100);
    CHECK(one["cpu_ms"] == 1.5);
    CHECK(one["peak_memory_bytes"] == 12'345'678);
}

TEST_CASE("a failure has the keys that are pinned, null where nothing is known") {
    auto report = match();
    report.players[1].failure = crash();
    report.players[1].stdout_tail = "last words\n";
    const Json failure = to_json(report)["players"][1]["failure"];
    CHECK(has_all(failure, {"outcome", "tick", "round", "message", "signal", "exit_code", "used_ms", "allowed_ms",
                            "file", "line", "stdout_tail", "stderr_tail"}));
    CHECK(failure["outcome"] == "crashed");
    CHECK(failure["tick"] == 7);
    CHECK(failure["round"] == 2);
    CHECK(failure["signal"] == 11);
    CHECK(failure["exit_code"].is_null());
    CHECK(failure["used_ms"] == 3.25);
    CHECK(failure["allowed_ms"] == 1000);
    CHECK(failure["file"].is_null());
    CHECK(failure["line"].is_null());
    CHECK(failure["stdout_tail"] == "last words\n");
    CHECK(failure["stderr_tail"] == "");
}

TEST_CASE("exit code 0 is a number, not null") {
    Failure failure;
    failure.outcome = Outcome::exited;
    failure.exit_code = 0;
    CHECK(to_json(failure)["exit_code"] == 0);
}

TEST_CASE("the game's own failure stands in the same form") {
    auto report = match();
    report.game_script = report_of("game");
    CHECK(to_json(report)["game_failure"].is_null());
    report.game_script->failure = crash();
    CHECK(has_all(to_json(report)["game_failure"], {"outcome", "tick", "message", "signal", "stdout_tail"}));
}

TEST_CASE("what a script wrote that is not UTF-8 leaves the document JSON") {
    auto report = match();
    Failure failure = crash();
    failure.message = "\xFF\xFE";
    failure.trace = "\xC3";
    failure.file = "/ml/\xFF.py";
    report.players[0].failure = failure;
    report.players[0].script = "ml/\xFF.py";
    CHECK_FALSE(Json::parse(to_json(report).dump(), nullptr, false).is_discarded());
}

TEST_CASE("the table names every script, and a failure says which, when and why") {
    auto report = match();
    report.players[1].failure = crash();
    report.players[1].stderr_tail = "one\n\x1B[31mtwo\n";
    const std::string text = to_text(report, 120, ColorDepth::none);
    for (const char* part :
         {"1P", "2P", "python", "812 ok", "1 late", "2P: crashed at tick 7, round 2: ended by signal 11",
          "used 3.2 ms of 1000 ms", "its last lines on stderr", "^[[31mtwo", "seed 7", "813 ticks"}) {
        CAPTURE(std::string(part));
        CHECK(text.find(part) != std::string::npos);
    }
    CHECK(text.find('\x1B') == std::string::npos);
}

TEST_CASE("a script that never played is no special case") {
    MatchReport report = match();
    report.players[0] = PlayerReport{};
    CHECK(to_json(report)["players"][0]["language"].is_null());
    CHECK(to_json(report)["players"][0]["rank"].is_null());
    CHECK(to_json(report)["players"][0]["latency_us"]["median"] == 0);
    CHECK_FALSE(to_text(report, 40, ColorDepth::none).empty());
}
