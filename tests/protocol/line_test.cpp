#include "protocol/line.hpp"

#include <doctest/doctest.h>

#include <cstring>
#include <vector>

#include "protocol/format.hpp"

using namespace dragoman;

namespace {

struct Wire {
    LineSplitter splitter{1000};
    std::vector<std::string> seen;

    void note(const Line& line) {
        static constexpr const char* kinds[] = {"message", "output", "fragment", "too long"};
        std::string text(line.text.size() > 40 ? std::to_string(line.text.size()) + " bytes" : std::string(line.text));
        seen.push_back(std::string(kinds[static_cast<int>(line.kind)]) + ": " + text);
    }
    void arrives(std::string_view bytes) {
        std::string padded(bytes);
        padded.append(LineSplitter::padding, '?');
        splitter.push(std::string_view(padded).substr(0, bytes.size()));
        for (Line line{}; splitter.next(line);) note(line);
    }
    void ends() {
        for (Line line{}; splitter.finish(line);) note(line);
    }
};

using Seen = std::vector<std::string>;

}  // namespace

TEST_CASE_FIXTURE(Wire, "several lines in one read come out one by one") {
    arrives("__command__ READY\nhello\n__command__ \"X\"\n");
    CHECK(seen == Seen{"message: __command__ READY", "output: hello", "message: __command__ \"X\""});
}

TEST_CASE_FIXTURE(Wire, "a line comes out whole whatever the reads cut it into") {
    const std::string text = "__command__ \"h\xC3\xA9\xF0\x9F\x98\x80\"\r\n\n__log__ {}\n";
    for (std::size_t cut = 0; cut <= text.size(); ++cut) {
        Wire wire;
        wire.arrives(text.substr(0, cut));
        wire.arrives(text.substr(cut));
        CHECK(wire.seen ==
              Seen{"message: __command__ \"h\xC3\xA9\xF0\x9F\x98\x80\"", "output: ", "message: __log__ {}"});
    }
    Wire wire;
    for (const char c : text) wire.arrives(std::string_view(&c, 1));
    CHECK(wire.seen.size() == 3);
}

TEST_CASE_FIXTURE(Wire, "a header counts only at the start of a line") {
    arrives("debug: __command__ \"X\"\n __command__ \"X\"\n");
    CHECK(seen == Seen{"output: debug: __command__ \"X\"", "output:  __command__ \"X\""});
}

TEST_CASE("a header is a word of its own in lower case between double underscores") {
    for (const char* text : {"__command__ X", "__command__", "__command__\"X\"", "__foo__ {}", "__scene_info__ {}"})
        CHECK_MESSAGE(begins_with_header(text), text);
    for (const char* text : {"", "__", "____", "__command", "__command__s are fun", "__Command__ X", "__command__1",
                             "_command_ X", "__1__ x"})
        CHECK_MESSAGE(!begins_with_header(text), text);
}

TEST_CASE_FIXTURE(Wire, "a byte order mark before the first line is no part of it") {
    arrives("\xEF\xBB\xBF__command__ READY\n\xEF\xBB\xBF__command__ READY\n");
    CHECK(seen == Seen{"message: __command__ READY", "output: \xEF\xBB\xBF__command__ READY"});
}

TEST_CASE_FIXTURE(Wire, "a message past the limit is told once, and the line behind it is read") {
    arrives("__command__ \"" + std::string(600, 'x'));
    arrives(std::string(600, 'x'));
    for (int i = 0; i < 100; ++i) arrives(std::string(1000, 'x'));
    arrives("\"\n__command__ READY\n");
    CHECK(seen == Seen{"too long: 200 bytes", "message: __command__ READY"});
}

TEST_CASE_FIXTURE(Wire, "a message past the limit in a single read is told too") {
    arrives("__command__ \"" + std::string(2000, 'x') + "\"\n");
    CHECK(seen == Seen{"too long: 200 bytes"});
}

TEST_CASE_FIXTURE(Wire, "a message that just reaches the limit comes out, with either line end") {
    const std::string text = "__command__ " + std::string(988, '1');
    arrives(text.substr(0, 700));
    arrives(text.substr(700) + "\r\n");
    arrives(text + "\n");
    CHECK(seen == Seen{"message: 1000 bytes", "message: 1000 bytes"});
}

TEST_CASE_FIXTURE(Wire, "endless output is handed on in pieces and keeps no memory") {
    for (int i = 0; i < 64; ++i) arrives(std::string(4096, 'x'));
    CHECK(seen.size() >= 15);
    CHECK(splitter.pending() <= format::longest_output_piece);
    seen.clear();
    arrives("__command__ \"X\"\n__command__ \"Y\"\n");
    CHECK(seen.back() == "message: __command__ \"Y\"");
    CHECK(seen.front().starts_with("output: "));
}

TEST_CASE_FIXTURE(Wire, "what stands unfinished at the end of the stream is a line") {
    arrives("bye");
    ends();
    CHECK(seen == Seen{"output: bye"});
    ends();
    CHECK(seen.size() == 1);
}
