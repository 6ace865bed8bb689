#include "broker/session/transcript.hpp"

#include <doctest/doctest.h>

using namespace dragoman;

TEST_CASE("what is short is kept whole") {
    Transcript transcript;
    transcript.add("one\n");
    transcript.add("two\n");
    CHECK(transcript.text() == "one\ntwo\n");
    CHECK(transcript.tail() == "one\ntwo\n");
    CHECK(transcript.bytes() == 8);
}

TEST_CASE("of what is long the beginning and the end are kept, and what lies between is counted") {
    Transcript transcript;
    std::string all;
    for (int i = 0; i < 5000; ++i) {
        const std::string line = "line " + std::to_string(i) + "\n";
        all += line;
        transcript.add(line);
    }
    const std::string head = all.substr(0, Transcript::head_size);
    const std::string end = all.substr(all.size() - Transcript::tail_size);
    const auto left_out = all.size() - head.size() - end.size();
    CHECK(transcript.text() == head + "\n... " + std::to_string(left_out) + " bytes left out ...\n" + end);
    CHECK(transcript.bytes() == all.size());
}

TEST_CASE("it makes no difference into which pieces the same bytes are cut") {
    const std::string all = [] {
        std::string text;
        for (int i = 0; i < 3000; ++i) text += "number " + std::to_string(i) + "\n";
        return text;
    }();
    Transcript whole;
    whole.add(all);
    for (const std::size_t piece : {1UL, 7UL, 2047UL, 2048UL, 4097UL, 9000UL}) {
        Transcript cut;
        for (std::size_t at = 0; at < all.size(); at += piece) cut.add(std::string_view(all).substr(at, piece));
        CHECK(cut.text() == whole.text());
        CHECK(cut.tail() == whole.tail());
        CHECK(cut.tail(500) == whole.tail(500));
    }
}

TEST_CASE("the tail begins at the start of a line") {
    Transcript transcript;
    transcript.add("the first line\nthe second\nthe third\n");
    CHECK(transcript.tail(25) == "the second\nthe third\n");
    CHECK(transcript.tail(12) == "the third\n");
}

TEST_CASE("a line that is longer than the tail is cut") {
    Transcript transcript;
    transcript.add(std::string(10'000, 'x'));
    CHECK(transcript.tail() == std::string(Transcript::tail_size, 'x'));
}

TEST_CASE("bytes that are not UTF-8 are replaced one by one") {
    const std::string bad = "\xEF\xBF\xBD";
    CHECK(valid_utf8("h\xC3\xA9llo \xE4\xB8\xAD \xF0\x9F\x98\x80") == "h\xC3\xA9llo \xE4\xB8\xAD \xF0\x9F\x98\x80");
    CHECK(valid_utf8("a\xFFz") == "a" + bad + "z");
    CHECK(valid_utf8("\xC3") == bad);                                        // cut off
    CHECK(valid_utf8("\xE4\xB8") == bad + bad);                              // cut off
    CHECK(valid_utf8("\xC0\x80") == bad + bad);                              // a NUL in two bytes
    CHECK(valid_utf8("\xED\xA0\x80") == bad + bad + bad);                    // a surrogate
    CHECK(valid_utf8("\xF4\x90\x80\x80") == bad + bad + bad + bad);          // past the last code point
    CHECK(valid_utf8("\xE0\x80\xAF|\xF0\x80\x80\xAF").size() == 7 * 3 + 1);  // longer than need be
    CHECK(valid_utf8("").empty());
}

TEST_CASE("nothing that drives a terminal gets through") {
    CHECK(harmless("\x1B[2Jhi\r\n\tthere\x07\x7F") == "^[[2Jhi^M\n\tthere^G^?");
    CHECK(harmless(std::string_view("a\0b", 3)) == "a^@b");
    CHECK(harmless("\xC2\x9B"
                   "31m") ==
          "\xEF\xBF\xBD"
          "31m");
    CHECK(harmless("\x9B") == "\xEF\xBF\xBD");
    CHECK(harmless("\xC2\xA9 \xC3\xA9") == "\xC2\xA9 \xC3\xA9");
}
