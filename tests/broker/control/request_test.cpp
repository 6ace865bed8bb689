#include "broker/control/request.hpp"

#include <doctest/doctest.h>

using namespace dragoman;

namespace {

/// "status", or "bad_request: ..." as a client would be told.
std::string said(std::string_view line) {
    const auto read = read_control_request(line);
    if (const auto* bad = std::get_if<BadRequest>(&read)) return bad->error.code + ": " + bad->error.message;
    return std::string(std::get<ControlRequest>(read).command->name);
}

ControlRequest request(std::string_view line) { return std::get<ControlRequest>(read_control_request(line)); }

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("a request names its command") {
    CHECK(said(R"({"id": 1, "command": "status"})") == "status");
    CHECK(said(R"({"command": "pause"})") == "pause");
    CHECK(said("{\"command\": \"resume\"}\r") == "resume");
}

TEST_CASE("an id can be anything, and comes back as it was") {
    CHECK(control_answer(request(R"({"id": {"a": [1, null]}, "command": "stop"})").id, "{}") ==
          "{\"id\":{\"a\":[1,null]},\"ok\":true,\"result\":{}}\n");
    CHECK(request(R"({"command": "stop"})").id.is_null());
}

TEST_CASE("what is not JSON is told with the byte") {
    CHECK(said("status") == "bad_request: not JSON: at byte 1 of the line");
    CHECK(said(R"({"command": status})") == "bad_request: not JSON: at byte 13 of the line");
    CHECK(said(R"({"command")") == "bad_request: not JSON: at byte 11 of the line");
    CHECK(said("") == "bad_request: not JSON: at byte 1 of the line");
    CHECK(has(said("{\"command\": \"\xff\"}"), "not JSON: at byte"));
    CHECK(has(said(R"({"id": 1e999, "command": "stop"})"), "not JSON"));
}

TEST_CASE("a request is an object with a command that there is") {
    CHECK(has(said("[1]"), "a request is an object"));
    CHECK(has(said("{}"), "\"command\" is missing; there are: status, versions"));
    CHECK(has(said(R"({"command": 7})"), "must be text"));
    CHECK(
        has(said(R"({"command": "explode"})"), "unknown_command: there is no command \"explode\"; there are: status"));
}

TEST_CASE("a bad request still gets its own id back") {
    const auto read = read_control_request(R"({"id": 9, "command": "explode"})");
    CHECK(std::get<BadRequest>(read).id == 9);
}

TEST_CASE("missing, wrong and unknown members are named") {
    CHECK(said(R"({"command": "reload"})") == "bad_request: reload needs \"seat\" (text)");
    CHECK(said(R"({"command": "reload", "seat": 1})") == "bad_request: \"seat\" must be text");
    CHECK(said(R"({"command": "step", "ticks": 0})") ==
          "bad_request: \"ticks\" must be a whole number from 1 to 1000000000");
    CHECK(has(said(R"({"command": "step", "ticks": 1.5})"), "whole number"));
    CHECK(has(said(R"({"command": "step", "ticks": 18446744073709551615})"), "whole number"));
    CHECK(has(said(R"({"command": "step", "ticks": -9223372036854775808})"), "whole number"));
    CHECK(has(said(R"({"command": "log", "follow": 1})"), "true or false"));
    CHECK(said(R"({"command": "pause", "seat": "1P"})") ==
          "bad_request: pause has no member \"seat\"; it may have: none");
}

TEST_CASE("an optional member that is null is as good as absent") {
    CHECK_FALSE(request(R"({"command": "rollback", "seat": "1P", "version": null})").count("version").has_value());
    CHECK(request(R"({"command": "rollback", "seat": "1P", "version": 3})").count("version") == 3);
    CHECK(request(R"({"command": "log", "seat": null})").seat().empty());
}

TEST_CASE("what is nested too deep is refused before it is parsed") {
    const std::string deep(30'000, '[');
    CHECK(said("{\"id\": " + deep) == "bad_request: nested deeper than 32");
    CHECK(said(R"({"id": "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\"[", "command": "stop"})") == "stop");
}

TEST_CASE("an answer is one line, whatever an error says") {
    const std::string line = control_answer(1, ControlError{"internal", "a\nb\xff"});
    CHECK(line.find('\n') == line.size() - 1);
    CHECK_FALSE(Json::parse(line, nullptr, false).is_discarded());
}

TEST_CASE("help lists all commands with what they may have") {
    const Json help = control_help();
    CHECK(help["commands"].size() == control_commands().size());
    CHECK(help.dump().find("follow") != std::string::npos);
}
