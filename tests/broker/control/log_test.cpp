#include "broker/control/log.hpp"

#include <doctest/doctest.h>

using namespace dragoman;

namespace {

std::string texts(const ControlLog& log, std::size_t count = 100, std::string_view seat = {}) {
    std::string all;
    for (const LogLine* line : log.tail(count, seat)) (all += all.empty() ? "" : " ") += line->text;
    return all;
}

}  // namespace

TEST_CASE("the tail is the last lines, the oldest first") {
    ControlLog log;
    for (const char* text : {"a", "b", "c"}) log.add("output", "1P", text);
    CHECK(texts(log) == "a b c");
    CHECK(texts(log, 2) == "b c");
    CHECK(texts(log, 0).empty());
    CHECK(log.next() == 4);
}

TEST_CASE("the tail of a seat has its lines alone") {
    ControlLog log;
    log.add("output", "1P", "mine");
    log.add("output", "2P", "yours");
    log.add("warning", "", "ours");
    CHECK(texts(log, 100, "1P") == "mine");
}

TEST_CASE("a log keeps so many lines, and numbers go on") {
    ControlLog log({.lines = 2});
    for (const char* text : {"a", "b", "c"}) log.add("output", "1P", text);
    CHECK(texts(log) == "b c");
    CHECK(log.oldest() == 2);
    CHECK(log.line(3).text == "c");
}

TEST_CASE("a log keeps so many bytes, and always the last line") {
    ControlLog log({.bytes = 10});
    log.add("output", "1P", "12345");
    log.add("output", "1P", "67890");
    CHECK(texts(log) == "12345 67890");
    log.add("output", "1P", "this alone is too much");
    CHECK(texts(log) == "this alone is too much");
}

TEST_CASE("a long line is cut, and what is not UTF-8 is replaced") {
    ControlLog log({.line = 4});
    log.add("output", "1P", "123456");
    log.add("output", "1P", "\xff");
    CHECK(texts(log) == "1234... \xef\xbf\xbd");
}

TEST_CASE("one seat's flood in a tick is kept out, and told once") {
    ControlLog log({.in_a_tick = 2});
    for (int i = 0; i < 5; ++i) log.add("output", "1P", "flood");
    log.add("output", "2P", "calm");
    CHECK(texts(log) == "flood flood more lines in this tick are not kept calm");
    log.tick(1);
    log.add("output", "1P", "again");
    CHECK(texts(log, 1) == "again");
    CHECK(log.tail(1).front()->tick == 1);
}

TEST_CASE("who follows is told of each line") {
    ControlLog log;
    int told = 0;
    log.added = [&] { ++told; };
    log.add("output", "1P", "a");
    log.add("note", "", "b");
    CHECK(told == 2);
}

TEST_CASE("a line is JSON on one line") {
    ControlLog log;
    log.tick(7);
    log.add("output", "1P", "a \"b\"\n");
    log.add("warning", "", "c");
    std::string text;
    append_json(text, log.line(1));
    const Json line = Json::parse(text);
    CHECK(line["number"] == 1);
    CHECK(line["tick"] == 7);
    CHECK(line["event"] == "output");
    CHECK(line["seat"] == "1P");
    CHECK(line["text"] == "a \"b\"\n");
    CHECK(text.find('\n') == std::string::npos);
    text.clear();
    append_json(text, log.line(2));
    CHECK(Json::parse(text)["seat"].is_null());
}
