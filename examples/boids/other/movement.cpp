// Position += dt * Velocity, told for one bird.
#include <dragoman/systems.hpp>

struct Position {
    float x, y;
};
DRAGOMAN_COMPONENT(Position, x, y)
struct Velocity {
    float x, y;
};
DRAGOMAN_COMPONENT(Velocity, x, y)

void movement(Position& p, const Velocity& v, float dt) {
    p.x += v.x * dt;
    p.y += v.y * dt;
}
DRAGOMAN_SYSTEM(movement).after("steer");
