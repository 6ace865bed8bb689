// A tick of systems that are scripts, over the same loop in this process. The broker's whole tick is in it; the
// world's hash is not.

#include <cstdio>
#include <iterator>

#include "tests/bench/systems_native.hpp"
#include "tests/bench/systems_world.hpp"

namespace dragoman::bench {
namespace {

struct Kind {
    const char* name;
    const char* script;
    std::optional<double> limits[std::size(row_counts)];
};
const Kind kinds[] = {
    {"cpp", "move.cpp", {1.10, 1.03, {}}},
    {"lua-kernel", "move.lua", {1.10, {}, {}}},
    {"python-kernel", "move.py", {{}, 1.10, {}}},
};

class NativeWorld {
public:
    explicit NativeWorld(std::size_t rows) : position_(rows * 3, 1, 0), velocity_(rows * 3, 2, 32) {}
    void tick() { move_native(position_.data(), velocity_.data(), position_.size(), static_cast<float>(step)); }

private:
    Array<float> position_;
    Array<float> velocity_;
};

void system_row(const Plan& plan, Results& results, const Kind& kind, std::size_t count, const std::string& id) {
    const Rows& rows = row_counts[count];
    ScriptWorld scripts(plan, {.scripts = {kind.script}, .rows = rows.count});
    NativeWorld native(rows.count);
    const Effort effort = effort_for(plan, rows.count);
    const auto floor = [&] { return typical(effort, [&] { native.tick(); }); };
    const auto ours = [&] { return typical(effort, [&] { scripts.tick(); }); };
    floor();
    ours();
    Row row = alternate(plan, id, kind.limits[count], "us", floor, ours);
    char note[80];
    std::snprintf(note, sizeof note, "%s; a bare hand-over %.2f us", scripts.tier().c_str(), hand_over());
    row.note = note;
    results.add(std::move(row));
}

/// The second world over the first one.
void compared(const Plan& plan, Results& results, const std::string& id, double limit, const ScriptWorld::Setup& first,
              const ScriptWorld::Setup& second, const std::string& note) {
    ScriptWorld one(plan, first);
    ScriptWorld other(plan, second);
    const Effort effort = effort_for(plan, first.rows);
    const auto floor = [&] { return typical(effort, [&] { one.tick(); }); };
    const auto ours = [&] { return typical(effort, [&] { other.tick(); }); };
    floor();
    ours();
    Row row = alternate(plan, id, limit, "us", floor, ours);
    row.note = note;
    results.add(std::move(row));
}

}  // namespace

void systems(const Plan& plan, Results& results) {
    const Attempt attempt(plan, results);
    for (std::size_t count = 0; count < std::size(row_counts); ++count)
        for (const Kind& kind : kinds) {
            attempt(std::string("system.") + kind.name + "." + row_counts[count].name,
                    [&](const std::string& id) { system_row(plan, results, kind, count, id); });
        }
    attempt("replace.100k", [&](const std::string& id) {
        compared(plan, results, id, 1.6, {.scripts = {"move.lua"}, .rows = 100'000},
                 {.scripts = {"move.lua"}, .rows = 100'000, .mode = WriteMode::replace}, "Lua, kernel; over in place");
    });
    attempt("tables.16", [&](const std::string& id) {
        compared(plan, results, id, 1.1, {.scripts = {"move.cpp"}, .rows = 100'000},
                 {.scripts = {"move.cpp"}, .rows = 100'000, .tables = 16}, "C++, 100k rows in all; over one table");
    });
}

}  // namespace dragoman::bench
