// The world by itself, over what the machine asks for the same bytes. Compiled with -O3 for this machine, both sides.

#include "tests/bench/ecs_reference.hpp"
#include "tests/bench/systems_native.hpp"
#include "tests/bench/systems_world.hpp"

namespace dragoman::bench {
namespace {

constexpr Rows sizes[] = {row_counts[1], row_counts[2]};

double nanoseconds(double microseconds, std::size_t rows) { return microseconds * 1000 / static_cast<double>(rows); }

void add_row(const Plan& plan, Results& results, const std::string& id, std::optional<double> limit, const char* note,
             auto&& floor, auto&& ours) {
    floor();
    ours();
    Row row = alternate(plan, id, limit, "ns", floor, ours);
    row.note = note;
    results.add(std::move(row));
}

/// Position += Velocity * dt over a query, and STREAM's triad over arrays of the same sizes.
void iterate(const Plan& plan, Results& results, const Rows& rows, const std::string& id) {
    ecs::World world;
    bind(world);
    fill(world, rows.count);
    const auto query = world.query<Position, const Velocity>();
    Array<float> to(rows.count * 3, 1, 0);
    Array<float> from(rows.count * 3, 2, 32);
    const auto dt = static_cast<float>(step);
    const Effort effort = effort_for(plan, rows.count);
    add_row(
        plan, results, id, 1 / 0.9, "over a triad of the same bytes",
        [&] { return nanoseconds(typical(effort, [&] { triad(to.data(), from.data(), to.size(), dt); }), rows.count); },
        [&] {
            return nanoseconds(typical(effort,
                                       [&] {
                                           query.each([dt](Position& position, const Velocity& velocity) {
                                               position.x += velocity.x * dt;
                                               position.y += velocity.y * dt;
                                               position.z += velocity.z * dt;
                                           });
                                       }),
                               rows.count);
        });
}

/// Reading one component of entities in random order, and of an array of the same size in the same order.
void get(const Plan& plan, Results& results, const Rows& rows, const std::string& id) {
    ecs::World world;
    bind(world);
    fill(world, rows.count);
    std::vector<ecs::Entity> entities;
    world.for_each<const Position>([&](ecs::Entity entity, const Position&) { entities.push_back(entity); });
    const std::vector<std::size_t> order = shuffled(rows.count);
    std::vector<ecs::Entity> asked;
    for (const std::size_t row : order) asked.push_back(entities[row]);
    const std::vector<Position> array(rows.count, {1, 2, 3});
    float sum = 0;
    const Effort effort{plan.quick ? 1 : 5, 1};
    add_row(
        plan, results, id, {}, "by handle, in random order; over an array in the same order",
        [&] {
            return nanoseconds(typical(effort,
                                       [&] {
                                           for (const std::size_t row : order) sum += array[row].x;
                                       }),
                               rows.count);
        },
        [&] {
            return nanoseconds(typical(effort,
                                       [&] {
                                           for (const ecs::Entity entity : asked)
                                               sum += world.find<Position>(entity)->x;
                                       }),
                               rows.count);
        });
    keep(sum);
}

}  // namespace

void ecs_reads(const Plan& plan, Results& results) {
    for (const Rows& rows : sizes) {
        const std::string iterated = std::string("ecs.iterate.") + rows.name;
        if (plan.wants(iterated)) iterate(plan, results, rows, iterated);
        const std::string got = std::string("ecs.get.") + rows.name;
        if (plan.wants(got)) get(plan, results, rows, got);
    }
}

}  // namespace dragoman::bench
