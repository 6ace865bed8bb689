#include "broker/terminal/table.hpp"

#include <doctest/doctest.h>

#include "broker/terminal/width.hpp"

using namespace dragoman;

namespace {

TextTable seats() {
    TextTable table({{"seat"}, {"script", Align::left, true}, {"ticks", Align::right}});
    table.add({{"1P"}, {"a.py"}, {"500"}});
    table.add({{"2P"}, {"a much longer name.cpp"}, {"7"}});
    return table;
}

}  // namespace

TEST_CASE("columns are aligned and rows end without blanks") {
    CHECK(seats().text(80, ColorDepth::none) ==
          "seat  script                  ticks\n"
          "1P    a.py                      500\n"
          "2P    a much longer name.cpp      7\n");
}

TEST_CASE("widths are counted in cells, not in bytes") {
    TextTable table({{""}, {""}});
    table.add({{"漢字"}, {"x"}});
    table.add({{"é"}, {"x"}});
    table.add({{"abcd"}, {"x"}});
    CHECK(table.text(80, ColorDepth::none) == "漢字  x\né     x\nabcd  x\n");
}

TEST_CASE("a table that is too wide cuts the column that may shrink") {
    CHECK(seats().text(25, ColorDepth::none) ==
          "seat  script        ticks\n"
          "1P    a.py            500\n"
          "2P    a much long…      7\n");
    for (std::size_t width = 0; width < 60; ++width) CHECK(seats().text(width, ColorDepth::none).size() < 200);
}

TEST_CASE("a column that wraps goes on in the next line") {
    TextTable table({{"seat"}, {"what happened", Align::left, true, true}, {"n"}});
    table.add({{"1P"}, {"ended with exit code 3 after a while"}, {"5"}});
    CHECK(table.text(29, ColorDepth::none) ==
          "seat  what happened         n\n"
          "1P    ended with exit code  5\n"
          "      3 after a while\n");
}

TEST_CASE("a column in which nothing stands is left out") {
    TextTable table({{"a"}, {"nothing"}, {"b"}});
    table.add({{"1"}, {""}, {"2"}});
    table.add({{"3"}});
    CHECK(table.text(80, ColorDepth::none) == "a  b\n1  2\n3\n");
}

TEST_CASE("colours do not move anything, and fields cannot bring their own") {
    TextTable table({{""}, {""}});
    table.add({{"ok", Rgb{0, 255, 0}}, {"x\x1b[31m\ny"}});
    CHECK(table.text(80, ColorDepth::true_color) == "\x1b[38;2;0;255;0mok\x1b[0m  x^[[31m y\n");
    CHECK(table.text(80, ColorDepth::none) == "ok  x^[[31m y\n");
}

TEST_CASE("text is cut and wrapped by cells") {
    CHECK(width_of("a漢e\u0301") == 4);
    CHECK(cut("hello", 5) == "hello");
    CHECK(cut("hello", 4) == "hel…");
    CHECK(cut("漢字漢", 5) == "漢字…");
    CHECK(cut("漢字", 3) == "漢…");
    CHECK(cut("hello", 0) == "");
    CHECK(padded("漢", 4) == "漢  ");
    CHECK(wrapped("one two three", 8) == std::vector<std::string>{"one two", "three"});
    CHECK(wrapped("onetwothree", 4) == std::vector<std::string>{"onet", "woth", "ree"});
    CHECK(wrapped("a\n\nb", 4) == std::vector<std::string>{"a", "", "b"});
    CHECK(wrapped("", 4) == std::vector<std::string>{""});
    CHECK(wrapped("漢字", 1) == std::vector<std::string>{"漢", "字"});
}

TEST_CASE("invalid UTF-8 becomes replacement characters, one for each byte") {
    std::string_view text = "\xC3(\xE2\x82\xF0\x9F\x98\x80";
    std::string seen;
    while (const auto character = take_character(text)) append_utf8(seen, *character);
    CHECK(seen == "\uFFFD(\uFFFD\uFFFD😀");
}
