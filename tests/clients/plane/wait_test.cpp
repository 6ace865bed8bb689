#include <doctest/doctest.h>
#include <sys/time.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <string>
#include <thread>

#include "tests/clients/plane/fake_broker_support.hpp"

using namespace dragoman::test;
using std::chrono::milliseconds;

namespace {

FakeBroker make(std::uint32_t spin_us) {
    return {{{"Position"}},
            {{"first", {{"Position", DRAGOMAN_ACCESS_WRITE}}, {0}}, {"second", {{"Position", DRAGOMAN_ACCESS_READ}}}},
            {.spin_us = spin_us}};
}

/// A script in a thread of its own: runs what it is told to, and reads a byte for each line.
class Script {
public:
    explicit Script(FakeBroker& broker)
        : plane_(broker.connect()), lines_(broker.conversation[0]), thread_([this] { live(); }) {}
    ~Script() {
        thread_.join();
        dragoman_plane_close(plane_);
    }
    std::atomic<int> runs = 0, lines = 0;
    std::atomic<std::uint32_t> system = 99;
    std::atomic<bool> ended = false;

private:
    void live() {
        for (;;) {
            const int woken = dragoman_plane_wait(plane_, lines_);
            if (woken == DRAGOMAN_WAIT_FAILED) break;
            if (woken == DRAGOMAN_WAIT_RUN) {
                system = dragoman_plane_system(plane_);
                ++runs;
                dragoman_plane_done(plane_);
                continue;
            }
            char byte = 0;
            if (read(lines_, &byte, 1) != 1) break;
            ++lines;
        }
        ended = true;
    }

    dragoman_plane* plane_;
    int lines_;
    std::thread thread_;
};

template <class Condition>
bool soon(Condition condition) {
    for (int i = 0; i < 2000 && !condition(); ++i) std::this_thread::sleep_for(milliseconds(1));
    return condition();
}

void end_lines(FakeBroker& broker) {
    close(broker.conversation[1]);
    broker.conversation[1] = -1;
}

}  // namespace

TEST_CASE("a script that sleeps is rung for a run, and rings a broker that sleeps") {
    for (const std::uint32_t spin_us : {0U, 50U, 2000U}) {
        auto broker = make(spin_us);
        broker.add_table({"Position"}, 4);
        {
            Script script(broker);
            for (int i = 0; i < 200; ++i) {
                if (i % 50 == 0) CHECK(soon([&] { return broker.control().script_sleeps == 1; }));
                broker.go(static_cast<std::uint32_t>(i % 2));
                REQUIRE(broker.sleep_until_done(2000));
                CHECK(script.system == static_cast<std::uint32_t>(i % 2));
            }
            CHECK(script.runs == 200);
            end_lines(broker);
        }
    }
}

TEST_CASE("no wake-up is lost, whoever is about to sleep") {
    for (const std::uint32_t spin_us : {0U, 3U}) {
        auto broker = make(spin_us);
        broker.add_table({"Position"}, 4);
        Script script(broker);
        bool all = true;
        for (int i = 0; i < 20000 && all; ++i) {
            // The script spins for so long after its last run, and then goes to sleep: about then the next one comes.
            const auto pause = std::chrono::nanoseconds(spin_us * 1000 + i % 97 * 10);
            const auto until = std::chrono::steady_clock::now() + pause;
            while (std::chrono::steady_clock::now() < until) continue;
            broker.go(0);
            for (int looks = i % 10 == 0 ? i % 300 : 100000; looks > 0 && !broker.is_done(); --looks) continue;
            all = broker.sleep_until_done(2000);
        }
        CHECK(all);
        CHECK(script.runs == 20000);
        end_lines(broker);
    }
}

TEST_CASE("lines are seen while it sleeps, also when the bell rings for nothing else") {
    auto broker = make(0);
    Script script(broker);
    CHECK(write(broker.conversation[1], "x", 1) == 1);
    CHECK(soon([&] { return script.lines == 1; }));
    broker.ring();
    std::this_thread::sleep_for(milliseconds(5));
    CHECK(script.lines == 1);
    CHECK(write(broker.conversation[1], "y", 1) == 1);
    broker.ring();
    CHECK(soon([&] { return script.lines == 2; }));
    broker.go(0);
    CHECK(broker.sleep_until_done(2000));
    CHECK(script.runs == 1);
    end_lines(broker);
    CHECK(soon([&] { return script.ended.load(); }));
}

TEST_CASE("signals do not end a wait") {
    auto broker = make(0);
    dragoman_plane* plane = broker.connect();
    struct sigaction quiet {};
    quiet.sa_handler = [](int) {};
    sigaction(SIGALRM, &quiet, nullptr);
    const itimerval often{{0, 1000}, {0, 1000}};
    setitimer(ITIMER_REAL, &often, nullptr);
    std::thread later([&] {
        sigset_t all;
        sigfillset(&all);
        pthread_sigmask(SIG_BLOCK, &all, nullptr);
        std::this_thread::sleep_for(milliseconds(20));
        broker.go(1);
    });
    CHECK(dragoman_plane_wait(plane, broker.conversation[0]) == DRAGOMAN_WAIT_RUN);
    const itimerval never{};
    setitimer(ITIMER_REAL, &never, nullptr);
    later.join();
    CHECK(dragoman_plane_system(plane) == 1);
    dragoman_plane_close(plane);
}

TEST_CASE("a run that a line announces") {
    auto broker = make(0);
    broker.set_variable();
    dragoman_plane* plane = dragoman_plane_open();
    CHECK(dragoman_plane_poll(plane) == DRAGOMAN_WAIT_FAILED);
    CHECK(std::string(dragoman_plane_error(plane)) == "no columns are attached");
    CHECK(write(broker.conversation[1], "x", 1) == 1);
    CHECK(dragoman_plane_wait(plane, broker.conversation[0]) == DRAGOMAN_WAIT_LINE);
    broker.send_descriptors();
    REQUIRE(dragoman_plane_attach(plane) == 0);

    CHECK(dragoman_plane_poll(plane) == DRAGOMAN_WAIT_FAILED);
    CHECK(std::string(dragoman_plane_error(plane)) == "the broker announced a run that is not there");
    broker.control().dt = 0.25;
    broker.go(1);
    CHECK(dragoman_plane_poll(plane) == DRAGOMAN_WAIT_RUN);
    CHECK(dragoman_plane_system(plane) == 1);
    CHECK(dragoman_plane_tick(plane) == 1);
    CHECK(dragoman_plane_dt(plane) == 0.25);
    dragoman_plane_done(plane);
    CHECK(broker.is_done());
    CHECK(dragoman_plane_poll(plane) == DRAGOMAN_WAIT_FAILED);

    SUBCASE("that was seen before its line") {
        broker.go(0);
        CHECK(dragoman_plane_wait(plane, broker.conversation[0]) == DRAGOMAN_WAIT_RUN);
        dragoman_plane_done(plane);
        CHECK(dragoman_plane_poll(plane) == DRAGOMAN_WAIT_LINE);
        CHECK(dragoman_plane_poll(plane) == DRAGOMAN_WAIT_FAILED);
    }
    SUBCASE("of a system that there is not") {
        broker.go(2);
        CHECK(dragoman_plane_poll(plane) == DRAGOMAN_WAIT_FAILED);
        CHECK(std::string(dragoman_plane_error(plane)) == "the broker wants system 2 to run; this script has 2");
    }
    dragoman_plane_close(plane);
}

TEST_CASE("done counts once, and only in a run") {
    auto broker = make(0);
    dragoman_plane* plane = broker.connect();
    dragoman_plane_done(plane);
    CHECK(broker.control().done == 0);
    broker.go(0);
    CHECK(dragoman_plane_wait(plane, -1) == DRAGOMAN_WAIT_RUN);
    dragoman_plane_done(plane);
    dragoman_plane_done(plane);
    CHECK(broker.control().done == 1);
    dragoman_plane_close(plane);
}
