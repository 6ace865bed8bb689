#include <doctest/doctest.h>

#include "broker/reload/shadow_answer.hpp"

using namespace dragoman;

namespace {

ShadowAnswer says(std::string_view json) { return {Outcome::ok, json}; }
ShadowAnswer resets() { return {Outcome::ok, std::nullopt, true}; }
ShadowAnswer ends(Outcome outcome) { return {outcome, std::nullopt}; }

}  // namespace

TEST_CASE("a shadow's answer is compared as JSON") {
    CHECK(is_same(says(R"("LEFT")"), says(R"("LEFT")")));
    CHECK(is_same(says(R"({"x": 1, "y": [2.0]})"), says(R"({"y":[2],"x":1.0})")));
    CHECK_FALSE(is_same(says(R"("LEFT")"), says(R"("left")")));
    CHECK_FALSE(is_same(says("[1, 2]"), says("[2, 1]")));
    CHECK_FALSE(is_same(says("null"), says("false")));
}

TEST_CASE("a late answer is like no other, not even like a late one") {
    CHECK_FALSE(is_same(ends(Outcome::late), says("1")));
    CHECK_FALSE(is_same(says("1"), ends(Outcome::late)));
    CHECK_FALSE(is_same(ends(Outcome::late), ends(Outcome::late)));
}

TEST_CASE("RESET is the same as RESET and as nothing else") {
    CHECK(is_same(resets(), resets()));
    CHECK_FALSE(is_same(resets(), says(R"("RESET")")));
    CHECK_FALSE(is_same(resets(), ends(Outcome::raised)));
}

TEST_CASE("an answer is told in words: what it says, or why it says nothing") {
    CHECK(text_of(says("[1, 2]")) == "[1, 2]");
    CHECK(text_of(resets()) == "RESET");
    CHECK(text_of(ends(Outcome::late)) == "late");
    CHECK(text_of(ends(Outcome::ok)) == "nothing");
}

TEST_CASE("a long text is cut between two characters") {
    CHECK(shortened("abc", 3) == "abc");
    CHECK(shortened("abcd", 3) == "abc...");
    CHECK(shortened("a\xC3\xA4", 2) == "a...");
}
