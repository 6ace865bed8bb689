#include "ecs/pool.hpp"

#include <sstream>

#include "ecs/snapshot.hpp"
#include "typed_support.hpp"

using namespace dragoman::ecs;

namespace {

struct Game : Space {
    EntityPool bullets(EntityPool::Options options = {.ready = 3}) {
        return EntityPool::of(world, "Bullets", options, Position{1, 2, 3}, Velocity{4, 5, 6});
    }
    static std::string shown(const EntityPool& pool) {
        const auto found = pool.statistics();
        return std::to_string(found.ready) + " ready, " + std::to_string(found.in_use) + " in use, " +
               std::to_string(found.created) + " created, " + std::to_string(found.acquired) + " acquired, " +
               std::to_string(found.released) + " released";
    }
};

}  // namespace

TEST_CASE_FIXTURE(Game, "ready ones are in no query, whatever asks, unless it asks for Parked") {
    auto early = world.query<Position>();
    auto pool = bullets();
    CHECK(world.statistics().entities == 3);
    CHECK(early.rows() == 0);
    CHECK(world.query<const Position, Velocity*>().rows() == 0);
    CHECK(query({"Position"}).empty());
    CHECK(query({}).empty());
    CHECK(query({"Bullets"}).empty());
    CHECK(query({"Position", "Parked"}).size() == 3);
    const auto bullet = pool.acquire();
    CHECK(query({"Position"}) == std::vector{bullet});
    CHECK(early.rows() == 1);
    pool.release(bullet);
    CHECK(early.rows() == 0);
}
TEST_CASE_FIXTURE(Game, "an acquired one has the pool's components with their first values, whoever had it before") {
    auto pool = bullets({.ready = 1});
    const auto first = pool.acquire();
    CHECK(world.find<Position>(first)->y == 2);
    world.edit<Position>(first).y = 9;
    world.remove(first, world.bound<Velocity>());
    add(first, "Dead");
    pool.release(first);
    CHECK_FALSE(has(first, "Dead"));
    const auto second = pool.acquire();
    CHECK(second == first);
    CHECK(world.find<Position>(second)->y == 2);
    CHECK(world.find<Velocity>(second)->x == 4);
    CHECK_FALSE(has(second, "Parked"));
}
TEST_CASE_FIXTURE(Game, "a ready one that somebody changed is put right before it is given out") {
    auto pool = bullets({.ready = 1});
    const auto parked = query({"Parked"}).front();
    add(parked, "Dead");
    world.remove(parked, world.bound<Position>());
    const auto bullet = pool.acquire();
    CHECK(bullet == parked);
    CHECK_FALSE(has(bullet, "Dead"));
    CHECK(world.find<Position>(bullet)->z == 3);
}
TEST_CASE_FIXTURE(Game, "a pool grows when none is ready, up to its most") {
    auto pool = bullets({.ready = 1, .most = 2});
    const auto first = pool.acquire();
    pool.acquire();
    CHECK(shown(pool) == "0 ready, 2 in use, 2 created, 2 acquired, 0 released");
    CHECK(refusal([&] { pool.acquire(); }) == "denied: pool Bullets: all 2 are in use");
    pool.release(first);
    CHECK(shown(pool) == "1 ready, 1 in use, 2 created, 2 acquired, 1 released");
    CHECK(pool.acquire() == first);
}
TEST_CASE_FIXTURE(Game, "one that the game destroys leaves the pool") {
    auto pool = bullets({.ready = 2, .most = 2});
    world.destroy(pool.acquire());
    CHECK(shown(pool) == "1 ready, 0 in use, 2 created, 1 acquired, 0 released");
    pool.fill(2);
    pool.shrink(1);
    CHECK(shown(pool) == "1 ready, 0 in use, 3 created, 1 acquired, 0 released");
}
TEST_CASE_FIXTURE(Game, "what is not in use cannot be given back") {
    auto pool = bullets();
    const auto bullet = pool.acquire();
    pool.release(bullet);
    const auto said = refusal([&] { pool.release(bullet); });
    CHECK(said == "conflict: entity " + std::to_string(to_number(bullet)) + " is ready, not in use, in pool Bullets");
    const auto other = world.create_from(Position{});
    CHECK(says(refusal([&] { pool.release(other); }), "is not of pool Bullets"));
    world.destroy(other);
    CHECK(says(refusal([&] { pool.release(other); }), "no_entity"));
}
TEST_CASE_FIXTURE(Game, "pools keep to themselves, and to what they parked") {
    auto bullets = this->bullets({.ready = 1});
    auto rockets = EntityPool::of(world, "Rockets", {.ready = 1}, Position{7, 7, 7}, Velocity{});
    const auto frozen = world.create_from(Position{}, Velocity{});
    add(frozen, "Parked");
    const auto bullet = bullets.acquire();
    CHECK(bullets.acquire() != frozen);
    CHECK(rockets.statistics().ready == 1);
    CHECK(world.find<Position>(rockets.acquire())->x == 7);
    CHECK(says(refusal([&] { rockets.release(bullet); }), "is not of pool Rockets"));
}
TEST_CASE_FIXTURE(Game, "texts and defaults come back too, in a pool of components by name") {
    declare("Label", {"text: text = none", "size: i32 = 4", "more: json = [1]"});
    const ComponentValues label{world.component("Label"), values("Label", {{"text", "hello"}})};
    EntityPool pool(world, "Labels", {&label, 1}, {.ready = 1});
    const auto entity = pool.acquire();
    CHECK(Space::shown(entity, "Label", "text") == "\"hello\"");
    set(entity, "Label", {{"text", "changed"}, {"size", 9}, {"more", Json{"2"}}});
    pool.release(entity);
    CHECK(pool.acquire() == entity);
    CHECK(Space::shown(entity, "Label", "text") == "\"hello\"");
    CHECK(Space::shown(entity, "Label", "size") == "4");
    CHECK(Space::shown(entity, "Label", "more") == "the JSON \"[1]\"");
}
TEST_CASE_FIXTURE(Game, "what a pool did is rolled back with the world") {
    auto pool = bullets();
    const auto used = pool.acquire();
    const auto before = world.hash();
    world.begin();
    pool.release(used);
    for (int i = 0; i < 5; ++i) world.edit<Position>(pool.acquire()).x = 50;
    world.rollback();
    CHECK(world.hash() == before);
    CHECK(pool.statistics().ready == 2);
    CHECK(pool.statistics().in_use == 1);
    CHECK(world.find<Position>(pool.acquire())->x == 1);
}
TEST_CASE_FIXTURE(Game, "a pool in a loaded world goes on with what is there") {
    auto pool = bullets();
    pool.acquire();
    std::stringstream bytes;
    save(world, bytes);
    Game other;
    load(other.world, bytes);
    auto same = other.bullets({.ready = 2});
    CHECK(shown(same) == "2 ready, 1 in use, 0 created, 0 acquired, 0 released");
    CHECK(same.acquire() == pool.acquire());
    CHECK(other.world.hash() == world.hash());
}
TEST_CASE_FIXTURE(Game, "a pool needs a tag of its own, and each component once") {
    const auto make = [&](const char* tag, auto... components) {
        return refusal([&] { EntityPool::of(world, tag, {}, components...); });
    };
    CHECK(says(make("Parked", Position{}), "conflict: a pool needs a tag of its own"));
    CHECK(says(make("Position", Position{}), "conflict: component Position is declared already"));
    CHECK(says(make("Twice", Position{}, Position{}), "conflict: pool Twice: a component is given twice"));
    CHECK(make("Tags", Dead{}) == "nothing");
}
TEST_CASE_FIXTURE(Space, "a component called Parked that has fields hides nothing") {
    declare("Parked", {"where: text"});
    create({{"Parked", {}}, {"Position", {}}});
    CHECK(query({"Position"}).size() == 1);
}
