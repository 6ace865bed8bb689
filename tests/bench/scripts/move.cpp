// The loop that all rows of systems are about, row by row.
#include <dragoman/systems.hpp>

struct Position {
    float x = 0, y = 0, z = 0;
};
DRAGOMAN_COMPONENT(Position, x, y, z)
struct Velocity {
    float x = 0, y = 0, z = 0;
};
DRAGOMAN_COMPONENT(Velocity, x, y, z)

void movement(Position& position, const Velocity& velocity, float dt) {
    position.x += velocity.x * dt;
    position.y += velocity.y * dt;
    position.z += velocity.z * dt;
}
DRAGOMAN_SYSTEM(movement);
