#include "protocol/decode.hpp"

#include <doctest/doctest.h>

#include <limits>

#include "protocol/encode.hpp"
#include "protocol/format.hpp"

using namespace dragoman;

namespace {

/// What the decoder makes of a line: "command "X"", or the fault and its byte.
std::string decoded(const std::string& text) {
    static Decoder decoder;
    std::string padded = text;
    padded.append(LineSplitter::padding, '?');
    const auto result = decoder.decode({LineKind::message, std::string_view(padded).substr(0, text.size())});
    if (const auto* fault = std::get_if<Fault>(&result)) return fault->what + " @" + std::to_string(fault->byte);
    const auto& message = std::get<Message>(result);
    const char* bare = message.bare == Bare::ready ? "ready " : message.bare == Bare::reset ? "reset " : "";
    return bare + std::string(token(message.header)) + " " + std::string(message.json.substr(0, 40));
}

}  // namespace

TEST_CASE("every JSON value is a command") {
    for (const char* json : {"\"X\"", "1", "-2.5e3", "null", "true", "[]", "{\"a\": [1, 2]}", "  \"blanks around\"  ",
                             "\"\\u0000\\ud83d\\ude00\""})
        CHECK(decoded(std::string("__command__ ") + json) == std::string("__command__ ") + json);
}

TEST_CASE("READY and RESET are bare words, and only those two") {
    CHECK(decoded("__command__ READY") == "ready __command__ READY");
    CHECK(decoded("__command__ RESET") == "reset __command__ RESET");
    CHECK(decoded("__command__ \"READY\"") == "__command__ \"READY\"");
    CHECK(decoded("__command__ MOVE_LEFT").starts_with("not valid JSON: "));
    CHECK(decoded("__log__ READY").starts_with("not valid JSON: "));
}

TEST_CASE("a fault says what was expected and at which byte") {
    CHECK(decoded("__command__") == "expected one space and JSON after __command__ @11");
    CHECK(decoded("__command__\"X\"") == "expected one space and JSON after __command__ @11");
    CHECK(decoded("__command__ ") == "expected JSON, found the end of the line @12");
    CHECK(decoded("__comand__ 1") == "unknown header __comand__ @0");
    CHECK(decoded("__command__ {\"a\": 1,}").ends_with(" @20"));
    CHECK(decoded("__command__ NaN").starts_with("not valid JSON"));
    CHECK(decoded("__command__ \"\xC3\x28\"") == "invalid UTF-8 @12");
}

TEST_CASE("nesting is allowed to the limit and refused past it") {
    const auto nested = [](std::size_t depth) {
        return "__command__ " + std::string(depth, '[') + "1" + std::string(depth, ']');
    };
    CHECK(decoded(nested(format::deepest_json)).starts_with("__command__ [[["));
    CHECK(decoded(nested(format::deepest_json + 1)) == "JSON nested deeper than 256 @12");
    CHECK(decoded(nested(100'000)) == "JSON nested deeper than 256 @12");
}

TEST_CASE("members are found as they stand") {
    const std::string_view json = R"( {"a" : {"x": "}\"]"} , "b":[1, [2]], "\u0063": "t", "d": 1.5} )";
    std::string seen;
    for_each_member(
        json, [&](std::string_view key, std::string_view value) { (seen += key) += '=', (seen += value) += ';'; });
    CHECK(seen == R"(a={"x": "}\"]"};b=[1, [2]];\u0063="t";d=1.5;)");
    CHECK(member(json, "b") == "[1, [2]]");
    CHECK(member(json, "none").empty());
    CHECK(member("{}", "none").empty());
}

TEST_CASE("items are found as they stand") {
    std::string seen;
    for_each_item(R"([1, "a,]", [2, 3], {"k": []}])", [&](std::string_view value) { (seen += value) += ';'; });
    CHECK(seen == R"(1;"a,]";[2, 3];{"k": []};)");
    for_each_item(" [ ] ", [&](std::string_view) { FAIL("an empty list has no items"); });
}

TEST_CASE("what is written has the form of Python's json.dumps") {
    const Json value = {{"z", {1, 2.5, nullptr, true}}, {"a", "h\xC3\xA9\n\xF0\x9F\x98\x80"}, {"e", Json::object()}};
    CHECK(dumps(value) == R"({"z": [1, 2.5, null, true], "a": "h\u00e9\n\ud83d\ude00", "e": {}})");
}

TEST_CASE("a number that is not finite cannot be written, and the message says where it stands") {
    const Json value = {{"ball", {1, std::numeric_limits<double>::infinity()}}};
    CHECK_THROWS_WITH(dumps(value), "a number that is not finite cannot be written as JSON, at $.ball[1]");
}
