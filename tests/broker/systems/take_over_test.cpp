#include <sstream>

#include "tests/broker/systems/embedded.hpp"

using namespace dragoman;
using namespace dragoman::test;
using namespace std::chrono_literals;

namespace {

/// Scripts of which new versions are saved while they run.
struct Saved : Embedded {
    /// Starts a version beside the one that plays, and gives it the seat. What take_over() says; "" is good.
    std::string save(std::size_t script, const std::string& text, const std::string& ending = ".lua") {
        const auto file = write("systems/" + std::to_string(script) + ending, text);
        std::optional<Built> built;
        broker.builder().build(file, [&](Built made) { built = std::move(made); });
        broker.run_until([&] { return built.has_value(); });
        REQUIRE(std::holds_alternative<Runnable>(*built));
        auto next = broker.prepare(script, std::get<Runnable>(*built), Json{{"version", 2}});
        REQUIRE(broker.wait_for([&] { return next->script->phase() != Phase::starting; }, Clock::now() + 30s));
        other = broker.swap(script, std::move(next));
        broker.set_probation(script, true);
        const auto wrong = systems->take_over(script);
        if (wrong) take_seat(script);
        return wrong.value_or("");
    }
    /// As the caller does it when a version has failed on probation.
    void give_back(std::size_t script) {
        take_seat(script);
        systems->give_back(script);
    }
    void settle(std::size_t script) {
        broker.set_probation(script, false);
        other.reset();
        systems->settle(script);
    }
    void take_seat(std::size_t script) {
        broker.set_probation(script, false);
        other = broker.swap(script, std::move(other));
    }

    bool tick(double dt = 0.5) { return systems->tick(dt, next_tick++); }
    void ticks(int count) {
        for (int i = 0; i < count; ++i) REQUIRE(tick());
    }
    float x(ecs::Entity entity) { return world.find<Position>(entity)->x; }
    std::string stages() const {
        std::ostringstream text;
        for (const auto& stage : systems->stages()) {
            for (const auto& name : stage) text << name << " ";
            text << "/ ";
        }
        return text.str();
    }

    std::unique_ptr<LiveVersion> other;  // the one without a seat
    std::uint64_t next_tick = 0;
};

const std::string forth = moving("1");
const std::string back = moving("-1");
const std::string failing = moving("error('enough')");

std::string idle(const std::string& name, const std::string& more) {
    return "dragoman.system { name = '" + name + "', " + more + ", run = function() end }\n";
}

/// Each tick: two more, of which the one is destroyed in the next but one; all that were changed are counted.
const std::string busy = R"(
dragoman.component("Born", "tick: i32", "seen: i32")
local n = 0
dragoman.system { name = "spawn", creates = 3, write = "Born", run = function(tables)
    for t in tables do for i = 0, t.rows - 1 do
        if t.Born[i].tick % 2 == 1 then t.entities[i]:destroy() end
        t.Born[i].tick = t.Born[i].tick + 3
    end end
    for i = 0, 1 do
        local e = dragoman.create_entity()
        e:add_component("Born", { tick = i })
        e:add_component("Position", { x = i })
    end
end }
dragoman.system { name = "count", write = "Born", changed = "Position", every = 2, run = function(tables, dt)
    for t in tables do for i = 0, t.rows - 1 do t.Born[i].seen = t.Born[i].seen + dt * 8 end end
end }
)";

}  // namespace

TEST_CASE_FIXTURE(Saved, "a saved version moves from the next tick on what the one before it has moved") {
    const auto entity = world.create_from(Position{0, 0}, Velocity{0, 0});
    REQUIRE(start({forth}));
    ticks(2);
    CHECK(save(0, back) == "");
    ticks(1);
    CHECK(x(entity) == 1);
    settle(0);
    ticks(2);
    CHECK(x(entity) == -1);
    CHECK(systems->reports().size() == 1);
    CHECK(systems->reports()[0].runs == 5);
    CHECK(failures == "");
}

TEST_CASE("the same version once more makes no difference to the world") {
    std::vector<std::uint64_t> hashes;
    for (const bool saves : {false, true}) {
        Saved one;
        one.world.create_from(Position{0, 0}, Velocity{1, 2});
        REQUIRE(one.start({busy, movement}));
        one.ticks(3);
        if (saves) CHECK(one.save(0, busy) == "");
        one.ticks(2);
        if (saves) one.settle(0);
        one.ticks(2);
        if (saves) {
            CHECK(one.save(0, busy) == "");
            one.give_back(0);
        }
        one.ticks(2);
        CHECK(one.failures == "");
        hashes.push_back(one.world.hash());
    }
    CHECK(hashes[0] == hashes[1]);
}

TEST_CASE_FIXTURE(Saved, "systems come and go with a version, and other access sets make other stages") {
    const std::string reads = idle("look", "read = 'Velocity'");
    REQUIRE(start({forth, reads}));
    CHECK(stages() == "movement look / ");
    CHECK(save(1, idle("look", "write = 'Velocity'") + idle("more", "read = 'Position'")) == "");
    CHECK(stages() == "movement / look / more / ");
    ticks(1);
    settle(1);
    CHECK(save(1, reads) == "");
    CHECK(stages() == "movement look / ");
    ticks(1);
    CHECK(systems->reports().size() == 3);
}

TEST_CASE_FIXTURE(Saved, "a version brings a new component, and every other script is told of it") {
    REQUIRE(start({forth, idle("all", "exclusive = true")}));
    ticks(1);
    REQUIRE(save(0, R"(
dragoman.component("Mark", "n: i32")
dragoman.system { name = "mark", creates = 1, run = function()
    dragoman.create_entity():add_component("Mark", { n = 7 })
end })") == "");
    ticks(1);
    CHECK(save(1, R"(
dragoman.system { name = "all", write = "Mark", run = function(tables)
    for t in tables do for i = 0, t.rows - 1 do t.Mark[i].n = t.Mark[i].n + 1 end end
end })") == "");
    ticks(1);
    const auto mark = world.component("Mark");
    const auto& query = world.query({{mark}, {}});
    REQUIRE(query.rows() == 2);
    CHECK(std::get<std::int64_t>(world.get(query.tables()[0]->entities()[0], mark, 0)) == 8);
    CHECK(failures == "");
}

TEST_CASE_FIXTURE(Saved,
                  "a component that a version declares differently keeps it from its seat, and all is as before") {
    const auto entity = world.create_from(Position{0, 0}, Velocity{0, 0});
    REQUIRE(start({forth}));
    const auto hash = world.hash();
    CHECK(save(0, "dragoman.component('New', 'a: f32')\ndragoman.component('Position', 'x: f32', 'y: f64')\n" + back) ==
          "component Position is (x: f32 = 0.0, y: f64 = 0.0) here and (x: f32 = 0.0, y: f32 = 0.0) in this run: the "
          "entities that have it cannot change; begin the run anew");
    CHECK(world.hash() == hash);
    CHECK(world.component_count() == 2);
    ticks(1);
    CHECK(x(entity) == 1);
}

TEST_CASE_FIXTURE(Saved, "what cannot be ordered, or has a name that another script uses, does not get the seat") {
    REQUIRE(start({forth, idle("look", "after = 'movement'")}));
    const std::string before = stages();
    const auto hash = world.hash();
    CHECK(save(0, "dragoman.component('New', 'a: f32')\n" + moving("1", "after = 'look',")) ==
          "systems wait for each other in a circle: movement, look (see their \"before\" and \"after\")");
    CHECK(save(0, idle("other", "read = 'Position'")) ==
          "system look runs after movement, but there is no such system (this is in 1.lua)");
    CHECK(save(0, forth + idle("look", "read = 'Position'")) ==
          "two systems are called look: the other one is in 1.lua");
    CHECK(save(1, forth) == "two systems are called movement: the other one is in 0.lua");
    CHECK(save(0, idle("movement", "read = 'Positon'")) ==
          "system movement: no component is called \"Positon\"; there are Position, Velocity");
    CHECK(stages() == before);
    CHECK(world.hash() == hash);
    ticks(1);
    CHECK(failures == "");
}

TEST_CASE_FIXTURE(Saved, "a version that never maps its columns, or dies of it, leaves the seat to the one before it") {
    const std::string hello =
        "echo '__hello__ {\"protocol\": 1, \"client\": \"sh\", \"role\": \"system\", \"features\": [\"plane\"], "
        "\"systems\": [{\"name\": \"movement\", \"write\": [\"Position\"]}]}'\n"
        "echo '__command__ READY'\nread init\nread attach\n";
    const auto entity = world.create_from(Position{0, 0}, Velocity{0, 0});
    SystemsOptions options;
    options.hand_over = 1s;
    REQUIRE(start({forth}, options));
    CHECK(save(0, hello + "while read line; do :; done", ".sh").find("no answer after ") == 0);
    CHECK(save(0, hello + "exit 3", ".sh") == "exited with code 3");
    CHECK(broker.script(0).name() == "0.lua");
    ticks(1);
    CHECK(x(entity) == 1);
    CHECK(failures == "");
}

TEST_CASE_FIXTURE(Saved, "a version that fails on probation gives the seat back, and no time is lost") {
    const auto entity = world.create_from(Position{0, 0}, Velocity{8, 0});
    SystemsOptions options;
    options.after_failure = AfterFailure::stop;  // not for what can be taken back
    REQUIRE(start({movement, idle("look", "read = 'Position'")}, options));
    ticks(1);
    CHECK(save(0, failing) == "");
    CHECK(tick());
    CHECK(broker.script(0).phase() == Phase::lost);
    CHECK(x(entity) == 4);
    give_back(0);
    ticks(1);
    CHECK(x(entity) == 12);
    CHECK(systems->reports()[1].runs == 3);
    CHECK(failures == "");
    settle(0);
    CHECK(save(0, failing) == "");
    settle(0);
    CHECK(!tick());
}

TEST_CASE_FIXTURE(
    Saved, "what a version on probation has half-written in place is put back before the one before it goes on") {
    const auto entity = world.create_from(Position{0, 0}, Velocity{0, 0});
    world.create_from(Position{0, 0}, Velocity{0, 0});
    SystemsOptions options;
    options.torn = TornPolicy::restore;
    REQUIRE(start({moving("1", "mode = 'in_place',")}, options));
    ticks(1);
    CHECK(save(0, moving("(i == 1 and error('enough') or 7)", "mode = 'in_place',")) == "");
    ticks(1);
    CHECK(x(entity) == 1);
    give_back(0);
    ticks(1);
    CHECK(x(entity) == 2);
}

TEST_CASE_FIXTURE(Saved, "Startup systems of a new version wait for the next round") {
    const std::string begins = R"(
dragoman.system { name = "begin", order = "Startup", creates = 1, run = function()
    dragoman.create_entity():add_component("Position", {})
end })";
    REQUIRE(start({begins}));
    ticks(1);
    CHECK(save(0, begins) == "");
    ticks(1);
    CHECK(world.query({{world.component("Position")}, {}}).rows() == 1);
    settle(0);
    world.clear();
    bind();
    REQUIRE(systems->attach(2));
    ticks(1);
    CHECK(world.query({{world.component("Position")}, {}}).rows() == 1);
}

TEST_CASE("the version before knows the world that has grown in the meantime, whatever keeps its columns from it") {
    const std::string many = R"(
dragoman.component("New", "n: f64")
dragoman.system { name = "movement", creates = 4000, run = function()
    for i = 1, 4000 do
        local e = dragoman.create_entity()
        e:add_component("Position", { x = i })
        e:add_component("Velocity", {})
        e:add_component("New", {})
    end
end })";
    std::vector<std::uint64_t> hashes;
    for (const std::string tier : {"shared", "sealed", "by lines"}) {
        CAPTURE(tier);
        Saved one;
        if (tier == "sealed") one.world.seal_arenas();
        SystemsOptions options;
        options.by_lines = tier == "by lines";
        one.world.create_from(Position{0, 0}, Velocity{8, 0});
        REQUIRE(one.start({movement, idle("all", "exclusive = true")}, options));
        one.ticks(1);
        CHECK(one.save(0, many) == "");
        one.ticks(3);
        one.give_back(0);
        one.ticks(2);
        CHECK(one.failures == "");
        CHECK(one.world.query({{one.world.component("Position")}, {}}).rows() == 12001);
        hashes.push_back(one.world.hash());
    }
    CHECK(hashes[0] == hashes[1]);
    CHECK(hashes[0] == hashes[2]);
}

TEST_CASE_FIXTURE(Saved, "a round may begin while a version is on probation") {
    REQUIRE(start({forth}));
    ticks(1);
    CHECK(save(0, failing) == "");
    world.clear();
    bind();
    REQUIRE(systems->attach(2));
    const auto entity = world.create_from(Position{0, 0}, Velocity{0, 0});
    ticks(1);
    give_back(0);
    ticks(1);
    CHECK(x(entity) == 1);
    CHECK(failures == "");
}

TEST_CASE_FIXTURE(Saved,
                  "who takes a system's name while its version is on probation loses it when that version is back") {
    REQUIRE(start({forth, idle("look", "read = 'Position'")}));
    CHECK(save(0, idle("other", "read = 'Position'")) == "");
    auto first = std::move(other);
    CHECK(save(1, idle("movement", "read = 'Position'")) == "");
    settle(1);
    other = std::move(first);
    give_back(0);
    CHECK(failures ==
          "1.lua: compile_error: two systems are called movement: the other one is in 0.lua, whose earlier version is "
          "back\n");
    CHECK(stages() == "movement / ");
    ticks(1);
}

TEST_CASE_FIXTURE(Saved, "a version may come while there is no world, and begins with the next round") {
    REQUIRE(start({forth}));
    ticks(1);
    systems->detach();
    world.clear();
    CHECK(save(0, "dragoman.component('New', 'n: i32')\n" + back) == "");
    CHECK(world.component_count() == 0);
    bind();
    const auto entity = world.create_from(Position{0, 0}, Velocity{0, 0});
    REQUIRE(systems->attach(2));
    ticks(1);
    CHECK(x(entity) == -1);
    CHECK(world.component_count() == 3);
}

TEST_CASE_FIXTURE(Saved, "a second version may come before the first one is settled, and gives the seat back to it") {
    const auto entity = world.create_from(Position{0, 0}, Velocity{0, 0});
    SystemsOptions options;
    options.after_failure = AfterFailure::stop;
    REQUIRE(start({forth}, options));
    CHECK(save(0, moving("10")) == "");
    CHECK(save(0, failing) == "");
    systems->settle(0);  // the very first
    ticks(1);
    give_back(0);
    ticks(1);
    CHECK(x(entity) == 10);
    CHECK(failures == "");
}

TEST_CASE_FIXTURE(Saved, "who fails on probation and is not replaced has failed for good in the next tick") {
    SystemsOptions options;
    options.after_failure = AfterFailure::stop;
    REQUIRE(start({forth, idle("look", "read = 'Position'")}, options));
    world.create_from(Position{0, 0}, Velocity{0, 0});
    CHECK(save(0, failing) == "");
    CHECK(tick());
    CHECK(!tick());
}

TEST_CASE_FIXTURE(Saved, "a script whose version had failed for good is back with the next one") {
    const auto entity = world.create_from(Position{0, 0}, Velocity{0, 0});
    REQUIRE(start({failing, idle("look", "read = 'Position'")}));
    ticks(1);
    CHECK(failures.find("0.lua: raised: ") == 0);
    CHECK(save(0, forth) == "");
    ticks(1);
    CHECK(x(entity) > 0);
}
