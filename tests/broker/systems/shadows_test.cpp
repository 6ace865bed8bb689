#include "tests/broker/systems/embedded.hpp"

using namespace dragoman;
using namespace dragoman::test;
using namespace std::chrono_literals;

namespace {

/// The script of number 0 may have a shadow.
struct Shadowed : Embedded {
    bool start(const std::vector<std::string>& texts, WriteMode mode = WriteMode::replace) {
        SystemsOptions options;
        options.untrusted_mode = mode;
        options.with_shadow = [this](std::size_t script, const std::function<void(LiveVersion&)>& use) {
            if (script == 0 && shadow != nullptr) use(*shadow);
        };
        return Embedded::start(texts, options);
    }
    void save(const std::string& text) {
        const auto file = write("systems/saved.lua", text);
        std::optional<Built> built;
        broker.builder().build(file, [&](Built made) { built = std::move(made); });
        broker.run_until([&] { return built.has_value(); });
        REQUIRE(std::holds_alternative<Runnable>(*built));
        shadow = broker.prepare(0, std::get<Runnable>(*built), Json{{"version", 2}});
        REQUIRE(broker.wait_for([&] { return shadow->script->phase() != Phase::starting; }, Clock::now() + 30s));
    }
    SystemShadowTick tick() {
        REQUIRE(systems->tick(0.5, next_tick++));
        return systems->shadow_tick(0);
    }
    /// What is different in the next tick.
    std::string difference() {
        const SystemShadowTick did = tick();
        CHECK(did.ran);
        CHECK(did.cannot == "");
        return did.difference.value_or("");
    }
    std::string name(ecs::Entity entity) const { return "entity " + std::to_string(ecs::to_number(entity)); }

    std::unique_ptr<LiveVersion> shadow;
    std::uint64_t next_tick = 0;
};

/// Creates two in each tick, destroys the older ones, and counts the ticks that it has seen.
std::string spawning(const std::string& x) {
    return "local n = 0\ndragoman.system { name = 'spawn', creates = 2, write = 'Position', run = function(tables)\n"
           "    for t in tables do for i = 0, t.rows - 1 do\n"
           "        if t.Position[i].y == 1 then t.entities[i]:destroy() end\n"
           "        t.Position[i].y = t.Position[i].y + 1\n"
           "    end end\n"
           "    n = n + 1\n"
           "    for i = 0, 1 do dragoman.create_entity():add_component('Position', { x = " +
           x +
           ", y = i - 1 }) end\n"
           "end }\n";
}

}  // namespace

TEST_CASE("a shadow that does the same is not different, and the world is what it is without it") {
    for (const WriteMode mode : {WriteMode::replace, WriteMode::in_place}) {
        std::vector<std::uint64_t> hashes;
        for (const bool saves : {false, true}) {
            Shadowed one;
            one.world.create_from(Position{0, 0}, Velocity{1, 2});
            REQUIRE(one.start({spawning("i") + moving("1")}, mode));
            if (saves) one.save(moving("0.5 + 0.5") + spawning("i * 1"));
            for (int i = 0; i < 6; ++i) {
                const SystemShadowTick did = one.tick();
                CHECK(did.difference.value_or("") == "");
                CHECK(did.ran == saves);
            }
            CHECK(one.failures == "");
            hashes.push_back(one.world.hash());
        }
        CHECK(hashes[0] == hashes[1]);
    }
}

TEST_CASE("a value that a shadow writes otherwise is named, and does not reach the world") {
    for (const WriteMode mode : {WriteMode::replace, WriteMode::in_place}) {
        Shadowed one;
        const auto entity = one.world.create_from(Position{0, 0}, Velocity{0, 0});
        REQUIRE(one.start({moving("1")}, mode));
        one.save(moving("3"));
        CHECK(one.difference() == "in system movement Position.x of " + one.name(entity) + " is 3, not 1");
        CHECK(one.difference() == "in system movement Position.x of " + one.name(entity) + " is 4, not 2");
        CHECK(one.world.find<Position>(entity)->x == 2);
    }
}

TEST_CASE_FIXTURE(Shadowed, "what only one of the two writes is named") {
    const auto entity = world.create_from(Position{0, 0}, Velocity{5, 0});
    REQUIRE(
        start({"dragoman.system { name = 'movement', write = {'Position', 'Velocity'}, run = function(tables)\n"
               "    for t in tables do t.Velocity[0].x = 6 end\nend }\n"}));
    SUBCASE("the version that plays") {
        save(moving("0"));
        CHECK(difference() == "in system movement Velocity.x of " + name(entity) + " is 5, not 6");
    }
    SUBCASE("both") {
        save(
            "dragoman.system { name = 'movement', write = {'Position', 'Velocity'}, run = function(tables)\n"
            "    for t in tables do t.Velocity[0].x = 6; t.Position[0].y = 7 end\nend }\n");
        CHECK(difference() == "in system movement Position.y of " + name(entity) + " is 7, not 0");
    }
}

TEST_CASE_FIXTURE(Shadowed, "a component that only the shadow declares as written is compared with what it was") {
    const auto entity = world.create_from(Position{0, 0}, Velocity{5, 0});
    REQUIRE(start({moving("1")}));
    save(
        "dragoman.system { name = 'movement', write = {'Position', 'Velocity'}, run = function(tables)\n"
        "    for t in tables do t.Position[0].x = t.Position[0].x + 1; t.Velocity[0].x = 6 end\nend }\n");
    CHECK(difference() == "in system movement Velocity.x of " + name(entity) + " is 6, not 5");
    CHECK(difference() != "");
    CHECK(world.find<Velocity>(entity)->x == 5);
}

TEST_CASE_FIXTURE(Shadowed, "what a shadow creates otherwise is named, and the handles stay those of the world") {
    REQUIRE(start({spawning("i")}));
    save(spawning("i + 8"));
    const std::string first = difference();
    CHECK(first.starts_with("in system spawn Position.x of entity "));
    CHECK(first.ends_with(" is 8, not 0"));
    difference();
    CHECK(world.query({{*world.find_component("Position")}, {}}).rows() == 4);
}

TEST_CASE_FIXTURE(Shadowed, "a shadow that fails harms nobody") {
    const auto entity = world.create_from(Position{0, 0}, Velocity{0, 0});
    REQUIRE(start({moving("1")}));
    save(moving("error('enough')"));
    CHECK_FALSE(tick().ran);
    REQUIRE(shadow->script->phase() == Phase::lost);
    CHECK(shadow->script->failure()->outcome == Outcome::raised);
    CHECK_FALSE(tick().ran);
    CHECK(world.find<Position>(entity)->x == 2);
}

TEST_CASE_FIXTURE(Shadowed, "a shadow is shown tables and rows that come while it is one") {
    const std::string grows =
        "dragoman.component('Mass', 'm: f32')\n"
        "dragoman.system { name = 'grow', creates = 9000, order = 'PreUpdate', run = function()\n"
        "    for i = 1, 3000 do dragoman.create_entity(\n"
        "        { Position = { x = i }, Velocity = {}, Mass = { m = i } }) end\nend }\n";
    REQUIRE(start({moving("1"), grows}));
    save(moving("1"));
    for (int i = 0; i < 4; ++i) CHECK(difference() == "");
    CHECK(failures == "");
}

TEST_CASE_FIXTURE(Shadowed, "what a shadow cannot be compared in is said before") {
    REQUIRE(start({moving("1", "creates = 3,")}));
    const auto why = [this](const std::string& text) {
        save(text);
        return systems->why_no_shadow(0, *shadow);
    };
    CHECK(why(moving("2")) == "");
    CHECK(why(moving("1", "creates = 4,")) ==
          "system movement creates up to 4 entities, not 3, and the world has put no handles aside for that");
    CHECK(why(moving("1", "every = 2,")) == "system movement has another beat (every, rate)");
    CHECK(why(moving("1", "order = 'PostUpdate',")) == "system movement has another order");
    CHECK(why(moving("1") + "dragoman.component('New', 'n: i32')") == "component New would be new in the world");
    CHECK(why(moving("1") + "dragoman.system { name = 'more', run = function() end }") == "system more is new");
    CHECK(tick().cannot == "system more is new");
}
