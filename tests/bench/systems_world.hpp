#pragma once

#include <optional>
#include <string>
#include <vector>

#include "broker/broker.hpp"
#include "broker/systems/systems.hpp"
#include "ecs/world.hpp"
#include "tests/bench/measure.hpp"

namespace dragoman::bench {

struct Position {
    float x = 0, y = 0, z = 0;
};
struct Velocity {
    float x = 0, y = 0, z = 0;
};

/// A world to be measured, with both components bound.
void bind(ecs::World& world);

/// As many rows of Position and Velocity, spread evenly over so many tables: those differ in their tags.
void fill(ecs::World& world, std::size_t rows, std::size_t tables = 1);

constexpr double step = 1.0 / 64;  // seconds; exact, so that all languages multiply by the same number

/// A world and the scripts whose systems run over it, behind the walls that a user's scripts have.
class ScriptWorld {
public:
    struct Setup {
        std::vector<std::string> scripts;  // in scripts/
        std::size_t rows = 0;
        std::size_t tables = 1;
        WriteMode mode = WriteMode::in_place;  // where a script does not say it
        bool by_lines = false;
    };

    /// Throws where a script is not READY, or does not move what it should.
    ScriptWorld(const Plan& plan, const Setup& setup);

    /// Throws where a script is lost.
    void tick() {
        if (!systems_.tick(step, tick_++)) lost();
    }
    ecs::World& world() { return world_; }
    /// What keeps the scripts to their columns.
    std::string tier() const { return std::string(name(broker_.data_tier(scripts_.front()))); }

private:
    [[noreturn]] void lost() const;
    void expect_movement();

    ecs::World world_;
    Broker broker_;
    Systems systems_;
    std::vector<std::size_t> scripts_;
    std::uint64_t tick_ = 0;
};

/// How often a tick over so many rows is measured in one round: some 50 ms of it.
Effort effort_for(const Plan& plan, std::size_t rows);

/// What no signal is quicker than: microseconds of a round trip between two threads that look at a line of memory each.
/// It depends on which cores the two are given. Nothing on a machine with one.
double hand_over();

struct Rows {
    const char* name;
    std::size_t count;
};
inline constexpr Rows row_counts[] = {{"10k", 10'000}, {"100k", 100'000}, {"1M", 1'000'000}};

}  // namespace dragoman::bench
