#include <atomic>
#include <numeric>
#include <stdexcept>

#include "typed_support.hpp"

using namespace dragoman::ecs;

TEST_CASE_FIXTURE(Space, "the same types give the same query, and other terms another") {
    auto query = world.query<Position, const Velocity>();
    CHECK(&query.untyped() == &world.query<Position, const Velocity>().untyped());
    CHECK(&query.untyped() == &world.query<const Velocity, const Position>().untyped());
    CHECK(&query.without<Dead>().untyped() != &query.untyped());
    CHECK(&query.without<Dead>().untyped() == &query.without<Dead>().untyped());
}
TEST_CASE_FIXTURE(Space, "with and without choose the tables, and a query sees tables that come later") {
    auto moving = world.query<Position>().with<Velocity>();
    auto living = world.query<Position>().without<Dead>();
    auto mourned = world.query<const Position>().with<Dead, Velocity>();
    CHECK(moving.rows() == 0);
    world.create_from(Position{}, Velocity{});
    world.create_from(Position{});
    world.create_from(Position{}, Dead{});
    world.create_from(Position{}, Dead{}, Velocity{});
    CHECK(moving.rows() == 2);
    CHECK(living.rows() == 2);
    CHECK(mourned.rows() == 1);
}
TEST_CASE_FIXTURE(Space, "an optional component is a pointer, null where it is not there") {
    const auto still = world.create_from(Position{1, 0, 0});
    const auto moving = world.create_from(Position{1, 0, 0}, Velocity{5, 0, 0});
    const auto dead = world.create_from(Position{1, 0, 0}, Dead{});
    std::vector<Entity> mourned;
    world.query<Position, const Velocity*, Dead*>().each(
        [&](Entity entity, Position& position, const Velocity* velocity, Dead* gone) {
            if (velocity) position.x += velocity->x;
            if (gone) mourned.push_back(entity);
        });
    CHECK(world.find<Position>(still)->x == 1);
    CHECK(world.find<Position>(moving)->x == 6);
    CHECK(mourned == std::vector{dead});

    std::size_t with = 0, all = 0;
    world.query<const Position, Velocity*>().each_table(
        [&](auto entities, std::span<const Position> positions, std::span<Velocity> velocities) {
            CHECK(entities.size() == positions.size());
            all += positions.size();
            with += velocities.size();
        });
    CHECK(all == 3);
    CHECK(with == 1);
}
TEST_CASE_FIXTURE(Space, "an optional component that is written is rolled back, and one that is read is not saved") {
    world.create_from(Position{1, 0, 0}, Velocity{5, 0, 0});
    world.create_from(Position{1, 0, 0});
    const auto before = world.hash();
    world.begin();
    world.query<const Position, const Velocity*>().each([](const Position&, const Velocity*) {});
    CHECK(world.statistics().undo_records == 0);
    world.query<const Position, Velocity*>().each([](const Position&, Velocity* velocity) {
        if (velocity) velocity->x = 9;
    });
    CHECK(world.hash() != before);
    world.rollback();
    CHECK(world.hash() == before);
}
TEST_CASE_FIXTURE(Space, "queries come back after what they asked for was rolled back, declared anew, or bound anew") {
    struct Late {
        std::int32_t n;
    };
    const auto late = [&] { return world.bind<Late>("Late", field("n", &Late::n)); };
    world.begin();
    late();
    world.create_from(Late{1});
    CHECK(world.query<Late>().rows() == 1);
    world.rollback();
    late();
    CHECK(world.query<Late>().rows() == 0);
    world.create_from(Late{2});
    CHECK(world.query<Late>().rows() == 1);
    world.clear();
    late();
    CHECK(world.query<Late>().rows() == 0);
    world.create_from(Late{3});
    world.bind<Late>("Later", field("n", &Late::n));
    CHECK(world.query<Late>().rows() == 0);
}

TEST_CASE_FIXTURE(Space, "parallel visitors leave what one thread leaves, whatever the number of threads") {
    fill(3 * parallel_rows + 17);
    const auto run = [](World& in) {
        in.for_each_parallel<Position, const Velocity>([](Entity entity, Position& position, const Velocity& velocity) {
            position.x += velocity.x * static_cast<float>(entity.index % 7);
        });
        in.query<Position>().without<Dead>().each_table_parallel([](auto entities, std::span<Position> positions) {
            CHECK(entities.size() <= parallel_rows);
            for (auto& position : positions) position.y = position.x * 2;
        });
        return in.hash();
    };
    Space alone;
    alone.fill(3 * parallel_rows + 17);
    alone.world.for_each<Position, const Velocity>([](Entity entity, Position& position, const Velocity& velocity) {
        position.x += velocity.x * static_cast<float>(entity.index % 7);
    });
    alone.world.query<Position>().without<Dead>().each([](Position& position) { position.y = position.x * 2; });
    const auto expected = alone.world.hash();
    CHECK(run(world) == expected);
    for (const unsigned threads : {1U, 2U, 3U, 8U}) {
        Space other;
        other.fill(3 * parallel_rows + 17);
        other.world.use_threads(threads);
        CHECK(other.world.workers().threads() == threads);
        CHECK(run(other.world) == expected);
    }
}
TEST_CASE_FIXTURE(Space, "each row is visited once, in large tables and in many small ones") {
    fill(2 * parallel_rows + 1);
    for (int i = 0; i < 40; ++i) {
        declare("Tag" + std::to_string(i));
        for (int j = 0; j < i; ++j) add(world.create_from(Position{}), "Tag" + std::to_string(i));
    }
    const auto rows = world.query<const Position>().rows();
    std::vector<std::atomic<int>> visits(world.statistics().entities);
    world.for_each_parallel<const Position>([&](Entity entity, const Position&) { ++visits[entity.index]; });
    std::size_t visited = 0;
    for (const auto& count : visits) {
        CHECK(count <= 1);
        visited += static_cast<std::size_t>(count);
    }
    CHECK(visited == rows);
    CHECK(visited == visits.size());
}
TEST_CASE_FIXTURE(Space, "what parallel visitors wrote is rolled back") {
    fill(2 * parallel_rows);
    const auto before = world.hash();
    world.begin();
    world.for_each_parallel<Position>([](Position& position) { position.z += 1; });
    CHECK(world.hash() != before);
    world.rollback();
    CHECK(world.hash() == before);
}
TEST_CASE_FIXTURE(Space, "an exception of a parallel visitor comes out, and the world can be used") {
    fill(4 * parallel_rows);
    const auto before = world.hash();
    const auto run = [&] {
        Transaction transaction(world);
        world.for_each_parallel<Position>([](Entity entity, Position& position) {
            position.x = 1;
            if (entity.index == parallel_rows + 5) throw std::runtime_error("enough");
        });
        transaction.commit();
    };
    CHECK_THROWS_WITH(run(), "enough");
    CHECK(world.hash() == before);
    world.create_from(Position{});
}
TEST_CASE_FIXTURE(Space, "a parallel visitor may read other entities") {
    const auto target = world.create_from(Velocity{3, 0, 0});
    fill(2 * parallel_rows);
    world.for_each_parallel<Position>([&](Position& position) { position.x = world.find<Velocity>(target)->x; });
    CHECK(world.find<Position>(Entity{5, 1})->x == 3);
}
TEST_CASE_FIXTURE(Space, "no rows, no calls") {
    int calls = 0;
    world.for_each_parallel<Position>([&](Position&) { ++calls; });
    world.destroy(world.create_from(Position{}));
    world.for_each_parallel<Position>([&](Position&) { ++calls; });
    CHECK(calls == 0);
}

TEST_CASE_FIXTURE(Space, "accesses are counted where that is asked for") {
    const auto entity = world.create_from(Position{}, Velocity{});
    world.create_from(Position{});
    const auto shown = [&](auto id) {
        const auto found = world.accesses(id);
        return std::to_string(found.reads) + " read, " + std::to_string(found.writes) + " written";
    };
    const auto position = world.bound<Position>(), velocity = world.bound<Velocity>();
    world.find<Position>(entity);
    CHECK(shown(position) == "0 read, 0 written");

    world.count_accesses(true);
    world.find<Position>(entity);
    world.edit<Position>(entity).x = 1;
    CHECK(shown(position) == "1 read, 1 written");
    world.for_each<Position, const Velocity*>([](Position&, const Velocity*) {});
    CHECK(shown(position) == "1 read, 3 written");
    CHECK(shown(velocity) == "1 read, 0 written");
    world.for_each_parallel<const Position>([](const Position&) {});
    CHECK(shown(position) == "3 read, 3 written");

    world.count_accesses(true);
    CHECK(shown(position) == "0 read, 0 written");
    world.count_accesses(false);
    world.find<Position>(entity);
    CHECK(shown(position) == "0 read, 0 written");
}
