// Computes for long, and writes what heavy_position.cpp does not look at.
#include <dragoman/systems.hpp>

#include <cmath>

struct Velocity {
    float x = 0, y = 0, z = 0;
};
DRAGOMAN_COMPONENT(Velocity, x, y, z)

void heavy_velocity(Velocity& velocity) {
    velocity.x = std::sqrt(1 + velocity.x * velocity.x);
    velocity.y = std::tanh(velocity.y) + std::sin(velocity.x);
}
DRAGOMAN_SYSTEM(heavy_velocity);
