#include "broker/game/world_calls.hpp"

#include <doctest/doctest.h>

#include "protocol/encode.hpp"

using namespace dragoman;

namespace {

/// A world that is spoken to as a script speaks to it: JSON in, JSON out, "code: message" where a call is refused.
struct Spoken {
    ecs::World world;
    WorldCalls calls{world};

    simdjson::dom::parser parser;
    std::string call(const std::string& method, const std::string& params) {
        try {
            return calls.call(method, parser.parse(params));
        } catch (const CallError& error) {
            return error.code + ": " + error.message;
        }
    }
    std::string apply(const std::string& changes) {
        try {
            calls.apply(parser.parse(changes));
            return "applied";
        } catch (const CallError& error) {
            return error.code + ": " + error.message;
        }
    }
    std::string declare(const std::string& name, const std::string& fields) {
        return call("component", "{\"name\": \"" + name + "\", \"fields\": [" + fields + "]}");
    }
    std::string create(const std::string& components) { return call("create", "{\"components\": " + components + "}"); }
    std::string of(const std::string& entity, const std::string& component, const std::string& more = "") {
        return "{\"entity\": " + entity + ", \"component\": \"" + component + "\"" + more + "}";
    }
    std::string get(const std::string& entity, const std::string& component) {
        return call("get", of(entity, component));
    }
    std::string set(const std::string& entity, const std::string& component, const std::string& values) {
        return call("set", of(entity, component, ", \"values\": " + values));
    }
    std::string code(const std::string& answer) { return answer.substr(0, answer.find(':')); }
};

/// With a ball.
struct WithBall : Spoken {
    WithBall() {
        declare("Ball", R"("x: f32", "y: f32", "speed: f32 = 7")");
        declare("Dead", "");
        ball = create(R"({"Ball": {"x": 93, "y": 395.5}})");
    }
    std::string ball;
};

}  // namespace

// --- what each call does

TEST_CASE_FIXTURE(Spoken, "declaring the same again is fine, declaring it differently a conflict") {
    CHECK(declare("Ball", "\"x: f32\"") == "null");
    CHECK(declare("Ball", "\"x: f32\"") == "null");
    CHECK(code(declare("Ball", "\"x: f64\"")) == "conflict");
    CHECK(declare("Tag", "") == "null");
}

TEST_CASE_FIXTURE(WithBall, "fields that are not given have their defaults") {
    CHECK(get(ball, "Ball") == R"({"x": 93.0, "y": 395.5, "speed": 7.0})");
}

TEST_CASE_FIXTURE(WithBall, "set changes only the fields that are given") {
    CHECK(set(ball, "Ball", R"({"x": 1})") == "null");
    CHECK(get(ball, "Ball") == R"({"x": 1.0, "y": 395.5, "speed": 7.0})");
}

TEST_CASE_FIXTURE(WithBall, "add replaces the values where the component is there already") {
    CHECK(call("add", of(ball, "Ball", R"(, "values": {"y": 2})")) == "null");
    CHECK(get(ball, "Ball") == R"({"x": 0.0, "y": 2.0, "speed": 7.0})");
    CHECK(call("has", of(ball, "Dead")) == "false");
    CHECK(call("add", of(ball, "Dead", R"(, "values": {})")) == "null");
    CHECK(call("has", of(ball, "Dead")) == "true");
    CHECK(get(ball, "Dead") == "{}");
    CHECK(call("remove", of(ball, "Dead")) == "null");
    CHECK(call("has", of(ball, "Dead")) == "false");
}

TEST_CASE_FIXTURE(WithBall, "an entity that was destroyed stays stale when its place is used again") {
    CHECK(call("alive", "{\"entity\": " + ball + "}") == "true");
    CHECK(call("destroy", "{\"entity\": " + ball + "}") == "null");
    const auto next = create("{}");
    CHECK(next != ball);
    CHECK(call("alive", "{\"entity\": " + ball + "}") == "false");
    CHECK(code(get(ball, "Ball")) == "no_entity");
    CHECK(code(call("destroy", "{\"entity\": " + ball + "}")) == "no_entity");
    CHECK(call("alive", "{\"entity\": " + next + "}") == "true");
}

TEST_CASE_FIXTURE(WithBall, "a query's rows have the components in the order that was asked for") {
    const auto dead = create(R"({"Ball": {}, "Dead": {}})");
    create(R"({"Dead": {}})");
    CHECK(call("query", R"({"components": ["Ball"], "without": ["Dead"]})") ==
          "[[" + ball + R"(, {"x": 93.0, "y": 395.5, "speed": 7.0}]])");
    CHECK(call("query", R"({"components": ["Dead", "Ball"]})") ==
          "[[" + dead + R"(, {}, {"x": 0.0, "y": 0.0, "speed": 7.0}]])");
    CHECK(call("query", R"({"components": [], "with": ["Ball", "Dead"]})") == "[[" + dead + "]]");
    CHECK(call("query", R"({"components": ["Ball"], "with": null, "without": ["Ball"]})") == "[]");
}

TEST_CASE_FIXTURE(WithBall, "a batch answers with the list of its values") {
    CHECK(call("batch", R"({"calls": [["set", )" + of(ball, "Ball", R"(, "values": {"x": 5})") + R"(], ["has", )" +
                            of(ball, "Ball") + R"(], ["get", )" + of(ball, "Ball") + "]]}") ==
          R"([null, true, {"x": 5.0, "y": 395.5, "speed": 7.0}])");
    CHECK(call("batch", R"({"calls": []})") == "[]");
}

// --- values

TEST_CASE_FIXTURE(Spoken, "every type comes back as it went in") {
    declare("All", R"("b: bool", "small: i8", "big: i64", "most: u64", "half: f32", "full: f64", "three: f32[3]",
                      "whole: i32[2]", "other: entity", "text: text", "any: json")");
    const auto target = create("{}");
    const auto one = create(R"({"All": {"b": true, "small": -128, "big": -9223372036854775808,
        "most": 18446744073709551615, "half": 0.1, "full": 0.1, "three": [1, 2.5, -3], "whole": [7, -8],
        "other": )" + target +
                            R"(, "text": "h\u00e9 \"x\" \ud83d\ude00\n", "any": {"k": [1, null, "\u00e9"]}}})");
    CHECK(get(one, "All") ==
          R"({"b": true, "small": -128, "big": -9223372036854775808, "most": 18446744073709551615, "half": 0.1, )"
          R"("full": 0.1, "three": [1.0, 2.5, -3.0], "whole": [7, -8], "other": )" +
              target + R"(, "text": "h\u00e9 \"x\" \ud83d\ude00\n", "any": {"k":[1,null,"é"]}})");
}

TEST_CASE_FIXTURE(Spoken, "without a default a field is zero, false, empty or null") {
    declare("All", R"("b: bool", "n: i32", "f: f64", "a: u8[2]", "e: entity", "t: text", "j: json")");
    CHECK(get(create(R"({"All": {}})"), "All") ==
          R"({"b": false, "n": 0, "f": 0.0, "a": [0, 0], "e": null, "t": "", "j": null})");
}

TEST_CASE_FIXTURE(Spoken, "f32 is written in its own shortest form, and reads back as the same number") {
    declare("F", "\"v: f32\"");
    const auto one = create(R"({"F": {}})");
    for (const char* number : {"0.1", "16777216.0", "3.4028235e+38", "1e-45", "-0.0", "1.1754944e-38"}) {
        CHECK(set(one, "F", "{\"v\": " + std::string(number) + "}") == "null");
        CHECK(get(one, "F") == "{\"v\": " + std::string(number) + "}");
    }
}

TEST_CASE_FIXTURE(Spoken, "a value that does not fit is refused with the field's name") {
    declare("V", R"("b: bool", "small: u8", "f: f32", "three: i8[3]", "t: text", "e: entity")");
    const auto one = create(R"({"V": {}})");
    for (const char* values : {R"({"small": 256})", R"({"small": -1})", R"({"small": 1.5})", R"({"small": "1"})",
                               R"({"b": 1})", R"({"f": "x"})", R"({"f": 1e300})", R"({"three": [1, 2]})",
                               R"({"three": [1, 2, 300]})", R"({"three": [1, 2, "x"]})", R"({"three": 5})",
                               R"({"t": 5})", R"({"e": -1})", R"({"e": 1.5})", R"({"t": {"a": 1}})"}) {
        CAPTURE(std::string(values));
        const auto answer = set(one, "V", values);
        CHECK(code(answer) == "bad_value");
        const std::string key = std::string(values).substr(2, std::string(values).find('"', 2) - 2);
        CHECK(answer.find(key) != std::string::npos);
    }
    CHECK(get(one, "V") == R"({"b": false, "small": 0, "f": 0.0, "three": [0, 0, 0], "t": "", "e": null})");
}

// --- what is refused, and how

TEST_CASE_FIXTURE(WithBall, "every error has its code") {
    CHECK(code(call("fly", "{}")) == "unknown_method");
    CHECK(code(get(ball, "Bat")) == "unknown_component");
    CHECK(code(create(R"({"Bat": {}})")) == "unknown_component");
    CHECK(code(set(ball, "Ball", R"({"z": 1})")) == "unknown_field");
    CHECK(code(get(ball, "Dead")) == "no_component");
    CHECK(code(set(ball, "Dead", "{}")) == "no_component");
    CHECK(code(call("remove", of(ball, "Dead"))) == "no_component");
    CHECK(code(get("99", "Ball")) == "no_entity");
    CHECK(code(get("18446744073709551615", "Ball")) == "no_entity");
    CHECK(call("alive", "{\"entity\": 18446744073709551615}") == "false");
    CHECK(call("alive", "{\"entity\": \"x\"}") == "false");
}

TEST_CASE_FIXTURE(WithBall, "a message says what was expected and what was there") {
    CHECK(get(ball, "Bat").find("Ball") != std::string::npos);
    CHECK(call("get", "{\"component\": \"Ball\"}") == "bad_params: world.get needs \"entity\"");
    CHECK(call("get", R"({"entity": "x", "component": "Ball"})") ==
          "bad_params: world.get: \"entity\" must be an entity's number");
}

TEST_CASE_FIXTURE(WithBall, "params of the wrong shape are bad_params, whatever they are") {
    const std::vector<std::string> methods{"component", "create", "destroy", "add",   "remove", "set",
                                           "get",       "alive",  "has",     "query", "batch"};
    for (const auto& method : methods)
        for (const char* params : {"{}", "[]", "null", "7", "\"text\"", R"({"entity": null, "components": 3})",
                                   R"({"entity": [], "component": 5, "values": [], "calls": {}, "fields": "x"})"}) {
            CAPTURE(method);
            CAPTURE(std::string(params));
            const auto answer = call(method, params);
            if (method == "alive" && answer == "false") continue;
            CHECK(code(answer) == "bad_params");
        }
    CHECK(code(create(R"({"Ball": 5})")) == "bad_params");
    CHECK(code(call("query", R"({"components": ["Ball", 5]})")) == "bad_params");
}

TEST_CASE_FIXTURE(WithBall, "a batch happens whole or not at all, and names the call that was refused") {
    const auto before = world.hash();
    const auto answer =
        call("batch", R"({"calls": [["create", {"components": {"Ball": {}}}], ["set", )" +
                          of(ball, "Ball", R"(, "values": {"x": 5})") + R"(], ["get", {"entity": 7}]]})");
    CHECK(answer == "bad_params: call 3 of the list: world.get needs \"component\"");
    CHECK(world.hash() == before);
    CHECK(code(call("batch", R"({"calls": [["destroy", {"entity": )" + ball + R"(}], ["destroy", {"entity": )" + ball +
                                 "}]]}")) == "no_entity");
    CHECK(world.hash() == before);
    CHECK(call("batch", R"({"calls": [["batch", {"calls": []}]]})") ==
          "bad_params: call 1 of the list: a batch inside a batch");
    CHECK(call("batch", R"({"calls": [5]})") == "bad_params: call 1 of the list: expected [method, params]");
    CHECK(code(call("batch", R"({"calls": [["fly", {}]]})")) == "unknown_method");
}

TEST_CASE_FIXTURE(WithBall, "a tick's changes are writes, applied in order, all or none") {
    CHECK(apply(R"([["set", )" + of(ball, "Ball", R"(, "values": {"x": 5})") + R"(], ["set", )" +
                of(ball, "Ball", R"(, "values": {"x": 6})") + "]]") == "applied");
    CHECK(get(ball, "Ball") == R"({"x": 6.0, "y": 395.5, "speed": 7.0})");
    CHECK(apply("[]") == "applied");
    const auto before = world.hash();
    CHECK(apply(R"([["destroy", {"entity": )" + ball + R"(}], ["get", {}]])") ==
          "bad_params: change 2 of the list: \"get\" is no change");
    CHECK(world.hash() == before);
    CHECK(code(apply("{}")) == "bad_params");
    CHECK(code(apply("null")) == "bad_params");
    CHECK(apply("[[\"batch\", {\"calls\": []}]]") == "bad_params: change 1 of the list: \"batch\" is no change");
}

TEST_CASE_FIXTURE(Spoken, "every answer is JSON") {
    declare("T", "\"t: text\", \"j: json\"");
    const auto one = create(R"({"T": {"t": "\u0000\u001f\u007f\u2028", "j": "\u0001"}})");
    CHECK_FALSE(Json::parse(get(one, "T"), nullptr, false).is_discarded());
    CHECK_FALSE(Json::parse(call("query", R"({"components": ["T"]})"), nullptr, false).is_discarded());
}
