// The world by itself, over what the machine asks for the same bytes. Compiled with -O3 for this machine, both sides.

#include "tests/bench/ecs_reference.hpp"
#include "tests/bench/systems_native.hpp"
#include "tests/bench/systems_world.hpp"

namespace dragoman::bench {
namespace {

struct Size {
    Rows rows;
    double get_limit;  // what flecs takes over the same floor: docs/performance.md
};
constexpr Size sizes[] = {{row_counts[1], 15}, {row_counts[2], 60}};

/// Nanoseconds for each row: both functions go through all rows once.
Row over_rows(const Plan& plan, const std::string& id, double limit, std::size_t rows, Effort effort, auto&& floor,
              auto&& ours) {
    const auto measure = [&](auto& once) { return typical(effort, once) * 1000 / static_cast<double>(rows); };
    measure(floor);
    measure(ours);
    return alternate(
        plan, id, limit, "ns", [&] { return measure(floor); }, [&] { return measure(ours); });
}

/// Position += Velocity * dt over a query, and STREAM's triad over arrays of the same sizes.
void iterate(const Plan& plan, Results& results, const Size& size, const std::string& id) {
    ecs::World world;
    bind(world);
    fill(world, size.rows.count);
    const auto query = world.query<Position, const Velocity>();
    Array<float> to(size.rows.count * 3, 1, 0);
    Array<float> from(size.rows.count * 3, 2, 32);
    const auto dt = static_cast<float>(step);
    const auto floor = [&] { triad(to.data(), from.data(), to.size(), dt); };
    const auto ours = [&] {
        query.each([dt](Position& position, const Velocity& velocity) {
            position.x += velocity.x * dt;
            position.y += velocity.y * dt;
            position.z += velocity.z * dt;
        });
    };
    Row row = over_rows(plan, id, 1 / 0.9, size.rows.count, effort_for(plan, size.rows.count), floor, ours);
    row.note = "over a triad of the same bytes";
    results.add(std::move(row));
}

/// Reading one component of entities in random order, and of an array of the same size in the same order.
void get(const Plan& plan, Results& results, const Size& size, const std::string& id) {
    ecs::World world;
    bind(world);
    fill(world, size.rows.count);
    std::vector<ecs::Entity> entities;
    world.for_each<const Position>([&](ecs::Entity entity, const Position&) { entities.push_back(entity); });
    const std::vector<std::size_t> order = shuffled(size.rows.count);
    std::vector<ecs::Entity> asked;
    for (const std::size_t row : order) asked.push_back(entities[row]);
    const std::vector<Position> array(size.rows.count, {1, 2, 3});
    float sum = 0;
    const auto floor = [&] {
        for (const std::size_t row : order) sum += array[row].x;
    };
    const auto ours = [&] {
        for (const ecs::Entity entity : asked) sum += world.find<Position>(entity)->x;
    };
    Row row = over_rows(plan, id, size.get_limit, size.rows.count, {plan.quick ? 1 : 5, 1}, floor, ours);
    keep(sum);
    row.note = "by handle, in random order; over an array in the same order";
    results.add(std::move(row));
}

}  // namespace

void ecs_reads(const Plan& plan, Results& results) {
    for (const Size& size : sizes) {
        const std::string iterated = std::string("ecs.iterate.") + size.rows.name;
        if (plan.wants(iterated)) iterate(plan, results, size, iterated);
        const std::string got = std::string("ecs.get.") + size.rows.name;
        if (plan.wants(got)) get(plan, results, size, got);
    }
}

}  // namespace dragoman::bench
