// What one more table of few rows costs a system: the difference of two worlds, over what is allowed.

#include <cstdio>

#include "tests/bench/systems_world.hpp"

namespace dragoman::bench {
namespace {

constexpr std::size_t many = 1000;
constexpr std::size_t rows_of_each = 4;

struct Kind {
    const char* name;
    const char* script;
    double allowed;  // nanoseconds
};
const Kind kinds[] = {{"cpp", "move.cpp", 10}, {"lua", "move.lua", 100}, {"python", "move.py", 2000}};

void row(const Plan& plan, Results& results, const Kind& kind, const std::string& id) {
    ScriptWorld one(plan, {.scripts = {kind.script}, .rows = rows_of_each});
    ScriptWorld all(plan, {.scripts = {kind.script}, .rows = rows_of_each * many, .tables = many});
    const Effort effort{plan.quick ? 3 : 40, 20};
    std::vector<double> ones;
    const auto ours = [&] {
        ones.push_back(typical(effort, [&] { one.tick(); }));
        const double alls = typical(effort, [&] { all.tick(); });
        return (alls - ones.back()) * 1000 / (many - 1);
    };
    ours();
    Row row = alternate(
        plan, id, 1.0, "ns", [&] { return kind.allowed; }, ours);
    char note[100];
    std::snprintf(note, sizeof note, "the floor is what is allowed; one table alone %.2f us", median(ones));
    row.note = note;
    results.add(std::move(row));
}

}  // namespace

void system_tables(const Plan& plan, Results& results) {
    for (const Kind& kind : kinds) {
        const std::string id = std::string("tables.") + kind.name;
        if (!plan.wants(id)) continue;
        try {
            row(plan, results, kind, id);
        } catch (const std::exception& error) {
            results.skip(id, error.what());
        }
    }
}

}  // namespace dragoman::bench
