#include "support.hpp"

using namespace dragoman::ecs;

namespace {

struct Position {
    float x, y, z;
};
struct Velocity {
    float x, y, z;
};
struct Body {
    std::uint8_t kind;
    std::array<double, 2> size;
    Entity owner;
    bool solid;
};
struct Dead {};

ComponentId bind_position(World& world) {
    return world.bind<Position>("Position", field("x", &Position::x), field("y", &Position::y),
                                field("z", &Position::z));
}
ComponentId bind_velocity(World& world) {
    return world.bind<Velocity>("Velocity", field("x", &Velocity::x), field("y", &Velocity::y),
                                field("z", &Velocity::z));
}

struct Space : NamedWorld {
    Space() {
        bind_position(world);
        bind_velocity(world);
        world.bind<Dead>("Dead");
    }
};

}  // namespace

TEST_CASE_FIXTURE(Space, "for_each visits all that have the components, in order, and writes through") {
    const auto a = world.create_from(Position{1, 2, 3}, Velocity{1, 1, 1});
    const auto b = world.create_from(Position{5, 5, 5});
    const auto c = world.create_from(Velocity{2, 0, 0}, Dead{}, Position{0, 0, 0});
    std::vector<Entity> seen;
    world.for_each<Position, const Velocity>([&](Entity entity, Position& position, const Velocity& velocity) {
        seen.push_back(entity);
        position.x += velocity.x;
    });
    CHECK(seen == std::vector{a, c});
    CHECK(shown(a, "Position", "x") == "2");
    CHECK(shown(b, "Position", "x") == "5");
    CHECK(world.find<Position>(c)->x == 2);
    int dead = 0;
    world.for_each<const Dead>([&](const Dead&) { ++dead; });
    CHECK(dead == 1);
    int living = 0;
    auto& query = world.query({{world.bound<Position>()}, {world.bound<Dead>()}});
    world.for_each<const Position>(query, [&](const Position&) { ++living; });
    CHECK(living == 2);
}

TEST_CASE_FIXTURE(Space, "for_each_table gives the columns as arrays") {
    const auto a = world.create_from(Position{1, 2, 3}, Velocity{1, 1, 1});
    const auto b = world.create_from(Position{5, 5, 5}, Velocity{2, 0, 0});
    world.for_each_table<Position, const Velocity>(
        [&](std::span<const Entity> entities, std::span<Position> positions, std::span<const Velocity> velocities) {
            CHECK(entities.size() == 2);
            for (std::size_t i = 0; i < positions.size(); ++i) positions[i].x += velocities[i].x;
        });
    CHECK(shown(a, "Position", "x") == "2");
    CHECK(shown(b, "Position", "x") == "7");
}

TEST_CASE_FIXTURE(Space, "find gives null, edit an error, where there is nothing") {
    const auto a = world.create_from(Position{1, 2, 3});
    CHECK(world.find<Velocity>(a) == nullptr);
    CHECK(world.find<Dead>(a) == nullptr);
    CHECK(says(refusal([&] { world.edit<Velocity>(a); }), "no_component"));
    world.edit<Position>(a).y = 9;
    CHECK(shown(a, "Position", "y") == "9");
    world.destroy(a);
    CHECK(world.find<Position>(a) == nullptr);
}

TEST_CASE_FIXTURE(Space, "typed writes are hashed and rolled back") {
    const auto a = world.create_from(Position{1, 2, 3}, Velocity{1, 1, 1});
    const auto b = world.create_from(Position{1, 2, 3});
    const auto before = world.hash();
    const auto move = [&] { world.for_each<Position>([](Position& position) { position.x += 1; }); };

    world.begin();
    move();
    CHECK(world.hash() != before);
    world.add(b, world.bound<Velocity>());
    move();
    world.edit<Position>(b).z = 0;
    world.begin();
    move();
    world.rollback();
    CHECK(world.find<Position>(a)->x == 3);
    CHECK(world.find<Position>(b)->x == 3);
    world.destroy(a);
    move();
    world.create_from(Position{}, Velocity{});
    move();
    world.rollback();
    CHECK(world.hash() == before);
    CHECK(world.find<Position>(b)->x == 1);
    CHECK(world.find<Position>(b)->z == 3);
}

TEST_CASE_FIXTURE(Space, "reading does not count as writing") {
    world.create_from(Position{});
    world.begin();
    world.for_each<const Position>([](const Position&) {});
    CHECK(world.statistics().undo_records == 0);
    world.rollback();
}

TEST_CASE("a struct is compared with the component that a script declared") {
    NamedWorld named;
    auto& world = named.world;
    named.declare("Body", {"kind: u8", "size: f64[2]", "name: text", "owner: entity", "solid: bool"});
    const auto bind = [&](const char* kind, auto member) {
        return refusal([&] {
            world.bind<Body>("Body", field(kind, member), field("size", &Body::size), field("owner", &Body::owner),
                             field("solid", &Body::solid));
        });
    };
    CHECK(bind("kind", &Body::kind) == "nothing");
    CHECK(says(bind("sort", &Body::kind), "conflict: the C++ struct for component Body(kind: u8, size: f64[2]"));
    CHECK(says(bind("kind", &Body::solid), "it has \"kind: bool\" in place 1"));

    named.declare("Velocity", {"x: f32", "y: f32"});
    CHECK(says(refusal([&] { bind_velocity(world); }), "it has 3 fields, and the component 2 plain ones"));
    const auto incomplete = [&] { world.bind<Position>("Half", field("x", &Position::x), field("z", &Position::z)); };
    CHECK(says(refusal(incomplete), "field z is at byte 8, not 4"));
    CHECK(world.find_component("Half") == std::nullopt);

    const auto entity = world.create_from(Body{2, {1, 2}, {}, true});
    CHECK(named.shown(entity, "Body", "solid") == "true");
    CHECK(named.shown(entity, "Body", "name") == "\"\"");
    CHECK(world.find<Body>(entity)->size[1] == 2);
}
