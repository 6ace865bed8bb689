#include "tests/bench/systems_world.hpp"

#include <algorithm>
#include <atomic>
#include <stdexcept>
#include <thread>

#include "broker/schedule/pause.hpp"
#include "tests/bench/seats.hpp"

namespace dragoman::bench {
namespace {

SystemsOptions systems_options(const ScriptWorld::Setup& setup) {
    SystemsOptions options;
    options.untrusted_mode = setup.mode;
    options.by_lines = setup.by_lines;
    return options;
}

constexpr std::size_t tags = 10;

}  // namespace

void bind(ecs::World& world) {
    world.bind<Position>("Position", ecs::field("x", &Position::x), ecs::field("y", &Position::y),
                         ecs::field("z", &Position::z));
    world.bind<Velocity>("Velocity", ecs::field("x", &Velocity::x), ecs::field("y", &Velocity::y),
                         ecs::field("z", &Velocity::z));
}

void fill(ecs::World& world, std::size_t rows, std::size_t tables) {
    if (tables > std::size_t{1} << tags) throw std::logic_error("no tags for so many tables");
    std::vector<ecs::ComponentId> tag_ids;
    for (std::size_t tag = 0; std::size_t{1} << tag < tables; ++tag)
        tag_ids.push_back(world.declare("Tag" + std::to_string(tag), {}));
    for (std::size_t table = 0; table < tables; ++table) {
        std::vector<ecs::ComponentValues> components = {{world.bound<Position>(), {}}, {world.bound<Velocity>(), {}}};
        for (std::size_t tag = 0; tag < tag_ids.size(); ++tag)
            if ((table >> tag & 1) != 0) components.push_back({tag_ids[tag], {}});
        const std::size_t last = rows * (table + 1) / tables;
        for (std::size_t row = rows * table / tables; row < last; ++row) world.create(components);
    }
    float next = 0;
    world.for_each<Position, Velocity>([&](Position& position, Velocity& velocity) {
        next = next < 1000 ? next + 1 : 1;
        position = {next, -next, 0};
        velocity = {next, next / 2, -next};
    });
}

ScriptWorld::ScriptWorld(const Plan& plan, const Setup& setup)
    : broker_(options(plan.sandbox)), systems_(broker_, world_, systems_options(setup)) {
    bind(world_);
    fill(world_, setup.rows, setup.tables);
    for (const std::string& script : setup.scripts)
        scripts_.push_back(systems_.add({.source = script_file(script), .name = script}));
    broker_.start();
    if (!systems_.attach()) lost();
    for (const std::size_t script : scripts_) expect_ready(broker_, script);
    if (setup.scripts.size() == 1 && setup.scripts.front().starts_with("move")) expect_movement();
    tick();
}

/// What is measured moves every row by its velocity.
void ScriptWorld::expect_movement() {
    std::vector<Position> expected;
    world_.for_each<const Position, const Velocity>([&](const Position& position, const Velocity& velocity) {
        const auto dt = static_cast<float>(step);
        expected.push_back({position.x + velocity.x * dt, position.y + velocity.y * dt, position.z + velocity.z * dt});
    });
    tick();
    std::size_t row = 0;
    world_.for_each<const Position>([&](const Position& position) {
        const Position& wanted = expected[row++];
        if (position.x != wanted.x || position.y != wanted.y || position.z != wanted.z)
            throw std::runtime_error("a script does not move what it should");
    });
}

void ScriptWorld::lost() const {
    for (const std::size_t script : scripts_) expect_ready(broker_, script);
    throw std::runtime_error("the systems have stopped");
}

double hand_over() {
    if (std::thread::hardware_concurrency() < 2) return 0;
    constexpr Effort effort{20, 1000};
    struct alignas(64) Line {
        std::atomic<int> number{0};
    };
    Line asked;
    Line answered;
    const auto wait_for = [](const Line& line, int number) {
        for (int looks = 1; line.number.load(std::memory_order_acquire) < number; ++looks) {
            pause_core();
            if (looks % 1'000'000 == 0) std::this_thread::yield();  // the other one may have no core
        }
    };
    std::thread other([&] {
        for (int number = 1; number <= effort.batches * effort.size; ++number) {
            wait_for(asked, number);
            answered.number.store(number, std::memory_order_release);
        }
    });
    int number = 0;
    const double took = typical(effort, [&] {
        asked.number.store(++number, std::memory_order_release);
        wait_for(answered, number);
    });
    other.join();
    return took;
}

Effort effort_for(const Plan& plan, std::size_t rows) {
    const int size = static_cast<int>(std::clamp<std::size_t>(2'000'000 / std::max<std::size_t>(rows, 1), 2, 200));
    return {plan.quick ? 3 : 30, size};
}

}  // namespace dragoman::bench
