// Birds everywhere, each with a heading of its own.
#include <dragoman/systems.hpp>

#include <cmath>
#include <vector>

struct Position {
    float x, y;
};
DRAGOMAN_COMPONENT(Position, x, y)
struct Velocity {
    float x, y;
};
DRAGOMAN_COMPONENT(Velocity, x, y)

static int boids() { return dragoman::init().params["boids"]; }

/// Numbers from 0 to 1, the same in every language.
struct Chance {
    std::uint64_t state;
    double operator()() {
        state = state * 16807 % 2147483647;
        return static_cast<double>(state) / 2147483647;
    }
};

void birds(double) {
    const int count = boids();
    const double side = std::sqrt(10.0 * count);  // of the square that they live in
    Chance chance{dragoman::init().dragoman["seed"].get<std::uint64_t>() % 2147483646 + 1};
    std::vector<Position> positions(count);
    std::vector<Velocity> velocities(count);
    for (int i = 0; i < count; ++i) {
        positions[i].x = static_cast<float>(side * chance());
        positions[i].y = static_cast<float>(side * chance());
        velocities[i].x = static_cast<float>(20 * chance() - 10);
        velocities[i].y = static_cast<float>(20 * chance() - 10);
    }
    dragoman::create_many<Position, Velocity>(count, positions, velocities);
}
DRAGOMAN_SYSTEM(birds).order("Startup").creates(boids());
