#include "broker/schedule/scheduler.hpp"

#include <doctest/doctest.h>

#include <memory>

#include "tests/broker/schedule/fakes.hpp"

using namespace dragoman;
using namespace dragoman::test;
using namespace std::chrono_literals;

namespace {

/// Deadline 100 ms, grace 400 ms, start time-out 1 s. No test sleeps.
struct Ticks {
    FakeTime time;
    Scheduler scheduler{time, {.tick = 100ms, .start = 1s, .grace = 400ms}};
    std::vector<std::unique_ptr<FakeScript>> scripts;
    std::vector<Seat> seats;
    std::uint64_t number = 0;

    FakeScript& script() {
        scripts.push_back(std::make_unique<FakeScript>());
        seats.emplace_back(*scripts.back());
        return *scripts.back();
    }
    /// One that answers so long after each scene.
    FakeScript& script_that_takes(Clock::duration thinking) {
        FakeScript& one = script();
        one.on_scene = [this, thinking](FakeScript& self) {
            time.after(thinking,
                       [&self, scene = self.scenes.size()] { self.answers("answer " + std::to_string(scene)); });
        };
        return one;
    }
    FakeScript& silent_script() { return script(); }

    void tick(Clock::duration patience = Clock::duration::max()) {
        const std::string scene = "scene " + std::to_string(number);
        for (Seat& seat : seats) seat.json = scene;
        scheduler.tick(seats, number++, 1, 100ms, patience);
    }
    /// All outcomes, in the seats' order.
    std::string outcomes() const {
        std::string text;
        for (const Seat& seat : seats)
            (text += text.empty() ? "" : " ") += seat.outcome ? name(*seat.outcome) : std::string_view("none");
        return text;
    }
};

}  // namespace

TEST_CASE_FIXTURE(Ticks, "outcomes stand in the seats' order whatever order the answers came in") {
    script_that_takes(30ms);
    script_that_takes(10ms).on_scene = [&](FakeScript& self) { time.after(10ms, [&self] { self.crashes(); }); };
    silent_script();
    script_that_takes(1ms);
    tick();
    CHECK(outcomes() == "ok crashed late ok");
    CHECK(scripts[0]->answer() == "answer 1");
    CHECK(scripts[3]->answer() == "answer 1");
}

TEST_CASE_FIXTURE(Ticks, "who awaits some leaves the outcomes of others as they were") {
    script_that_takes(1ms);
    FakeScript& system = script_that_takes(5ms);
    tick();
    system.send(Header::scene_info, "{}");
    scheduler.await(seats, number, 1, time.now(), 100ms);
    CHECK(outcomes() == "ok ok");
}

TEST_CASE_FIXTURE(Ticks, "all scenes go out before any answer is awaited") {
    std::vector<int> waits_at_scene;
    for (int i = 0; i < 3; ++i)
        script().on_scene = [&](FakeScript& self) {
            waits_at_scene.push_back(time.waits);
            time.after(1ms, [&self] { self.answers("x"); });
        };
    tick();
    CHECK(waits_at_scene == std::vector<int>{0, 0, 0});
    CHECK(outcomes() == "ok ok ok");
}

TEST_CASE_FIXTURE(Ticks, "a tick goes on at once when the last answer is in") {
    script_that_takes(3ms);
    script_that_takes(20ms);
    tick();
    CHECK(time.ms() == 20);
}

TEST_CASE_FIXTURE(Ticks, "a tick with a silent script lasts to the deadline, not longer") {
    silent_script();
    tick();
    CHECK(outcomes() == "late");
    CHECK(time.ms() == 100);
}

TEST_CASE_FIXTURE(Ticks, "a seat without a line takes no part and owes nothing") {
    FakeScript& one = script_that_takes(1ms);
    scheduler.tick(seats, 0, 1, 100ms);
    CHECK(outcomes() == "none");
    CHECK(one.scenes.empty());
    CHECK(time.waits == 0);
}

TEST_CASE_FIXTURE(Ticks, "a script that is a little late is waited for before the next tick, and is in step again") {
    FakeScript& slow = script_that_takes(150ms);
    FakeScript& quick = script_that_takes(1ms);
    tick();
    CHECK(outcomes() == "late ok");
    slow.on_scene = quick.on_scene;
    tick();
    CHECK(outcomes() == "ok ok");
    CHECK(slow.scenes.size() == 2);
    CHECK(slow.answer() == "answer 2");
    CHECK(time.ms() == 151);
}

TEST_CASE_FIXTURE(Ticks, "a script that is silent past the grace loses its seat, and the others play on") {
    FakeScript& gone = silent_script();
    gone.letter = 'S';
    script_that_takes(1ms);
    tick();
    tick();
    CHECK(outcomes() == "late ok");
    CHECK(time.ms() == 501);
    REQUIRE(gone.failure());
    CHECK(name(gone.failure()->outcome) == "late");
    CHECK(gone.failure()->tick == 0);
    CHECK(gone.failure()->round == 1);
    CHECK(gone.failure()->used->count() == 500);
    CHECK(gone.failure()->allowed->count() == 100);
    CHECK(gone.failure()->message ==
          "no answer after 500 ms; 100 ms were allowed; the script is sleeping or waiting for something");
    CHECK(gone.scenes.size() == 1);
    tick();
    CHECK(outcomes() == "late ok");
    CHECK(time.ms() == 502);
}

TEST_CASE_FIXTURE(Ticks, "a failure says whether the script was computing or stopped, and its CPU time") {
    FakeScript& one = silent_script();
    one.cpu = 480ms;
    SUBCASE("computing") {
        one.letter = 'R';
        tick();
        tick();
        CHECK(one.failure()->message ==
              "no answer after 500 ms; 100 ms were allowed; the script is computing (CPU time used: 480 ms)");
    }
    SUBCASE("stopped") {
        one.letter = 'T';
        tick();
        tick();
        CHECK(one.failure()->message.find("the script is stopped") != std::string::npos);
    }
}

TEST_CASE_FIXTURE(Ticks, "a script that got no core has more wall time, up to the grace") {
    FakeScript& one = silent_script();
    one.is_starved = true;
    one.cpu = 20ms;
    SUBCASE("and answers within it") {
        time.after(300ms, [&] { one.answers("x"); });
        tick();
        CHECK(outcomes() == "ok");
        CHECK(time.ms() == 300);
    }
    SUBCASE("and is late past it") {
        tick();
        CHECK(outcomes() == "late");
        CHECK(time.ms() == 500);
    }
    SUBCASE("but no more CPU time than is allowed") {
        time.after(150ms, [&] { one.cpu = 100ms; });
        tick();
        CHECK(outcomes() == "late");
        CHECK(time.ms() < 160);
    }
    CHECK(one.marked);
}

TEST_CASE_FIXTURE(Ticks, "a starved script keeps nobody's outcome open") {
    FakeScript& starved = silent_script();
    starved.is_starved = true;
    starved.cpu = 0ms;
    FakeScript& silent = silent_script();
    Phase at_120 = Phase::idle;
    time.after(120ms, [&] { at_120 = silent.phase(); });
    time.after(200ms, [&] { starved.answers("x"); });
    tick();
    CHECK((at_120 == Phase::overdue));
    CHECK(outcomes() == "ok late");
}

TEST_CASE_FIXTURE(Ticks, "quick answers cost no look at the CPU clock") {
    FakeScript& one = script_that_takes(1ms);
    tick();
    CHECK_FALSE(one.marked);
}

TEST_CASE_FIXTURE(Ticks, "the next tick waits for the READY after a RESET") {
    FakeScript& one = script();
    one.on_scene = [&](FakeScript& self) {
        self.says_reset();
        time.after(700ms, [&self] { self.says_ready(); });
    };
    FakeScript& other = script_that_takes(1ms);
    tick();
    CHECK(outcomes() == "ok ok");
    one.on_scene = other.on_scene;
    tick();
    CHECK(outcomes() == "ok ok");
    CHECK(time.ms() == 701);
}

TEST_CASE_FIXTURE(Ticks, "a script that is not READY in time after its RESET loses its seat") {
    FakeScript& one = script();
    one.on_scene = [](FakeScript& self) { self.says_reset(); };
    tick();
    tick();
    CHECK(outcomes() == "not_ready");
    CHECK(one.failure()->message == "not READY within 1000 ms of its RESET");
    CHECK(one.failure()->tick == 1);
    CHECK(time.ms() == 1000);
}

TEST_CASE_FIXTURE(Ticks, "an overdue answer that was RESET has the start's time for READY") {
    FakeScript& one = silent_script();
    time.after(450ms, [&] { one.says_reset(); });
    time.after(1300ms, [&] { one.says_ready(); });
    tick();
    CHECK(outcomes() == "late");
    one.on_scene = [](FakeScript& self) { self.answers("x"); };
    tick();
    CHECK(outcomes() == "ok");
    CHECK(time.ms() == 1300);
}

TEST_CASE_FIXTURE(Ticks, "start waits for all READYs and no longer") {
    FakeScript& one = script();
    FakeScript& two = script();
    one.becomes(Phase::starting);
    two.becomes(Phase::starting);
    time.after(300ms, [&] { two.says_ready(); });
    time.after(600ms, [&] { one.says_ready(); });
    scheduler.start(seats);
    CHECK(time.ms() == 600);
    CHECK_FALSE(one.failure());
}

TEST_CASE_FIXTURE(Ticks, "who is never READY loses its seat, and the others are started") {
    FakeScript& never = script();
    FakeScript& crashing = script();
    FakeScript& good = script();
    for (auto& one : scripts) one->becomes(Phase::starting);
    time.after(10ms, [&] { good.says_ready(); });
    time.after(20ms, [&] { crashing.crashes(); });
    scheduler.start(seats);
    CHECK(time.ms() == 1000);
    CHECK(name(never.failure()->outcome) == "not_ready");
    CHECK(never.failure()->message == "not READY within 1000 ms of its start");
    CHECK(name(crashing.failure()->outcome) == "crashed");
    CHECK((good.phase() == Phase::idle));
}

TEST_CASE_FIXTURE(Ticks, "starting some more gives those who play no more time") {
    FakeScript& silent = silent_script();
    tick();
    FakeScript& fresh = script();
    fresh.becomes(Phase::starting);
    time.after(900ms, [&] { fresh.says_ready(); });
    scheduler.start(seats);
    CHECK((silent.phase() == Phase::lost));
    CHECK(silent.failure()->used->count() == 500);
    CHECK(time.ms() == 1000);
}

TEST_CASE_FIXTURE(Ticks, "in real time a tick does not wait longer than its patience") {
    FakeScript& slow = script_that_takes(250ms);
    script_that_takes(1ms);
    tick(10ms);
    CHECK(outcomes() == "late ok");
    CHECK(time.ms() == 100);
    tick(10ms);
    CHECK(outcomes() == "late ok");
    CHECK(slow.scenes.size() == 1);
    CHECK(time.ms() == 111);
    time.wait(Clock::time_point(200ms));
    tick(60ms);
    CHECK(outcomes() == "late ok");  // its answer came at 250; the new scene takes it as long again
    CHECK(slow.scenes.size() == 2);
    CHECK(time.ms() == 350);
}

TEST_CASE_FIXTURE(Ticks, "in real time who is still resetting gets no scene, which is no good tick") {
    FakeScript& one = script();
    one.on_scene = [](FakeScript& self) { self.says_reset(); };
    tick(10ms);
    CHECK(outcomes() == "ok");
    tick(10ms);
    CHECK(outcomes() == "late");
    CHECK(one.scenes.size() == 1);
}

TEST_CASE_FIXTURE(Ticks, "when the run stops the tick ends at once, and who owes has no outcome") {
    silent_script();
    script_that_takes(5ms);
    time.after(50ms, [&] { time.stop(); });
    tick();
    CHECK(outcomes() == "none ok");
    CHECK(time.ms() == 50);
    CHECK_FALSE(scripts[0]->failure());
}

TEST_CASE_FIXTURE(Ticks, "give_up takes an overdue script's seat without the grace") {
    FakeScript& one = silent_script();
    tick();
    scheduler.give_up(seats[0]);
    CHECK(name(one.failure()->outcome) == "late");
    CHECK(one.failure()->used->count() == 100);
    CHECK(time.ms() == 100);
}

TEST_CASE_FIXTURE(Ticks, "the wait for many answers grows with their number, not with its square") {
    for (int i = 0; i < 256; ++i) script_that_takes(std::chrono::microseconds(10 * i));
    tick();
    CHECK(time.waits <= 256 + 2);
}
