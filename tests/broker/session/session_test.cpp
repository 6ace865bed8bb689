#include "broker/session/session.hpp"

#include <doctest/doctest.h>

#include <vector>

#include "protocol/format.hpp"

using namespace dragoman;

namespace {

std::string name(Phase phase) {
    static constexpr const char* names[] = {"starting", "idle", "owing", "overdue", "resetting", "lost"};
    return names[static_cast<int>(phase)];
}

/// A session without a process: what the script says goes in, what its owner hears comes out.
struct Conversation : SessionListener {
    explicit Conversation(Role role = Role::player) : session(role, decoder, *this) {}

    void says(std::string_view line) { sends(std::string(line) + "\n"); }
    void sends(std::string_view bytes) {
        std::string padded(bytes);
        padded.append(LineSplitter::padding, '?');
        session.receive(std::string_view(padded).substr(0, bytes.size()));
    }
    void says_hello(const std::string& role = "player") {
        says("__hello__ {\"protocol\": 1, \"client\": \"test\", \"role\": \"" + role + "\", \"features\": [\"log\"]}");
    }
    void gets_ready() { says("__command__ READY"); }
    void gets_a_scene() { session.sent(); }
    std::string phase() const { return name(session.phase()); }
    std::string last() const { return heard.empty() ? "nothing" : heard.back(); }

    void on_output(std::string_view text, bool whole) override {
        heard.push_back((whole ? "output: " : "fragment: ") + std::string(text.substr(0, 40)));
    }
    void on_log(std::string_view level, std::string_view message) override {
        heard.push_back("log " + std::string(level) + ": " + std::string(message));
    }
    void on_note(const std::string& text) override { heard.push_back("note: " + text); }
    void on_call(std::uint64_t id, std::string_view method, simdjson::dom::element params) override {
        heard.push_back("call " + std::to_string(id) + " " + std::string(method) + " " + simdjson::minify(params));
    }
    void on_failure(Failure failure) override {
        session.lose();  // as its owner does
        heard.push_back(std::string(dragoman::name(failure.outcome)) + ": " + failure.message);
        failed = std::move(failure);
    }
    void on_settled() override { ++settled; }
    void on_state_wanted() override { heard.emplace_back("wants a state"); }
    void on_state(std::string_view json) override { heard.push_back("state: " + std::string(json.substr(0, 40))); }
    void on_no_state(ScriptError why) override { heard.push_back("no state: " + why.code + ": " + why.message); }
    void on_uses() override { heard.push_back("uses " + std::to_string(session.uses().size())); }

    Decoder decoder;
    Session session;
    std::vector<std::string> heard;
    Failure failed;
    int settled = 0;
};

struct Classic : Conversation {
    Classic() { gets_ready(); }
};
struct Extended : Conversation {
    Extended() {
        says_hello();
        gets_ready();
    }
};
struct OfAGame : Conversation {
    OfAGame() : Conversation(Role::game) {
        says_hello("game");
        gets_ready();
    }
};

using Heard = std::vector<std::string>;

}  // namespace

// --- the handshake

TEST_CASE_FIXTURE(Conversation, "READY alone makes a classic conversation") {
    CHECK(phase() == "starting");
    gets_ready();
    CHECK(phase() == "idle");
    CHECK((session.level() == Session::Level::classic));
    CHECK(settled == 1);
}

TEST_CASE_FIXTURE(Conversation, "output before READY is output") {
    says("loading my model");
    gets_ready();
    CHECK(heard == Heard{"output: loading my model"});
    CHECK(phase() == "idle");
}

TEST_CASE_FIXTURE(Conversation, "hello makes an extended conversation; READY is still due") {
    says_hello();
    CHECK(phase() == "starting");
    CHECK((session.level() == Session::Level::extended));
    CHECK(session.hello()->client == "test");
    CHECK(session.hello()->features == Heard{"log"});
    gets_ready();
    CHECK(phase() == "idle");
}

TEST_CASE_FIXTURE(Conversation, "unknown keys of hello are ignored") {
    says(R"(__hello__ {"protocol": 1, "role": "player", "colour": {"deep": [1]}})");
    CHECK((session.level() == Session::Level::extended));
}

TEST_CASE_FIXTURE(Conversation, "hello twice is a protocol error") {
    says_hello();
    says_hello();
    CHECK(last() == "protocol_error: __hello__ twice, or after READY");
}

TEST_CASE_FIXTURE(Extended, "hello after READY is a protocol error") {
    says_hello();
    CHECK(last() == "protocol_error: __hello__ twice, or after READY");
}

TEST_CASE_FIXTURE(Classic, "hello in a classic conversation is output") {
    says_hello();
    CHECK(last().starts_with("output: __hello__"));
}

TEST_CASE_FIXTURE(Conversation, "another protocol than 1 is refused") {
    says(R"(__hello__ {"protocol": 999, "role": "player"})");
    CHECK(last() == "protocol_error: __hello__ asks for protocol 999; this broker speaks 1");
}

TEST_CASE_FIXTURE(Conversation, "hello without a protocol is refused") {
    says(R"(__hello__ {"role": "player"})");
    CHECK(last() == "protocol_error: __hello__ needs an integer \"protocol\"");
}

TEST_CASE_FIXTURE(Conversation, "a script of another role is not what it should be") {
    says_hello("game");
    CHECK(last() == "compile_error: the script is a game, a player was expected here");
}

TEST_CASE_FIXTURE(Conversation, "a command before READY is a protocol error") {
    says("__command__ \"MOVE_LEFT\"");
    CHECK(last() == "protocol_error: a command before READY: \"MOVE_LEFT\"");
}

TEST_CASE("a game that says READY without hello is told what is missing") {
    Conversation game(Role::game);
    game.gets_ready();
    CHECK(game.last() == "protocol_error: a game says __hello__ before READY");
}

// --- one scene, one command

TEST_CASE_FIXTURE(Classic, "a command answers the scene, as the bytes that came") {
    gets_a_scene();
    CHECK(phase() == "owing");
    says(R"(__command__ {"b": 1.50, "a": "é"})");
    CHECK(phase() == "idle");
    CHECK(session.answer() == R"({"b": 1.50, "a": "é"})");
    CHECK(settled == 2);
    gets_a_scene();
    CHECK(session.answer().empty());
}

TEST_CASE_FIXTURE(Classic, "null is a command") {
    gets_a_scene();
    says("__command__ null");
    CHECK(phase() == "idle");
    CHECK(session.answer() == "null");
}

TEST_CASE_FIXTURE(Classic, "the text \"READY\" in quotes is a command like any other") {
    gets_a_scene();
    says("__command__ \"READY\"");
    CHECK(session.answer() == "\"READY\"");
}

TEST_CASE_FIXTURE(Classic, "the second command for one scene is dropped and told") {
    gets_a_scene();
    says("__command__ 1");
    says("__command__ 2");
    CHECK(session.answer() == "1");
    CHECK(last() == "note: dropped a command that nobody asked for: 2");
    CHECK(session.unasked() == 1);
}

TEST_CASE_FIXTURE(Classic, "a command that nobody asked for answers no later scene") {
    says("__command__ \"early\"");
    gets_a_scene();
    CHECK(phase() == "owing");
    says("__command__ \"mine\"");
    CHECK(session.answer() == "\"mine\"");
}

TEST_CASE_FIXTURE(Classic, "an answer after its deadline is dropped, and the next is in step again") {
    gets_a_scene();
    session.overdue();
    says("__command__ \"late\"");
    CHECK(phase() == "idle");
    CHECK(session.answer().empty());
    CHECK(session.late_answers() == 1);
    CHECK(last() == "note: dropped an answer that came after its deadline: \"late\"");
    gets_a_scene();
    says("__command__ \"next\"");
    CHECK(session.answer() == "\"next\"");
}

TEST_CASE_FIXTURE(Classic, "a READY that nobody asked for is dropped and told") {
    gets_ready();
    CHECK(last() == "note: dropped a READY that nobody asked for");
    gets_a_scene();
    gets_ready();
    CHECK(phase() == "owing");
    CHECK(session.unasked() == 2);
}

// --- RESET

TEST_CASE_FIXTURE(Classic, "RESET answers a scene; READY follows") {
    gets_a_scene();
    says("__command__ RESET");
    CHECK(phase() == "resetting");
    CHECK(session.said_reset());
    CHECK(session.answer().empty());
    gets_ready();
    CHECK(phase() == "idle");
    gets_a_scene();
    CHECK_FALSE(session.said_reset());
}

TEST_CASE_FIXTURE(Classic, "a late RESET makes READY due all the same") {
    gets_a_scene();
    session.overdue();
    says("__command__ RESET");
    CHECK(phase() == "resetting");
    gets_ready();
    CHECK(phase() == "idle");
}

TEST_CASE_FIXTURE(Classic, "RESET and READY in one read are two lines") {
    gets_a_scene();
    sends("__command__ RESET\n__command__ READY\n");
    CHECK(phase() == "idle");
}

TEST_CASE_FIXTURE(Classic, "RESET while idle or resetting is dropped") {
    says("__command__ RESET");
    CHECK(phase() == "idle");
    gets_a_scene();
    says("__command__ RESET");
    says("__command__ RESET");
    CHECK(phase() == "resetting");
    CHECK(session.unasked() == 2);
}

TEST_CASE_FIXTURE(Conversation, "RESET before READY is a protocol error") {
    says("__command__ RESET");
    CHECK(last() == "protocol_error: a command before READY: RESET");
}

// --- what is not a message

TEST_CASE_FIXTURE(Classic, "in a classic conversation every other header is output") {
    for (const char* line : {"__log__ {\"message\": \"x\"}", "__error__ not even JSON", "__bye__", "__strange__ 1",
                             "__command__x__ \"MOVE\"", "debug: __command__ \"X\"", ""}) {
        says(line);
        CHECK(last() == "output: " + std::string(line));
    }
    CHECK(phase() == "idle");
}

TEST_CASE_FIXTURE(Extended, "in an extended conversation an unknown header is an error that names it") {
    says("__strange__ {}");
    CHECK(last() == "protocol_error: unknown header __strange__, at byte 0 of the line: __strange__ {}");
}

TEST_CASE_FIXTURE(Extended, "plain text is still output") {
    says("__init__file.py");
    says("hello");
    CHECK(heard == Heard{"output: __init__file.py", "output: hello"});
}

TEST_CASE_FIXTURE(Extended, "a script cannot say what only the broker says") {
    says("__scene_info__ {}");
    CHECK(last() == "protocol_error: only the broker says __scene_info__");
}

TEST_CASE_FIXTURE(Classic, "a fault says what was expected and at which byte") {
    gets_a_scene();
    SUBCASE("a bare word") {
        says("__command__ MOVE_LEFT");
        CHECK(last().find("not valid JSON") != std::string::npos);
        CHECK(last().find("at byte 12 of the line: __command__ MOVE_LEFT") != std::string::npos);
    }
    SUBCASE("broken further on") {
        says("__command__ {\"a\": 1,}");
        CHECK(last().find("at byte 20 of the line") != std::string::npos);
    }
    SUBCASE("nothing behind the header") {
        says("__command__");
        CHECK(last() ==
              "protocol_error: expected one space and JSON after __command__, at byte 11 of the line: __command__");
    }
    SUBCASE("two values") {
        says("__command__ 1 2");
        CHECK(phase() == "lost");
    }
    SUBCASE("a tab for the space") {
        says("__command__\t1");
        CHECK(phase() == "lost");
    }
    SUBCASE("bytes that are not UTF-8") {
        says("__command__ \"\xFF\"");
        CHECK(last().starts_with("protocol_error: invalid UTF-8"));
    }
    SUBCASE("JSON that is nested too deep") {
        says("__command__ " + std::string(100'000, '[') + std::string(100'000, ']'));
        CHECK(last().starts_with("protocol_error: JSON nested deeper than 256"));
    }
    CHECK((failed.outcome == Outcome::protocol_error));
}

TEST_CASE_FIXTURE(Classic, "the deepest JSON that is allowed is a command") {
    gets_a_scene();
    says("__command__ " + std::string(format::deepest_json, '[') + std::string(format::deepest_json, ']'));
    CHECK(phase() == "idle");
}

TEST_CASE_FIXTURE(Classic, "a line past the limit is a fault before its end has come") {
    gets_a_scene();
    sends("__command__ \"" + std::string(format::longest_line, 'x'));
    CHECK(last().starts_with("protocol_error: a line longer than 1048576 bytes; it begins with __command__ \"xxx"));
    sends(std::string(format::longest_line, 'x') + "\"\n");
    CHECK(heard.size() == 1);
}

TEST_CASE_FIXTURE(Classic, "after a failure nothing of what follows counts, even in the same read") {
    gets_a_scene();
    sends("__command__ oops\n__command__ \"good\"\nhello\n");
    CHECK(phase() == "lost");
    CHECK(session.answer().empty());
    CHECK(heard.size() == 1);
    says("still here");
    session.finish();
    CHECK(heard.size() == 1);
}

TEST_CASE_FIXTURE(Classic, "what stands unfinished at the end of the stream is a line") {
    gets_a_scene();
    sends("__command__ \"last\"");
    CHECK(phase() == "owing");
    session.finish();
    CHECK(session.answer() == "\"last\"");
    session.finish();
    CHECK(heard.empty());
}

// --- the extended level

TEST_CASE_FIXTURE(Extended, "a log has a level and a message") {
    says(R"(__log__ {"level": "warning", "message": "näh"})");
    says(R"(__log__ {"message": "plain"})");
    CHECK(heard == Heard{"log warning: näh", "log info: plain"});
    says("__log__ {}");
    CHECK(last() == "protocol_error: __log__ needs a \"message\"");
}

TEST_CASE_FIXTURE(Extended, "an error without an id is the script's own end") {
    says(
        R"(__error__ {"code": "raised", "message": "boom", "trace": "T", "file": "/ml/a.py", "line": 12, "source": "x = 1 / 0"})");
    CHECK(last() == "raised: boom");
    CHECK(failed.trace == "T");
    CHECK(failed.file == "/ml/a.py");
    CHECK(failed.line == 12);
    CHECK(failed.source == "x = 1 / 0");
}

TEST_CASE_FIXTURE(Conversation, "a script that does not compile says so before READY") {
    says_hello();
    says(R"(__error__ {"code": "compile_error", "message": "no MLPlay"})");
    CHECK(last() == "compile_error: no MLPlay");
}

TEST_CASE_FIXTURE(Extended, "answers to calls that nobody made are dropped and told") {
    says(R"(__return__ {"id": 1, "value": 2})");
    CHECK(last() == "note: dropped an answer to a call that nobody made");
    says(R"(__error__ {"id": 1, "code": "raised", "message": "x"})");
    CHECK(last() == "note: dropped an error that answers a call nobody made");
    CHECK(phase() == "idle");
}

TEST_CASE_FIXTURE(OfAGame, "a call is handed on with its id and params") {
    gets_a_scene();
    says(R"(__call__ {"id": 1, "method": "world.get", "params": {"entity": 5, "component": "Ball"}})");
    CHECK(last() == R"(call 1 world.get {"entity":5,"component":"Ball"})");
    CHECK(phase() == "owing");
}

TEST_CASE_FIXTURE(OfAGame, "an id is used once, and grows") {
    gets_a_scene();
    says(R"(__call__ {"id": 5, "method": "m", "params": {}})");
    says(R"(__call__ {"id": 5, "method": "m", "params": {}})");
    CHECK(last() == "protocol_error: call id 5 was used before");
}

TEST_CASE("a call needs an id from 1 and a method") {
    for (const char* body : {R"({"method": "m"})", R"({"id": 0, "method": "m"})", R"({"id": -1, "method": "m"})",
                             R"({"id": 1.5, "method": "m"})", R"({"id": 1})", R"({"id": 1, "method": 2})", "[]", "7"}) {
        OfAGame game;
        game.gets_a_scene();
        game.says("__call__ " + std::string(body));
        CHECK(game.last() == "protocol_error: __call__ needs an integer \"id\" from 1 and a \"method\"");
    }
}

TEST_CASE_FIXTURE(OfAGame, "calls within one tick are limited, and counted anew in the next") {
    std::uint64_t id = 0;
    const auto call = [&](std::uint64_t times) {
        std::string lines;
        while (times-- > 0) {
            lines += "__call__ {\"id\": " + std::to_string(++id) + ", \"method\": \"m\"}\n";
            if (lines.size() < 60'000 && times > 0) continue;
            sends(lines);
            lines.clear();
            heard.clear();
        }
    };
    gets_a_scene();
    call(1000);
    says(R"(__done__ {"frame": 0})");
    CHECK(phase() == "idle");
    gets_a_scene();
    call(format::most_calls_per_tick);
    CHECK(phase() == "owing");
    call(1);
    CHECK(failed.message == "more than 1000000 calls within one tick");
}

TEST_CASE("a line does not end what the data plane told: it may be of the tick before") {
    Conversation system(Role::system);
    system.says_hello("system");
    system.gets_ready();
    system.session.sent(Session::Way::plane);
    system.says(R"(__done__ {"frame": 0})");
    CHECK(system.phase() == "owing");
    CHECK(system.last() == "note: dropped a __done__: of a tick told by the data plane the control page says so");
    CHECK(system.session.unasked() == 1);
    system.session.answered();
    CHECK(system.phase() == "idle");
}

TEST_CASE_FIXTURE(OfAGame, "a game answers with done, as the bytes that came") {
    gets_a_scene();
    says(R"(__done__ {"frame": 0, "over": false})");
    CHECK(session.answer() == R"({"frame": 0, "over": false})");
    gets_a_scene();
    session.overdue();
    says(R"(__done__ {"frame": 1})");
    CHECK(last() == "note: dropped a __done__ that came after its deadline");
    CHECK(session.answer().empty());
    CHECK(phase() == "idle");
}

TEST_CASE_FIXTURE(OfAGame, "a game that says done twice has failed, whenever the second is read") {
    gets_a_scene();
    says(R"(__done__ {"frame": 0})");
    says(R"(__done__ {"frame": 0})");
    CHECK(failed.outcome == Outcome::protocol_error);
    CHECK(failed.message == "a __done__ that nobody asked for");
}

TEST_CASE("a line of a system that nobody asked for is dropped") {
    Conversation system(Role::system);
    system.says_hello("system");
    system.gets_ready();
    system.says(R"(__done__ {"frame": 0})");
    CHECK(system.last() == "note: dropped a __done__ that nobody asked for");
    CHECK(system.phase() == "idle");
}

TEST_CASE("who answers in the other role's words has failed") {
    OfAGame game;
    game.gets_a_scene();
    game.says("__command__ 1");
    CHECK(game.last() == "protocol_error: a game answers with __done__, not with __command__");
    Extended player;
    player.gets_a_scene();
    player.says("__done__ {}");
    CHECK(player.last() == "protocol_error: a player answers with __command__, not with __done__");
}
