#include "support.hpp"

using namespace dragoman::ecs;

namespace {

struct Game : NamedWorld {
    Game() {
        declare("Ball", {"x: f32", "name: text"});
        declare("Dead");
        a = create({{"Ball", {{"x", 1}, {"name", "a"}}}});
        b = create({{"Ball", {{"x", 2}, {"name", "b"}}}});
        c = create({{"Ball", {{"x", 3}, {"name", "c"}}}});
        before = world.hash();
    }
    /// Whether a rolled back transaction leaves everything as it was, and what comes after it too.
    template <class Act>
    bool leaves_no_trace(Act act) {
        world.begin();
        act();
        world.rollback();
        Game untouched;
        return world.hash() == before && query({"Ball"}) == untouched.query({"Ball"}) &&
               create({{"Ball", {}}}) == untouched.create({{"Ball", {}}}) && world.hash() == untouched.world.hash();
    }
    Entity a, b, c;
    std::uint64_t before;
};

}  // namespace

TEST_CASE_FIXTURE(Game, "a rolled back create gives its handle back") {
    CHECK(leaves_no_trace([&] { create({{"Ball", {}}}), world.create(); }));
}
TEST_CASE_FIXTURE(Game, "a rolled back destroy puts the row back where it was") {
    CHECK(leaves_no_trace([&] { world.destroy(a); }));
    CHECK(shown(a, "Ball", "name") == "\"a\"");
    CHECK(shown(c, "Ball", "name") == "\"c\"");
}
TEST_CASE_FIXTURE(Game, "a rolled back add and remove put the row back where it was") {
    CHECK(leaves_no_trace([&] { add(a, "Dead"), remove(b, "Ball"), add(c, "Ball", {{"x", 9}}); }));
}
TEST_CASE_FIXTURE(Game, "a rolled back set restores numbers and texts") {
    CHECK(leaves_no_trace([&] { set(a, "Ball", {{"x", 9}, {"name", "z"}, {"name", "y"}}); }));
    CHECK(shown(a, "Ball", "name") == "\"a\"");
}
TEST_CASE_FIXTURE(Game, "a rolled back declaration takes its tables and queries along") {
    CHECK(leaves_no_trace([&] {
        declare("New", {"n: i32"});
        add(a, "New", {{"n", 5}});
        CHECK(query({"New"}).size() == 1);
        CHECK(query({"Ball"}, {"New"}).size() == 2);
    }));
    CHECK(world.find_component("New") == std::nullopt);
    CHECK(world.statistics().queries == 1);
    declare("New", {"other: text"});
    CHECK(query({"New"}).empty());
}
TEST_CASE_FIXTURE(Game, "reads see the open transaction's writes") {
    world.begin();
    set(a, "Ball", {{"x", 9}});
    CHECK(shown(a, "Ball", "x") == "9");
    world.destroy(b);
    CHECK_FALSE(world.alive(b));
    world.commit();
    CHECK(shown(a, "Ball", "x") == "9");
    CHECK_FALSE(world.alive(b));
    CHECK(world.statistics().undo_records == 0);
}
TEST_CASE_FIXTURE(Game, "an inner transaction is undone alone, and an outer one takes committed inner ones along") {
    world.begin();
    set(a, "Ball", {{"x", 5}});
    world.begin();
    set(a, "Ball", {{"x", 6}});
    world.rollback();
    CHECK(shown(a, "Ball", "x") == "5");
    world.begin();
    set(a, "Ball", {{"x", 7}});
    world.commit();
    CHECK(shown(a, "Ball", "x") == "7");
    world.rollback();
    CHECK(world.hash() == before);
}
TEST_CASE_FIXTURE(Game, "a transaction that is left by an error is rolled back") {
    const auto said = refusal([&] {
        Transaction transaction(world);
        world.destroy(a);
        world.destroy(a);
        transaction.commit();
    });
    CHECK(says(said, "no_entity"));
    CHECK(world.hash() == before);
}
TEST_CASE("the undo log counts against the world's budget, and a refused change can still be rolled back") {
    NamedWorld small({.entities = 1000, .bytes = 1 << 18});
    small.declare("Text", {"t: text"});
    const auto entity = small.create({{"Text", {{"t", "first"}}}});
    const auto before = small.world.hash();
    small.world.begin();
    const auto said = refusal([&] {
        for (int i = 0; i < 1000; ++i) small.set(entity, "Text", {{"t", std::string(1000, 'x')}});
    });
    CHECK(says(said, "denied"));
    small.world.rollback();
    CHECK(small.world.hash() == before);
    CHECK(small.shown(entity, "Text", "t") == "\"first\"");
    small.set(entity, "Text", {{"t", std::string(1000, 'y')}});
}
