#include "ecs/world.hpp"

#include "support.hpp"

using namespace dragoman::ecs;

namespace {

struct Game : NamedWorld {
    Game() {
        declare("Ball", {"x: f32", "y: f32", "speed: f32 = 7"});
        declare("Name", {"text: text = \"nobody\"", "data: json"});
        declare("Dead");
    }
};

}  // namespace

TEST_CASE("a handle is exact in a double and never zero") {
    CHECK(to_number({0, 1}) == 4294967296);
    CHECK(to_number({0xffffffff, last_generation}) == (std::uint64_t{1} << 52) - 1);
    CHECK(from_number(4294967296) == Entity{0, 1});
    CHECK_FALSE(from_number(0));
    CHECK_FALSE(from_number(4294967295));
    CHECK_FALSE(from_number(std::uint64_t{1} << 52));
}

TEST_CASE_FIXTURE(Game, "an entity is created with values, and defaults for the rest") {
    const auto ball = create({{"Ball", {{"x", 93}, {"y", 395}}}, {"Name", {}}});
    CHECK(to_number(ball) == 4294967296);
    CHECK(shown(ball, "Ball", "x") == "93");
    CHECK(shown(ball, "Ball", "speed") == "7");
    CHECK(shown(ball, "Name", "text") == "\"nobody\"");
    CHECK(has(ball, "Ball"));
    CHECK_FALSE(has(ball, "Dead"));
}

TEST_CASE_FIXTURE(Game, "a destroyed entity's handle is stale, and its index comes again") {
    const auto first = create({{"Ball", {}}});
    world.destroy(first);
    CHECK_FALSE(world.alive(first));
    CHECK_FALSE(has(first, "Ball"));
    const auto second = create({{"Ball", {}}});
    CHECK(second == Entity{0, 2});
    CHECK_FALSE(world.alive(first));
    CHECK(says(refusal([&] { world.destroy(first); }), "no_entity: entity 4294967296 does not live"));
    CHECK(says(refusal([&] { set(first, "Ball", {}); }), "no_entity"));
    CHECK(says(refusal([&] { add(first, "Dead"); }), "no_entity"));
    CHECK(says(refusal([&] { get({99, 1}, "Ball", "x"); }), "no_entity"));
}

TEST_CASE_FIXTURE(Game, "an index whose generations are used up is retired") {
    auto entity = world.create();
    while (entity.generation < last_generation) {
        world.destroy(entity);
        entity = world.create();
        REQUIRE(entity.index == 0);
    }
    world.begin();
    world.destroy(entity);
    CHECK(world.create() == Entity{1, 1});
    world.rollback();
    CHECK(world.alive(entity));
    world.destroy(entity);
    CHECK_FALSE(world.alive({0, 0}));
    CHECK(world.create() == Entity{1, 1});
}

TEST_CASE_FIXTURE(Game, "set changes only the fields that are given, add makes the component new") {
    const auto ball = create({{"Ball", {{"x", 1}, {"y", 2}}}, {"Name", {{"text", "bob"}}}});
    set(ball, "Ball", {{"x", 10}});
    CHECK(shown(ball, "Ball", "x") == "10");
    CHECK(shown(ball, "Ball", "y") == "2");
    set(ball, "Name", {{"data", Json{"[1]"}}});
    CHECK(shown(ball, "Name", "text") == "\"bob\"");
    add(ball, "Ball", {{"y", 5}});
    CHECK(shown(ball, "Ball", "x") == "0");
    CHECK(shown(ball, "Ball", "y") == "5");
    add(ball, "Name");
    CHECK(shown(ball, "Name", "text") == "\"nobody\"");
}

TEST_CASE_FIXTURE(Game, "a refused set changes nothing") {
    const auto ball = create({{"Ball", {}}, {"Name", {}}});
    CHECK(says(refusal([&] { set(ball, "Ball", {{"x", 1}, {"y", "far"}}); }), "Ball.y"));
    CHECK(shown(ball, "Ball", "x") == "0");
}

TEST_CASE_FIXTURE(Game, "components come and go, and the others keep their values") {
    const auto a = create({{"Ball", {{"x", 1}}}, {"Name", {{"text", "a"}}}});
    const auto b = create({{"Ball", {{"x", 2}}}, {"Name", {{"text", "b"}}}});
    add(a, "Dead");
    CHECK(shown(a, "Name", "text") == "\"a\"");
    CHECK(shown(b, "Name", "text") == "\"b\"");
    remove(a, "Name");
    CHECK(shown(a, "Ball", "x") == "1");
    CHECK(says(refusal([&] { remove(a, "Name"); }), "no_component: entity 4294967296 has no component Name"));
    CHECK(says(refusal([&] { get(a, "Name", "text"); }), "no_component"));
    remove(a, "Ball");
    remove(a, "Dead");
    CHECK(world.alive(a));
    CHECK(shown(b, "Ball", "x") == "2");
}

TEST_CASE_FIXTURE(Game, "unknown names are refused with the known ones") {
    CHECK(refusal([&] { world.component("Bal"); }) ==
          "unknown_component: no component is called \"Bal\"; there are Ball, Name, Dead");
    CHECK(refusal([&] { world.schema(0).field("z"); }) ==
          "unknown_field: component Ball has no field \"z\"; it has x, y, speed");
}

TEST_CASE_FIXTURE(Game, "declaring the same again is fine, differently is a conflict") {
    CHECK(declare("Ball", {"x: f32", "y : f32", "speed: f32 = 7.0"}) == 0);
    CHECK(says(refusal([&] { declare("Ball", {"x: f32"}); }), "conflict: component Ball is declared already"));
    const auto now = [&](std::vector<std::string> fields) {
        return refusal([&] { declare("Ball", std::move(fields)); });
    };
    CHECK(now({"x: f32", "y: f64", "speed: f32 = 7"}) ==
          "conflict: component Ball is declared already, and differently: field y is f64 here, f32 in the earlier "
          "declaration");
    CHECK(says(now({"x: f32", "y: f32[2]", "speed: f32 = 7"}), "field y is f32[2] here, f32 in"));
    CHECK(says(now({"x: f32", "z: f32", "speed: f32 = 7"}), "field 2 is called z here, y in the earlier"));
    CHECK(says(now({"x: f32", "y: f32", "speed: f32 = 8"}), "the default of field speed is 8.0 here, 7.0 in"));
    CHECK(says(now({"x: f32", "y: f32"}), "field speed is in the earlier declaration, and not here"));
    CHECK(says(now({"x: f32", "y: f32", "speed: f32 = 7", "n: u8"}), "field n is here, and not in the earlier"));
    CHECK(says(refusal([&] { create({{"Dead", {}}, {"Dead", {}}}); }), "conflict: component Dead is given twice"));
}

TEST_CASE_FIXTURE(Game, "a query gives tables in the order of creation, then rows") {
    const auto a = create({{"Ball", {}}});
    const auto b = create({{"Ball", {}}, {"Dead", {}}});
    const auto c = create({{"Ball", {}}});
    const auto d = create({{"Name", {}}});
    CHECK(query({"Ball"}) == std::vector{a, c, b});
    CHECK(query({"Ball"}, {"Dead"}) == std::vector{a, c});
    CHECK(query({}, {"Ball"}) == std::vector{d});
    CHECK(query({"Ball", "Ball"}) == std::vector{a, c, b});
    add(d, "Ball");
    CHECK(query({"Ball"}) == std::vector{a, c, b, d});
    world.destroy(a);
    CHECK(query({"Ball"}) == std::vector{c, b, d});
    CHECK(world.statistics().queries == 3);
}

TEST_CASE_FIXTURE(Game, "statistics tell what each component takes") {
    for (int i = 0; i < 100; ++i) create({{"Ball", {}}});
    create({{"Ball", {}}, {"Name", {{"text", std::string(5000, 'x')}}}});
    const auto all = world.component_statistics();
    REQUIRE(all.size() == 3);
    CHECK(all[0].tables == 2);
    CHECK(all[0].rows == 101);
    CHECK(all[0].column_bytes >= 101 * 12);
    CHECK(all[0].file_bytes >= all[0].column_bytes);
    CHECK(all[0].text_bytes == 0);
    CHECK(all[1].rows == 1);
    CHECK(all[1].text_bytes > 5000);
    CHECK(all[1].file_bytes == 0);
    CHECK(all[2].tables == 0);
}

TEST_CASE_FIXTURE(Game, "a cleared world is as a new one") {
    Game fresh;
    const auto old = create({{"Ball", {}}, {"Name", {{"text", "bob"}}}});
    world.destroy(create({{"Dead", {}}}));
    world.clear();
    CHECK_FALSE(world.alive(old));
    CHECK(world.component_count() == 0);
    CHECK(world.statistics().bytes < 100000);
    declare("Ball", {"x: f32", "y: f32", "speed: f32 = 7"});
    declare("Name", {"text: text = \"nobody\"", "data: json"});
    declare("Dead");
    CHECK(create({{"Ball", {}}}) == fresh.create({{"Ball", {}}}));
    CHECK(world.hash() == fresh.world.hash());
}

TEST_CASE("a full world refuses more, and goes on") {
    NamedWorld small({.entities = 3, .components = 2, .tables = 2, .queries = 1, .bytes = 1 << 20});
    small.declare("A", {"x: f64[100]", "t: text"});
    small.declare("B");
    CHECK(says(refusal([&] { small.declare("C"); }), "denied: the world may hold 2 components"));
    const auto a = small.create({{"A", {}}});
    CHECK(says(refusal([&] { small.set(a, "A", {{"t", std::string(2 << 20, 'x')}}); }), "denied: the world is full"));
    small.create({{"A", {}}});
    small.create({{"B", {}}});
    CHECK(says(refusal([&] { small.create({{"A", {}}}); }), "denied: the world is full: it may hold 3 entities"));
    CHECK(says(refusal([&] { small.add(a, "B"); }), "denied: the world may hold 2 different sets"));
    small.query({"A"});
    CHECK(says(refusal([&] { small.query({"B"}); }), "denied"));
    CHECK(small.query({"A"}).size() == 2);
}

TEST_CASE("changes are applied in order, all or none, and the refused one is named") {
    Game game;
    const auto ball = game.create({{"Ball", {}}});
    const auto before = game.world.hash();
    std::vector<Change> changes{Set{ball, {0, {{0, 5}}}}, Add{ball, {2, {}}}, Create{{{0, {{1, 3}}}}}};
    changes.push_back(Set{ball, {0, {{0, "far"}}}});
    CHECK(
        says(refusal([&] { apply_changes(game.world, changes); }), "bad_value: change 4 (set): Ball.x: expected f32"));
    CHECK(game.world.hash() == before);
    changes.pop_back();
    CHECK(apply_changes(game.world, changes) == std::vector{Entity{1, 1}});
    CHECK(game.shown(ball, "Ball", "x") == "5");
    CHECK(game.has(ball, "Dead"));
    apply_changes(game.world, std::vector<Change>{Remove{ball, 2}, Destroy{{1, 1}}});
    CHECK(game.query({"Ball"}) == std::vector{ball});
}

TEST_CASE("the hash does not tell in which order components were declared") {
    const auto filled = [](NamedWorld& game) {
        game.create({{"Ball", {{"x", 5}}}, {"Score", {{"points", 3}}}});
        return game.world.hash();
    };
    NamedWorld one;
    one.declare("Ball", {"x: f32"});
    one.declare("Score", {"points: i32"});
    NamedWorld other;
    other.declare("Score", {"points: i32"});
    other.declare("Ball", {"x: f32"});
    CHECK(filled(one) == filled(other));
}
