// Who leaves the square comes in again on the other side.
#include <dragoman/systems.hpp>

#include <cmath>

struct Position {
    float x, y;
};
DRAGOMAN_COMPONENT(Position, x, y)

void borders(dragoman::Tables tables, double) {
    static const double side = std::sqrt(10 * dragoman::init().params["boids"].get<double>());
    for (auto& table : tables) dragoman::kernels::wrap(table["Position"], 0, side);
}
DRAGOMAN_SYSTEM(borders).writes<Position>().order("PostUpdate");
