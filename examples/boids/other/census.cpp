// Once in a second: how much do they agree where to fly? 0% at first; 100% is one heading for all.
#include <dragoman/systems.hpp>

#include <cmath>
#include <cstdio>

struct Velocity {
    float x, y;
};
DRAGOMAN_COMPONENT(Velocity, x, y)

void census(dragoman::Tables tables, double) {
    using namespace dragoman;
    double x = 0, y = 0, speed = 0;
    std::size_t boids = 0;
    for (auto& table : tables) {
        std::vector<float> length(table.rows());
        const double still[] = {0, 0};
        kernels::distance_to(length, table["Velocity"], still);
        speed += kernels::reduce(length, kernels::Reduction::sum)[0];
        const auto total = kernels::reduce(table["Velocity"], kernels::Reduction::sum);
        x += total[0], y += total[1], boids += table.rows();
    }
    if (boids == 0) return;
    std::printf("tick %d: %zu boids, mean speed %.2f, %.0f%% agree\n", static_cast<int>(tick()), boids,
                speed / static_cast<double>(boids), 100 * std::hypot(x, y) / speed);
    std::fflush(stdout);
}
DRAGOMAN_SYSTEM(census).reads<Velocity>().order("PostUpdate").rate(1);
