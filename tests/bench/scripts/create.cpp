// Creates one by one, and writes nothing else.
#include <dragoman/systems.hpp>

struct Position {
    float x = 0, y = 0, z = 0;
};
DRAGOMAN_COMPONENT(Position, x, y, z)
struct Velocity {
    float x = 0, y = 0, z = 0;
};
DRAGOMAN_COMPONENT(Velocity, x, y, z)

constexpr int count = 10'000;

void create(dragoman::Tables, double) {
    for (int i = 0; i < count; ++i) {
        const auto number = static_cast<float>(i);
        dragoman::create_entity(Position{number, 1, 2}, Velocity{3, number, 5});
    }
}
DRAGOMAN_SYSTEM(create).creates(count);
