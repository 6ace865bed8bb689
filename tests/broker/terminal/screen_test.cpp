#include "broker/terminal/screen.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

#include "broker/terminal/paint.hpp"

using namespace dragoman;
using namespace std::chrono_literals;

namespace {

/// A screen on a pipe, of which the other end is read.
struct Terminal {
    Terminal() {
        REQUIRE(pipe2(ends, O_NONBLOCK | O_CLOEXEC) == 0);
        fcntl(ends[1], F_SETPIPE_SZ, 1 << 20);
        screen.emplace(ends[1], ColorDepth::true_color, [this] { return size; });
    }
    ~Terminal() {
        screen.reset();
        ::close(ends[0]);
        ::close(ends[1]);
    }

    std::string read() {
        std::string bytes(1 << 20, '\0');
        const ssize_t count = ::read(ends[0], bytes.data(), bytes.size());
        bytes.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
        return bytes;
    }
    /// What is written for a frame with a box at `x`.
    std::string box_at(int x) {
        screen->frame(now,
                      R"({"width": 100, "height": 50, "background": "#000000", "shapes": [{"rect": [)" +
                          std::to_string(x) + R"(, 10, 4, 4], "color": "#ff0000"}]})",
                      "pong");
        now += 40ms;
        return read();
    }
    std::string rows() {
        std::string all;
        for (int row = 0; row < screen->shown().size().rows; ++row) all += screen->shown().text(row) + "\n";
        return all;
    }
    bool shows(std::string_view text) { return rows().find(text) != std::string::npos; }

    int ends[2];
    Size size{80, 30};
    std::optional<Screen> screen;
    Screen::Clock::time_point now{1h};
};

bool holds(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

Frame row_of(std::string_view text) {
    Frame frame(Size{40, 1});
    frame.write(0, 0, text);
    return frame;
}

std::string painted(std::string_view before, std::string_view after) {
    return paint(row_of(before), row_of(after), ColorDepth::none);
}

}  // namespace

TEST_CASE("only cells that differ are written") {
    CHECK(painted("hello there", "hello there") == "");
    CHECK(painted("hello there", "hello where") == "\x1b[1;7Hw");
    CHECK(painted("a b c d e f g h", "A b c d e f g H") == "\x1b[1;1HA\x1b[1;15HH");
    CHECK(painted("abcdef", "AbCdef") == "\x1b[1;1HAbC");
    CHECK(painted("gone", "") == "\x1b[1;1H    ");
}

TEST_CASE("both halves of a wide character are written, and the cursor is placed anew behind it") {
    CHECK(painted("ab", "漢b") == "\x1b[1;1H漢\x1b[1;3Hb");
    CHECK(painted("漢b", "a b") == "\x1b[1;1Ha ");
    CHECK(painted("漢 b", "字 b") == "\x1b[1;1H字");
}

TEST_CASE("a style is written once for its cells, and taken back") {
    Frame frame(Size{4, 1});
    for (int x = 0; x < 3; ++x) frame.at(x, 0) = {U'x', Rgb{1, 2, 3}, Rgb{4, 5, 6}, false};
    CHECK(paint(Frame(Size{4, 1}), frame, ColorDepth::true_color) == "\x1b[1;1H\x1b[38;2;1;2;3;48;2;4;5;6mxxx\x1b[0m");
    CHECK(printed(frame, ColorDepth::none) == "xxx\n");
}

TEST_CASE_FIXTURE(Terminal, "the first frame opens the screen, the next ones write a few bytes") {
    const std::string first = box_at(10);
    CHECK(holds(first, "\x1b[?1049h"));
    CHECK(holds(first, "\x1b[?25l"));
    CHECK(first.size() < 20'000);
    CHECK(box_at(10) == "");
    const std::string moved = box_at(12);
    CHECK(holds(moved, "\x1b[?2026h"));
    CHECK(moved.size() > 0);
    CHECK(moved.size() < 600);
}

TEST_CASE_FIXTURE(Terminal, "closing brings the cursor back and leaves the last frame, once") {
    box_at(10);
    screen->line("1P", "good bye");
    screen->close();
    CHECK(shows("1P| good bye"));
    const std::string end = read();
    CHECK(holds(end, "\x1b[?25h"));
    CHECK(holds(end, "\x1b[?1049l"));
    CHECK(end.find("good bye") > end.find("\x1b[?1049l"));
    screen->close();
    CHECK(box_at(20) == "");
}

TEST_CASE_FIXTURE(Terminal, "a screen that was never drawn on writes nothing") {
    screen->line("1P", "hello");
    screen->close();
    CHECK(read() == "");
}

TEST_CASE_FIXTURE(Terminal, "about thirty frames a second are due, however fast the game runs") {
    int drawn = 0;
    const auto begin = now;
    for (auto time = begin; time < begin + 1s; time += 1ms) {
        if (!screen->due(time)) continue;
        screen->frame(time, "", "");
        ++drawn;
    }
    CHECK(drawn >= 29);
    CHECK(drawn <= 31);
}

TEST_CASE_FIXTURE(Terminal, "control characters in lines are shown, not obeyed") {
    screen->line("1P",
                 "\x1b[2Jboo\rhoo\x9b"
                 "31m\ttab");
    const std::string bytes = box_at(10);
    CHECK(shows("1P| ^[[2Jboo^Mhoo\uFFFD31m tab"));
    CHECK(!holds(bytes, "\x1b[2Jboo"));
    CHECK(!holds(bytes, "\r"));
}

TEST_CASE_FIXTURE(Terminal, "the last lines are shown, cut to the width") {
    for (int i = 0; i < 100; ++i) screen->line("2P", "line " + std::to_string(i));
    screen->line("1P", "two\nlines\n");
    screen->line("1P", std::string(500, 'w'));
    box_at(10);
    CHECK(shows("2P| line 99\n1P| two\n1P| lines\n1P| www"));
    CHECK(shows("www…\n"));
    CHECK(!shows("line 90"));
}

TEST_CASE_FIXTURE(Terminal, "a flood of text costs no more than its end") {
    screen->line("1P", std::string(16 << 20, '\n') + "last");
    box_at(10);
    CHECK(shows("1P| last"));
}

TEST_CASE_FIXTURE(Terminal, "a resized window is drawn anew") {
    box_at(10);
    size = {50, 20};
    const std::string bytes = box_at(10);
    CHECK(holds(bytes, "\x1b[2J"));
    CHECK(screen->shown().size() == Size{50, 20});
    size = {0, 0};
    box_at(10);
    size = {1, 1};
    box_at(10);
}

TEST_CASE_FIXTURE(Terminal, "a narrow picture has the text beside it") {
    const std::string tall = R"({"width": 100, "height": 200, "background": "#000000", "shapes": []})";
    screen->line("1P", "hello");
    screen->frame(now, tall, "pong\ntick 7");
    CHECK(screen->shown().at(0, 29).paper.has_value());
    CHECK(screen->shown().text(0) == std::string(32, ' ') + "pong");
    CHECK(screen->shown().text(29) == std::string(32, ' ') + "1P| hello");
}

TEST_CASE_FIXTURE(Terminal, "a bad picture is told about in its place") {
    screen->frame(now, "{}", "pong");
    CHECK(shows("the game's picture cannot be drawn: width: missing, expected a number above 0"));
}

TEST_CASE_FIXTURE(Terminal, "a terminal that takes no more bytes misses frames and does not hold up the match") {
    const std::string filling(1 << 16, 'x');
    while (::write(ends[1], filling.data(), filling.size()) > 0) continue;
    box_at(10);
    CHECK(screen->written() == 0);
}

TEST_CASE("without a terminal a screen composes frames and writes nothing") {
    Screen screen(-1, ColorDepth::true_color, [] { return Size{80, 40}; });
    screen.frame({}, "", "caption");
    CHECK(screen.shown().text(0) == "caption");
    CHECK(screen.written() == 0);
}
