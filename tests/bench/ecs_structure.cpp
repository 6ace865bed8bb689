// Creating, adding and destroying one by one, over moving the same bytes between plain arrays.

#include "tests/bench/ecs_reference.hpp"
#include "tests/bench/systems_world.hpp"

namespace dragoman::bench {
namespace {

constexpr Rows sizes[] = {row_counts[1], row_counts[2]};

/// What a row is to a program that has no world: a handle, and the components' bytes, each in an array of its own.
struct Arrays {
    std::vector<ecs::Entity> entities;
    std::vector<Position> position;
    std::vector<Velocity> velocity;
};

/// Times `work` after `before`, and gives nanoseconds for each row: the median of a few.
template <typename Before, typename Work>
double timed(const Plan& plan, std::size_t rows, Before&& before, Work&& work) {
    std::vector<double> times;
    const int repeats = plan.quick ? 1 : rows > 500'000 ? 3 : 11;
    for (int i = 0; i < repeats; ++i) {
        before();
        const auto began = Clock::now();
        work();
        times.push_back(microseconds(Clock::now() - began) * 1000 / static_cast<double>(rows));
    }
    return median(std::move(times));
}

/// A world whose entities have a Position, in the order of their rows. Its memory has been used before.
class Entities {
public:
    explicit Entities(std::size_t count) : count_(count) {
        bind(world);
        velocity = world.bound<Velocity>();
        create_both();
        destroy_all();
    }
    void create_positions() {
        destroy_all();
        for (std::size_t i = 0; i < count_; ++i) all.push_back(world.create_from(Position{1, 2, 3}));
    }
    void create_both() {
        for (std::size_t i = 0; i < count_; ++i) all.push_back(world.create_from(Position{1, 2, 3}, Velocity{4, 5, 6}));
    }
    void destroy_all() {
        for (auto entity = all.rbegin(); entity != all.rend(); ++entity) world.destroy(*entity);
        all.clear();
    }

    ecs::World world;
    ecs::ComponentId velocity = 0;
    std::vector<ecs::Entity> all;

private:
    std::size_t count_;
};

void add(const Plan& plan, Results& results, const std::string& id, double limit, const char* note, auto&& floor,
         auto&& ours) {
    Plan fewer = plan;
    fewer.rounds = std::min(plan.rounds, 5);
    floor();
    ours();
    Row row = alternate(fewer, id, limit, "ns", floor, ours);
    row.note = note;
    results.add(std::move(row));
}

void create(const Plan& plan, Results& results, std::size_t rows, double limit, const std::string& id) {
    Entities entities(rows);
    Arrays arrays;
    add(
        plan, results, id, limit, "two components; over push_back of the same bytes",
        [&] {
            return timed(
                plan, rows,
                [&] {
                    arrays.entities.clear();
                    arrays.position.clear();
                    arrays.velocity.clear();
                },
                [&] {
                    for (std::size_t i = 0; i < rows; ++i) {
                        arrays.entities.push_back({static_cast<std::uint32_t>(i), 1});
                        arrays.position.push_back({1, 2, 3});
                        arrays.velocity.push_back({4, 5, 6});
                    }
                    keep(arrays);
                });
        },
        [&] {
            return timed(
                plan, rows, [&] { entities.destroy_all(); }, [&] { entities.create_both(); });
        });
}

void add_component(const Plan& plan, Results& results, std::size_t rows, double limit, const std::string& id) {
    Entities entities(rows);
    const std::vector<Position> from(rows, {1, 2, 3});
    const std::vector<ecs::Entity> handles(rows);
    Arrays arrays;
    add(
        plan, results, id, limit, "the second component, in the order of rows; over moving the row between arrays",
        [&] {
            return timed(
                plan, rows,
                [&] {
                    arrays = {}, arrays = {handles, from, std::vector<Velocity>(rows)};
                },
                [&] {
                    for (std::size_t i = 0; i < rows; ++i) {
                        arrays.entities[i] = handles[i];
                        arrays.position[i] = from[i];
                        arrays.velocity[i] = {0, 0, 0};
                        keep(arrays);
                    }
                });
        },
        [&] {
            return timed(
                plan, rows, [&] { entities.create_positions(); },
                [&] {
                    for (const ecs::Entity entity : entities.all) entities.world.add(entity, entities.velocity);
                });
        });
}

void destroy(const Plan& plan, Results& results, std::size_t rows, double limit, const std::string& id) {
    Entities entities(rows);
    const std::vector<std::size_t> order = shuffled(rows);
    Arrays arrays;
    add(
        plan, results, id, limit, "in random order; over filling the gap with the last row of arrays",
        [&] {
            return timed(
                plan, rows,
                [&] {
                    arrays = {std::vector<ecs::Entity>(rows), std::vector<Position>(rows), std::vector<Velocity>(rows)};
                },
                [&] {
                    std::size_t last = rows;
                    for (const std::size_t row : order) {
                        const std::size_t gap = row < --last ? row : row % (last + 1);
                        arrays.entities[gap] = arrays.entities[last];
                        arrays.position[gap] = arrays.position[last];
                        arrays.velocity[gap] = arrays.velocity[last];
                        keep(arrays);
                    }
                });
        },
        [&] {
            return timed(
                plan, rows,
                [&] {
                    entities.all.clear();
                    entities.create_both();
                },
                [&] {
                    for (const std::size_t row : order) entities.world.destroy(entities.all[row]);
                });
        });
    entities.all.clear();
}

}  // namespace

void ecs_structure(const Plan& plan, Results& results) {
    using Measure = void (*)(const Plan&, Results&, std::size_t, double, const std::string&);
    struct Kind {
        const char* name;
        Measure measure;
        double limits[std::size(sizes)];  // what flecs takes over the same floor: docs/performance.md
    };
    const Kind kinds[] = {
        {"ecs.create.", create, {47, 44}}, {"ecs.add.", add_component, {25, 19}}, {"ecs.destroy.", destroy, {25, 27}}};
    for (std::size_t size = 0; size < std::size(sizes); ++size)
        for (const Kind& kind : kinds) {
            const std::string id = std::string(kind.name) + sizes[size].name;
            if (!plan.wants(id)) continue;
            try {
                kind.measure(plan, results, sizes[size].count, kind.limits[size], id);
            } catch (const std::exception& error) {
                results.skip(id, error.what());
            }
        }
}

}  // namespace dragoman::bench
