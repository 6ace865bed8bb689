#include "ecs/guard.hpp"

#include "typed_support.hpp"

using namespace dragoman::ecs;

TEST_CASE_FIXTURE(Space, "a guarded entity ends with its scope") {
    Entity entity;
    {
        const auto guard = create_guarded(world, Position{1, 2, 3}, Velocity{});
        entity = guard.entity();
        CHECK(world.find<Position>(entity)->x == 1);
    }
    CHECK_FALSE(world.alive(entity));
}
TEST_CASE_FIXTURE(Space, "one that is kept stays") {
    Entity entity;
    {
        auto guard = create_guarded(world, Position{});
        entity = guard.keep();
        CHECK_FALSE(guard);
        CHECK_FALSE(guard.keep());
    }
    CHECK(world.alive(entity));
}
TEST_CASE_FIXTURE(Space, "an exception takes the entity along") {
    const auto run = [&] {
        const auto guard = create_guarded(world, Position{});
        world.edit<Velocity>(guard.entity());
    };
    CHECK(says(refusal(run), "no_component"));
    CHECK(world.statistics().entities == 0);
}
TEST_CASE_FIXTURE(Space, "guards move, and what one guarded before ends") {
    auto first = create_guarded(world, Position{});
    const auto entity = first.entity();
    EntityGuard second(std::move(first));
    CHECK(second.entity() == entity);
    CHECK_FALSE(first);
    second = create_guarded(world, Position{});
    CHECK_FALSE(world.alive(entity));
    CHECK(world.statistics().entities == 1);
    auto& same = second;
    second = std::move(same);
    CHECK(second);
    std::vector<EntityGuard> many;
    for (int i = 0; i < 20; ++i) many.push_back(create_guarded(world, Velocity{}));
    CHECK(world.statistics().entities == 21);
    many.clear();
    CHECK(world.statistics().entities == 1);
}
TEST_CASE_FIXTURE(Space, "an entity that is gone already is left alone, and so is the next one with its index") {
    Entity next;
    {
        const auto guard = create_guarded(world, Position{});
        world.destroy(guard.entity());
        CHECK_FALSE(guard);
        next = world.create_from(Position{});
    }
    CHECK(world.alive(next));
    const EntityGuard of_nobody(world, Entity{7, 7});
    CHECK_FALSE(of_nobody);
}
TEST_CASE_FIXTURE(Space,
                  "an entity whose creation was rolled back is not mistaken for the one that has its handle now") {
    Entity next;
    {
        world.begin();
        const auto guard = create_guarded(world, Position{});
        const auto handle = guard.entity();
        world.rollback();
        CHECK_FALSE(guard);
        next = world.create_from(Velocity{});
        CHECK(next == handle);
        CHECK_FALSE(guard);
        const EntityGuard other(world, next);
        CHECK(other);
    }
    CHECK_FALSE(world.alive(next));
    {
        world.begin();
        const auto guard = create_guarded(world, Position{});
        world.rollback();
        next = world.create_from(Velocity{});
    }
    CHECK(world.alive(next));
}
TEST_CASE_FIXTURE(Space, "an entity from before the transaction is guarded through its rollback") {
    Entity entity;
    {
        const auto guard = create_guarded(world, Position{});
        entity = guard.entity();
        world.begin();
        world.destroy(entity);
        CHECK_FALSE(guard);
        world.rollback();
        CHECK(guard.entity() == entity);
        world.begin();
        const EntityGuard second(world, entity);
        world.rollback();
        CHECK(second);
    }
    CHECK_FALSE(world.alive(entity));
}
TEST_CASE_FIXTURE(Space, "the end of a scope inside a transaction is rolled back with it") {
    const auto entity = world.create_from(Position{4, 5, 6});
    const auto before = world.hash();
    world.begin();
    { const EntityGuard guard(world, entity); }
    CHECK_FALSE(world.alive(entity));
    world.rollback();
    CHECK(world.hash() == before);
}
TEST_CASE_FIXTURE(Space, "a cleared world leaves guards with nothing") {
    auto guard = create_guarded(world, Position{});
    world.clear();
    const auto next = world.create();
    CHECK_FALSE(guard);
    guard = {};
    CHECK(world.alive(next));
}
TEST_CASE("where the undo log has no room, destroy says so, and the end of the scope leaves the entity") {
    Space small({.entities = 1000, .bytes = 1 << 17});
    auto& world = small.world;
    const auto entity = world.create_from(Position{});
    small.declare("Text", {"t: text"});
    const auto filler = small.create({{"Text", {}}});
    const auto before = world.hash();
    world.begin();
    {
        EntityGuard guard(world, entity);
        CHECK(says(refusal([&] {
                       for (;;) small.set(filler, "Text", {{"t", std::string(100, 'x')}});
                   }),
                   "denied"));
        CHECK(says(refusal([&] {
                       for (;;) world.edit<Position>(entity).x += 1;
                   }),
                   "denied"));
        if (refusal([&] { guard.destroy(); }) != "nothing") CHECK(guard);
    }
    world.rollback();
    CHECK(world.hash() == before);
}
