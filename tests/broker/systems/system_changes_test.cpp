#include "broker/systems/system_changes.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "tests/ecs/command_support.hpp"

using namespace dragoman;
using ecs::CommandBuffer;

namespace {

struct Ball {
    double x;
    float y;
    std::uint32_t between = 0;  // of no field
};

/// A world with one component and three entities, and what two versions of a system did.
struct Changes {
    Changes() {
        const std::string fields[] = {"x: f64", "y: f32 = 2"};
        ball = world.declare("Ball", fields);
        tag = world.declare("Tag", std::span<const std::string>{});
        for (int i = 0; i < 3; ++i) entities.push_back(world.create({}));
        for (int i = 0; i < 3; ++i) handles.push_back(world.reserve());
    }
    std::string columns(const std::vector<Ball>& played, const std::vector<Ball>& shadow) {
        const auto bytes = [](const std::vector<Ball>& rows) { return std::as_bytes(std::span(rows)); };
        return column_difference(world.schema(ball), std::span(entities).first(played.size()), bytes(played),
                                 bytes(shadow))
            .value_or("");
    }
    std::string commands() { return command_difference(world, handles, played.bytes, shadow.bytes).value_or(""); }
    std::string name(ecs::Entity entity) const { return "entity " + std::to_string(ecs::to_number(entity)); }
    static CommandBuffer::Part ball_of(ecs::ComponentId id, double x, float y) {
        return CommandBuffer::part(id, Ball{x, y});
    }

    ecs::World world;
    ecs::ComponentId ball = 0;
    ecs::ComponentId tag = 0;
    std::vector<ecs::Entity> entities;
    std::vector<ecs::Entity> handles;
    CommandBuffer played;
    CommandBuffer shadow;
};

}  // namespace

TEST_CASE_FIXTURE(Changes, "a field that is different is named with its entity and both values, and rows are counted") {
    CHECK(columns({{1, 2}, {3, 4}}, {{1, 2}, {3, 4}}) == "");
    CHECK(columns({{1, 2}, {3, 4}}, {{1, 2}, {3, 3.5}}) == "Ball.y of " + name(entities[1]) + " is 3.5, not 4");
    CHECK(columns({{1, 2}, {3, 4}, {5, 6}}, {{0, 2}, {0, 4}, {0, 6}}) ==
          "Ball.x of " + name(entities[0]) + " is 0, not 1 (and so in 2 more rows)");
}

TEST_CASE_FIXTURE(Changes, "bytes between the fields do not count, and NaN is the same as itself") {
    CHECK(columns({{1, 2, 0}}, {{1, 2, 77}}) == "");
    const double nan = std::numeric_limits<double>::quiet_NaN();
    CHECK(columns({{nan, 2, 1}}, {{nan, 2}}) == "");
    CHECK(columns({{nan, 2}}, {{-nan, 2}}) == "Ball.x of " + name(entities[0]) + " is -nan, not nan");
}

TEST_CASE_FIXTURE(Changes, "other commands that come to the same are the same") {
    played.write(DRAGOMAN_CREATE_MANY, handles[0], {CommandBuffer::part(ball, Ball{1, 2}, Ball{3, 2})}, 2);
    played.write(DRAGOMAN_SET, entities[0], {ball_of(ball, 5, 5)});
    shadow.write(DRAGOMAN_CREATE, handles[0]);
    shadow.write(DRAGOMAN_ADD, handles[0], {ball_of(ball, 1, 2)});
    shadow.write(DRAGOMAN_CREATE, handles[1], {{ball, {}}});
    shadow.write(DRAGOMAN_SET, handles[1], {ball_of(ball, 3, 2)});
    shadow.write(DRAGOMAN_ADD, entities[0], {ball_of(ball, 5, 5)});
    CHECK(commands() == "");
}

TEST_CASE_FIXTURE(Changes, "values of what is created are compared, defaults too") {
    played.write(DRAGOMAN_CREATE, handles[0], {{ball, {}}});
    shadow.write(DRAGOMAN_CREATE, handles[0], {ball_of(ball, 0, 3)});
    CHECK(commands() == "Ball.y of " + name(handles[0]) + " is 3, not 2");
}

TEST_CASE_FIXTURE(Changes, "what only one of them does is named") {
    SUBCASE("created by the one that plays") {
        played.write(DRAGOMAN_CREATE, handles[0]);
        CHECK(commands() == "it does not create " + name(handles[0]));
    }
    SUBCASE("created by the shadow") {
        shadow.write(DRAGOMAN_CREATE, handles[0]);
        CHECK(commands() == "it creates " + name(handles[0]) + ", and the version that plays does not");
    }
    SUBCASE("destroyed by the one that plays") {
        played.write(DRAGOMAN_DESTROY, entities[1]);
        shadow.write(DRAGOMAN_ADD, entities[1], {{tag, {}}});
        CHECK(commands() == "it does not destroy " + name(entities[1]));
    }
    SUBCASE("a component that the shadow sets") {
        shadow.write(DRAGOMAN_ADD, entities[1], {{tag, {}}});
        CHECK(commands() == "it sets Tag of " + name(entities[1]) + ", and the version that plays does not");
    }
    SUBCASE("a component that the one that plays removes") {
        played.write(DRAGOMAN_REMOVE, entities[1], {{tag, {}}});
        CHECK(commands() == "it does not remove Tag of " + name(entities[1]));
    }
}

TEST_CASE_FIXTURE(Changes, "another order of entities is a difference, since rows come to lie in it") {
    played.write(DRAGOMAN_DESTROY, entities[0]);
    played.write(DRAGOMAN_DESTROY, entities[1]);
    shadow.write(DRAGOMAN_DESTROY, entities[1]);
    shadow.write(DRAGOMAN_DESTROY, entities[0]);
    CHECK(commands() == "it changes its entities in another order");
}

TEST_CASE_FIXTURE(Changes, "changes of the shadow that cannot be made are a difference") {
    for (int i = 0; i < 4; ++i) shadow.write(DRAGOMAN_CREATE, handles[0]);
    CHECK(commands() ==
          "its changes cannot be made: command 4 (create, at byte 72): it creates 1, and 0 reserved "
          "handles are left");
}
