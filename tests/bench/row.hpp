#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "broker/sandbox/confinement.hpp"

namespace dragoman::bench {

/// One line of the table. `ratio` is value over floor, taken for each round; all three are medians of the rounds.
struct Row {
    std::string id;
    double ratio = 0;
    std::optional<double> limit;  // nothing where no limit was set
    double value = 0;
    double floor = 0;
    std::string unit;
    double lowest = 0;  // ratios of the best and the worst round
    double highest = 0;
    int rounds = 0;
    std::string note{};
    bool at_least = false;  // the ratio is to be at least the limit, and not at most
};

struct Plan {
    std::string only;  // prefix of the ids that are wanted
    int rounds = 11;
    bool quick = false;
    SandboxMode sandbox = SandboxMode::automatic;

    bool wants(std::string_view id) const { return id.starts_with(only); }
    /// Whether a row whose id begins with `group` may be wanted.
    bool may_want(std::string_view group) const {
        return group.starts_with(only) || std::string_view(only).starts_with(group);
    }
};

/// What has been measured, as it comes.
class Results {
public:
    virtual ~Results() = default;
    virtual void add(Row row) = 0;
    virtual void skip(const std::string& id, const std::string& reason) = 0;
};

void ticks(const Plan& plan, Results& results);
void fanouts(const Plan& plan, Results& results);
void starts(const Plan& plan, Results& results);
void compiles(const Plan& plan, Results& results);
void memories(const Plan& plan, Results& results);
void sandbox_starts(const Plan& plan, Results& results);
void sandbox_scripts(const Plan& plan, Results& results);
void systems(const Plan& plan, Results& results);
void system_tables(const Plan& plan, Results& results);
void system_signals(const Plan& plan, Results& results);
void embedded_lua(const Plan& plan, Results& results);
void embedded_python(const Plan& plan, Results& results);
void ecs_reads(const Plan& plan, Results& results);
void ecs_structure(const Plan& plan, Results& results);
void reloads(const Plan& plan, Results& results);
void reload_ticks(const Plan& plan, Results& results);

/// In a process of its own: the broker's growth for each of `scripts` scripts, in KB, on stdout.
int broker_memory(int scripts);

}  // namespace dragoman::bench
