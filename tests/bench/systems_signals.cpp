// What it costs to have a script run at all, to create from it, and what two of them at once gain.

#include <cstdio>

#include "tests/bench/systems_world.hpp"

namespace dragoman::bench {
namespace {

/// Telling a system that does nothing to run, by a line over by the shared page.
void signal_row(const Plan& plan, Results& results, const std::string& id) {
    ScriptWorld hot(plan, {.scripts = {"idle.cpp"}});
    ScriptWorld lines(plan, {.scripts = {"idle.cpp"}, .by_lines = true});
    const auto floor = [&] { return typical({plan.quick ? 3 : 60, 500}, [&] { hot.tick(); }); };
    const auto ours = [&] { return typical({plan.quick ? 3 : 60, 16}, [&] { lines.tick(); }); };
    floor();
    ours();
    Row row = alternate(plan, id, 200, "us", floor, ours);
    row.at_least = true;
    char note[100];
    std::snprintf(note, sizeof note, "by JSON lines over by the shared page; a bare hand-over %.2f us", hand_over());
    row.note = note;
    results.add(std::move(row));
}

constexpr std::size_t created = 10'000;  // as in create.cpp

void destroy_all(ecs::World& world) {
    std::vector<ecs::Entity> all;
    world.for_each<const Position>([&](ecs::Entity entity, const Position&) { all.push_back(entity); });
    for (auto entity = all.rbegin(); entity != all.rend(); ++entity) world.destroy(*entity);
}

/// Nanoseconds for each entity that `create` makes in `world`; they are gone afterwards.
template <typename Create>
double creation(const Plan& plan, ecs::World& world, Create&& create) {
    std::vector<double> times;
    for (int i = 0; i < (plan.quick ? 1 : 20); ++i) {
        const auto began = Clock::now();
        create();
        times.push_back(microseconds(Clock::now() - began) * 1000 / created);
        if (world.statistics().entities != created) throw std::runtime_error("not all entities were created");
        destroy_all(world);
    }
    return median(times);
}

void command_row(const Plan& plan, Results& results, const std::string& id) {
    ScriptWorld scripts(plan, {.scripts = {"create.cpp"}});
    destroy_all(scripts.world());
    ecs::World world;
    bind(world);
    const auto floor = [&] {
        return creation(plan, world, [&] {
            for (std::size_t i = 0; i < created; ++i) {
                const auto number = static_cast<float>(i);
                world.create_from(Position{number, 1, 2}, Velocity{3, number, 5});
            }
        });
    };
    const auto ours = [&] { return creation(plan, scripts.world(), [&] { scripts.tick(); }); };
    floor();
    ours();
    Row row = alternate(plan, id, 3.0, "ns", floor, ours);
    row.note = "C++, 10,000 in a tick, one by one; over World::create_from";
    results.add(std::move(row));
}

void parallel_row(const Plan& plan, Results& results, const std::string& id) {
    constexpr std::size_t rows = 100'000;
    ScriptWorld both(plan, {.scripts = {"heavy_position.cpp", "heavy_velocity.cpp"}, .rows = rows});
    ScriptWorld one(plan, {.scripts = {"heavy_position.cpp"}, .rows = rows});
    ScriptWorld other(plan, {.scripts = {"heavy_velocity.cpp"}, .rows = rows});
    const Effort effort{plan.quick ? 1 : 10, 1};
    const auto floor = [&] {
        return (typical(effort, [&] { one.tick(); }) + typical(effort, [&] { other.tick(); })) / 1000;
    };
    const auto ours = [&] { return typical(effort, [&] { both.tick(); }) / 1000; };
    floor();
    ours();
    Row row = alternate(plan, id, 0.55, "ms", floor, ours);
    row.note = "two C++ systems over 100k rows, over the sum of each alone";
    results.add(std::move(row));
}

}  // namespace

void system_signals(const Plan& plan, Results& results) {
    const Attempt attempt(plan, results);
    attempt("signal.hot", signal_row);
    attempt("command.create", command_row);
    attempt("parallel.disjoint", parallel_row);
}

}  // namespace dragoman::bench
