// Each bird looks at a dozen of those around it: it flies where they fly, towards their middle, and not into them.
#include <dragoman/systems.hpp>

struct Position {
    float x, y;
};
DRAGOMAN_COMPONENT(Position, x, y)
struct Velocity {
    float x, y;
};
DRAGOMAN_COMPONENT(Velocity, x, y)

void steer(dragoman::Tables tables, double dt) {
    static dragoman::kernels::Grid grid;  // kept: so is its memory
    for (auto& table : tables) {
        const dragoman::Column velocity = table["Velocity"];
        grid.build(table["Position"], 8);
        grid.flock(velocity, velocity,
                   {.radius = 8, .near = 2, .alignment = 2, .cohesion = 0.5, .separation = 2, .dt = dt, .most = 12});
        dragoman::kernels::limit_length(velocity, 12);
    }
}
DRAGOMAN_SYSTEM(steer).reads<Position>().writes<Velocity>();
