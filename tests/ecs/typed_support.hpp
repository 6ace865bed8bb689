#pragma once

#include "support.hpp"

namespace dragoman::ecs {

struct Position {
    float x, y, z;
};
struct Velocity {
    float x, y, z;
};
struct Dead {};

/// A world with these three.
struct Space : NamedWorld {
    explicit Space(Limits limits = {}) : NamedWorld(limits) {
        world.bind<Position>("Position", field("x", &Position::x), field("y", &Position::y), field("z", &Position::z));
        world.bind<Velocity>("Velocity", field("x", &Velocity::x), field("y", &Velocity::y), field("z", &Velocity::z));
        world.bind<Dead>("Dead");
    }
    void fill(std::size_t count) {
        for (std::size_t i = 0; i < count; ++i) {
            const auto n = static_cast<float>(i % 1000);
            if (i % 64 == 0)
                world.create_from(Position{n, 0, 0}, Velocity{1, 2, n}, Dead{});
            else
                world.create_from(Position{n, 1, n}, Velocity{1, n, 3});
        }
    }
};

}  // namespace dragoman::ecs
