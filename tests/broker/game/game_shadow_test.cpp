#include <doctest/doctest.h>

#include "broker/game/game_shadow.hpp"

using namespace dragoman;

namespace {

/// Two worlds that begin the same: one Ball at x = 1, with a name.
struct Worlds {
    Worlds() {
        for (ecs::World* world : {&played, &shadow}) {
            const std::string fields[] = {"x: f64", "name: text"};
            ball = world->declare("Ball", fields);
            const ecs::ComponentValues values{ball, {{0, 1.0}, {1, std::string("first")}}};
            entity = world->create({&values, 1});
        }
    }
    std::string difference() { return world_difference(played, shadow); }

    ecs::World played;
    ecs::World shadow;
    ecs::ComponentId ball = 0;
    ecs::Entity entity;
};

bool says(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE_FIXTURE(Worlds, "the field that is another one is named, with both values") {
    shadow.set(entity, ball, 0, 2.5);
    CHECK(says(difference(), "Ball.x of entity"));
    CHECK(says(difference(), "is 2.5, not 1"));
}

TEST_CASE_FIXTURE(Worlds, "an entity that the shadow does not have is named") {
    shadow.destroy(entity);
    CHECK(says(difference(), "does not live"));
}

TEST_CASE_FIXTURE(Worlds, "a component that the shadow has taken off is named") {
    shadow.remove(entity, ball);
    CHECK(says(difference(), "has no Ball"));
}

TEST_CASE_FIXTURE(Worlds, "entities that only the shadow has are counted") {
    const ecs::ComponentValues values{ball, {}};
    shadow.create({&values, 1});
    CHECK(difference() == "2 entities have Ball, not 1");
}
