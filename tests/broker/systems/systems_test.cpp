#include "broker/systems/systems.hpp"

#include "tests/broker/systems/embedded.hpp"

using namespace dragoman;
using namespace dragoman::test;

TEST_CASE_FIXTURE(Embedded, "a script moves what a C++ program has created") {
    const auto entity = world.create_from(Position{1, 2}, Velocity{10, 20});
    REQUIRE(start({movement}));
    REQUIRE(systems->tick(0.5, 0));
    CHECK(world.find<Position>(entity)->x == 1 + 0.5 * 10);
    CHECK(failures == "");
}

TEST_CASE_FIXTURE(Embedded, "a system that raises changes nothing, and the others go on") {
    const auto entity = world.create_from(Position{1, 2}, Velocity{10, 20});
    const std::string raising = R"(
dragoman.system { name = "raising", write = "Position", run = function(tables)
    for t in tables do t.Position[0].x = 99 end
    error("enough")
end })";
    REQUIRE(start({movement, raising}));
    REQUIRE(systems->tick(0.5, 0));
    CHECK(failures.find("1.lua: raised: ") == 0);
    CHECK(world.find<Position>(entity)->x == 6);
    REQUIRE(systems->tick(0.5, 1));
    CHECK(world.find<Position>(entity)->x == 11);
}

TEST_CASE_FIXTURE(Embedded, "the run ends with the first failure where the policy says so") {
    SystemsOptions options;
    options.after_failure = AfterFailure::stop;
    REQUIRE(start({movement, "dragoman.system { name = 'raising', run = function() error('enough') end }"}, options));
    CHECK(!systems->tick(0.5, 0));
}

TEST_CASE_FIXTURE(Embedded, "told by lines, a system does the same") {
    const auto entity = world.create_from(Position{1, 2}, Velocity{10, 20});
    SystemsOptions options;
    options.by_lines = true;
    REQUIRE(start({movement}, options));
    REQUIRE(systems->tick(0.5, 0));
    CHECK(world.find<Position>(entity)->x == 6);
}

TEST_CASE_FIXTURE(
    Embedded, "a component that nobody declares is an error of the script that names it, with those that there are") {
    CHECK(!start({"dragoman.system { name = 'lost', read = 'Positon', run = function() end }"}));
    CHECK(failures.find("compile_error: system lost: no component is called \"Positon\"") != std::string::npos);
    CHECK(failures.find("Position") != std::string::npos);
}

TEST_CASE_FIXTURE(Embedded, "a component that is declared differently is refused, naming the field") {
    CHECK(!start({"dragoman.component('Position', 'x: f32', 'y: f64')\n" + movement}));
    CHECK(failures.find("compile_error: component Position is declared already, and differently") != std::string::npos);
    CHECK(failures.find("field y") != std::string::npos);
}

TEST_CASE_FIXTURE(Embedded,
                  "an entity that a script creates lives when the stage is over, with the handle that the script has") {
    REQUIRE(start({R"(
dragoman.component("Handle", "value: entity")
dragoman.system { name = "spawn", creates = 1, run = function()
    local e = dragoman.create_entity()
    e:add_component("Position", { x = 5 })
    e:add_component("Handle", { value = e })
end })"}));
    REQUIRE(systems->tick(1, 0));
    CHECK(failures == "");
    auto& query = world.query({{world.component("Handle")}, {}});
    REQUIRE(query.rows() == 1);
    const auto entity = query.tables()[0]->entities()[0];
    CHECK(std::get<ecs::Entity>(world.get(entity, world.component("Handle"), 0)) == entity);
    CHECK(systems->reports()[0].created == 1);
}

TEST_CASE_FIXTURE(Embedded, "after the world was cleared, scripts are attached anew") {
    REQUIRE(start({movement}));
    for (int round = 1; round <= 3; ++round) {
        if (round > 1) {
            world.clear();
            bind();
            REQUIRE(systems->attach(round));
        }
        const auto entity = world.create_from(Position{1, 2}, Velocity{10, 20});
        REQUIRE(systems->tick(0.5, 0, round));
        CHECK(world.find<Position>(entity)->x == 6);
    }
    CHECK(systems->reports()[0].runs == 3);
}

TEST_CASE_FIXTURE(Embedded, "a system of every third tick gets the time since it ran last") {
    REQUIRE(start({R"(
dragoman.component("Clock", "time: f64")
dragoman.system { name = "slow", every = 3, write = "Clock", run = function(tables, dt)
    for t in tables do t.Clock[0].time = dt end
end })"}));
    const auto clock = world.component("Clock");
    const std::vector<ecs::ComponentValues> parts{{clock, {}}};
    const auto entity = world.create(parts);
    for (int tick = 0; tick < 4; ++tick) REQUIRE(systems->tick(0.25, static_cast<std::uint64_t>(tick)));
    CHECK(std::get<double>(world.get(entity, clock, 0)) == 0.75);
    CHECK(systems->reports()[0].runs == 2);
}
