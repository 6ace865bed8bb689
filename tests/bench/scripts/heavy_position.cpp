// Computes for long, and writes what heavy_velocity.cpp does not look at.
#include <dragoman/systems.hpp>

#include <cmath>

struct Position {
    float x = 0, y = 0, z = 0;
};
DRAGOMAN_COMPONENT(Position, x, y, z)

void heavy_position(Position& position) {
    position.x = std::sqrt(1 + position.x * position.x);
    position.y = std::tanh(position.y) + std::sin(position.x);
}
DRAGOMAN_SYSTEM(heavy_position);
