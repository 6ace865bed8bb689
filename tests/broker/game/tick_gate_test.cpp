#include "broker/game/tick_gate.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace dragoman;

namespace {

struct Gate {
    TickGate gate;
    std::string said;  // how pauses and steps ended

    TickGate::Done done(std::string who) {
        return [this, who](TickGate::End end) {
            static const char* const names[] = {"stands", "overtaken", "over"};
            said += (said.empty() ? "" : ", ") + who + " " + names[static_cast<int>(end)];
        };
    }
    void pause() { gate.pause(done("pause")); }
    void step(std::uint64_t ticks) { gate.step(ticks, done("step")); }
    /// Ticks that are played until it stands.
    int plays(int most = 100) {
        int ticks = 0;
        while (ticks < most && gate.may_go()) ++ticks;
        return ticks;
    }
};

}  // namespace

TEST_CASE_FIXTURE(Gate, "a run that nobody paused goes on") {
    CHECK(plays(5) == 5);
    CHECK_FALSE(gate.paused());
}

TEST_CASE_FIXTURE(Gate, "a pause is done when the run stands between two ticks") {
    pause();
    CHECK(said.empty());
    CHECK(plays() == 0);
    CHECK(said == "pause stands");
    pause();
    CHECK(said == "pause stands, pause stands");
}

TEST_CASE_FIXTURE(Gate, "steps are played, and it stands again") {
    pause();
    CHECK(plays() == 0);
    step(3);
    CHECK(plays() == 3);
    CHECK(said == "pause stands, step stands");
    CHECK(plays() == 0);
    CHECK(gate.paused());
}

TEST_CASE_FIXTURE(Gate, "steps that were asked for before it stood come after the pause") {
    pause();
    step(2);
    CHECK(plays() == 2);
    CHECK(said == "pause stands, step stands");
}

TEST_CASE_FIXTURE(Gate, "resume takes back a pause, and steps") {
    pause();
    gate.resume();
    CHECK(said == "pause overtaken");
    CHECK(plays(3) == 3);
    pause();
    plays();
    step(9);
    CHECK(gate.may_go());
    gate.resume();
    CHECK(said == "pause overtaken, pause stands, step overtaken");
    CHECK(plays(50) == 50);
}

TEST_CASE_FIXTURE(Gate, "a pause ends steps where they are") {
    pause();
    plays();
    step(9);
    CHECK(gate.may_go());
    pause();
    CHECK(plays() == 0);
    CHECK(said == "pause stands, step overtaken, pause stands");
}

TEST_CASE_FIXTURE(Gate, "the end of the run ends whatever is waited for") {
    pause();
    plays();
    step(2);
    CHECK(gate.may_go());
    gate.close();
    CHECK(said == "pause stands, step over");
    pause();
    CHECK(said == "pause stands, step over, pause over");
}

TEST_CASE_FIXTURE(Gate, "steps that were all played when the run ended are done") {
    pause();
    plays();
    step(1);
    CHECK(gate.may_go());
    gate.close();
    CHECK(said == "pause stands, step stands");
}
