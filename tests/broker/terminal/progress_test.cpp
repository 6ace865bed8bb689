#include "broker/terminal/progress.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

using namespace dragoman;
using namespace std::chrono_literals;
using Kind = BuildEvent::Kind;

namespace {

struct Shown {
    explicit Shown(bool live) {
        REQUIRE(pipe2(ends, O_NONBLOCK | O_CLOEXEC) == 0);
        cpp.title = "C++";
        progress.emplace(ends[1], live, ColorDepth::none, 40);
    }
    ~Shown() {
        progress.reset();
        ::close(ends[0]);
        ::close(ends[1]);
    }
    std::string after(Kind kind, const std::string& script, std::chrono::milliseconds took = 0ms) {
        progress->event({kind, script, &cpp, took}, now);
        return read();
    }
    std::string read() {
        std::string bytes(1 << 16, '\0');
        const ssize_t count = ::read(ends[0], bytes.data(), bytes.size());
        bytes.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
        return bytes;
    }
    int ends[2];
    Language cpp;
    std::optional<Progress> progress;
    Progress::Clock::time_point now{1h};
};

}  // namespace

TEST_CASE("on a terminal each script being compiled has a line that is replaced when it is done") {
    Shown shown(true);
    CHECK(shown.after(Kind::Queued, "/ml/a.cpp") == "");
    CHECK(shown.after(Kind::Compiling, "/ml/a.cpp") == "compiling a.cpp (C++) 0.0s\n");
    shown.now += 1200ms;
    CHECK(shown.after(Kind::Compiling, "/ml/b.cpp") ==
          "\x1b[1A\x1b[Jcompiling a.cpp (C++) 1.2s\ncompiling b.cpp (C++) 0.0s\n");
    CHECK(shown.after(Kind::Done, "/ml/a.cpp", 1234ms) ==
          "\x1b[2A\x1b[Jcompiled a.cpp (C++) 1.2s\ncompiling b.cpp (C++) 0.0s\n");
    shown.now += 100ms;
    shown.progress->tick(shown.now);
    CHECK(shown.read() == "\x1b[1A\x1b[Jcompiling b.cpp (C++) 0.1s\n");
    CHECK(shown.after(Kind::Failed, "/ml/b.cpp") == "\x1b[1A\x1b[J");
    CHECK(!shown.progress->busy());
}

TEST_CASE("what is unfinished at the end is taken away") {
    Shown shown(true);
    shown.after(Kind::Compiling, "/ml/a.cpp");
    shown.progress->finish();
    CHECK(shown.read() == "\x1b[1A\x1b[J");
    shown.progress->finish();
    CHECK(shown.read() == "");
}

TEST_CASE("elsewhere there are plain lines, and nothing about cached ones") {
    Shown shown(false);
    CHECK(shown.after(Kind::Cached, "/ml/a.cpp") == "");
    CHECK(shown.after(Kind::Compiling, "/ml/b.cpp") == "compiling b.cpp (C++)\n");
    CHECK(shown.after(Kind::Done, "/ml/b.cpp", 2s) == "");
    shown.progress->tick(shown.now + 5s);
    CHECK(shown.read() == "");
}

TEST_CASE("a long or hostile file name stays within its line") {
    Shown shown(true);
    const std::string line = shown.after(Kind::Compiling, "/ml/\x1b[2J\n" + std::string(200, 'n') + ".cpp");
    CHECK(line.starts_with("compiling ^[[2J nnn"));
    CHECK(line.size() < 50);
}
