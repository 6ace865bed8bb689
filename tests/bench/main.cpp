// dragoman-bench: `./dev bench`. What is measured, and what it is compared with, stands in docs/performance.md.

#include <CLI/CLI.hpp>
#include <cstdio>

#include "tests/bench/report.hpp"

int main(int count, char** arguments) {
    using namespace dragoman::bench;
    CLI::App app("Measures the broker and its clients over what physics asks.");
    Plan plan;
    std::string file;
    std::string sandbox = "auto";
    int broker_scripts = 0;
    app.add_option("--only", plan.only, "only rows whose id begins so")->type_name("ID-PREFIX");
    app.add_option("--json", file, "write the rows to this file")->type_name("FILE");
    app.add_option("--rounds", plan.rounds, "rounds of floor and ours in turn")->check(CLI::Range(1, 1000));
    app.add_flag("--quick", plan.quick, "see that every row can be measured; its numbers say nothing");
    app.add_option("--sandbox", sandbox, "what holds the scripts; as for `dragoman run`");
    app.add_option("--broker-memory", broker_scripts)->group("");
    CLI11_PARSE(app, count, arguments);
    if (broker_scripts > 0) return broker_memory(broker_scripts);
    if (plan.quick) plan.rounds = 1;
    const auto mode = dragoman::sandbox_mode(sandbox);
    if (!mode) {
        std::fprintf(stderr, "--sandbox: there is no %s\n", sandbox.c_str());
        return 2;
    }
    plan.sandbox = *mode;

    Report report(!plan.quick);
    report.head();
    for (const auto measure :
         {ticks, fanouts, starts, compiles, memories, sandbox_starts, sandbox_scripts, systems, system_tables,
          system_signals, embedded_lua, embedded_python, ecs_reads, ecs_structure, reloads, reload_ticks})
        measure(plan, report);

    if (report.empty()) {
        std::fprintf(stderr, "no row's id begins with %s\n", plan.only.c_str());
        return 2;
    }
    if (!plan.quick) std::printf("\n%d beyond their limits, %d not measured\n", report.over(), report.skipped());
    if (!file.empty() && !report.write(file)) {
        std::fprintf(stderr, "%s cannot be written\n", file.c_str());
        return 1;
    }
    return report.skipped() == 0 ? 0 : 1;
}
