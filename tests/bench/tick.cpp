// Round trip of one tick, over a raw pipe's round trip of the same bytes plus one parse by the language's usual parser.

#include <simdjson.h>
#include <unistd.h>

#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>

#include "tests/bench/child.hpp"
#include "tests/bench/measure.hpp"
#include "tests/bench/scene.hpp"
#include "tests/bench/seats.hpp"

namespace dragoman::bench {
namespace {

constexpr std::size_t answer_size = 24;

struct Kind {
    const char* name;
    const char* script;
    const char* parser;
    std::optional<double> small_limit;
    std::optional<double> large_limit;
};
const Kind kinds[] = {
    {"cpp", "view.cpp", "simdjson DOM", 1.5, 1.3},
    {"cpp-mlgame", "mlgame.cpp", "nlohmann::json::parse", {}, 0.8},
    {"lua", "player.lua", "lua-cjson", 1.5, 1.0},
    {"python", "player.py", "json.loads", 1.7, 1.1},
};

struct Size {
    const char* name;
    std::size_t bytes;
    Effort effort;
};
const Size sizes[] = {{"510B", 510, {60, 16}}, {"20KB", 20'000, {40, 4}}};

/// The scene in a file, for parsers that are other programs.
class SceneFile {
public:
    explicit SceneFile(const std::string& scene)
        : path_(std::filesystem::temp_directory_path() / ("dragoman-bench-" + std::to_string(getpid()))) {
        std::ofstream(path_) << scene;
    }
    ~SceneFile() {
        std::error_code ignored;
        std::filesystem::remove(path_, ignored);
    }
    std::string path() const { return path_.string(); }

private:
    std::filesystem::path path_;
};

/// A function that measures one parse, in microseconds.
using Parse = std::function<double()>;

Parse parse_here(const std::string& kind, const std::string& scene, Effort effort) {
    if (kind == "cpp") {
        const auto parser = std::make_shared<simdjson::dom::parser>();
        const auto padded = std::make_shared<simdjson::padded_string>(scene);
        return [=] {
            return typical(effort, [&] {
                if (parser->parse(*padded).error() != simdjson::SUCCESS) throw std::runtime_error("bad scene");
            });
        };
    }
    return [=] { return typical(effort, [&] { auto parsed = nlohmann::json::parse(scene); }); };
}

Parse parse_there(std::vector<std::string> command, Effort effort) {
    const auto child = std::make_shared<Child>(std::move(command));
    const auto measure = [=] {
        child->write(std::to_string(effort.batches) + " " + std::to_string(effort.size) + "\n");
        const std::string line = child->line();
        if (line.empty()) throw std::runtime_error("the language's usual parser is not there");
        return std::stod(line);
    };
    measure();
    return measure;
}

void measure(const Plan& plan, Results& results, const Kind& kind, const Size& size, bool one_core,
             const std::string& id) {
    const OneCore core(one_core);
    Effort effort = size.effort;
    if (plan.quick) effort.batches = 3;
    const std::string scene = scene_of(size.bytes);
    const std::string line = scene_line(scene);
    const SceneFile file(scene);

    const std::string sources = BENCH_SOURCES;
    Parse parse;
    if (kind.name == std::string("lua"))
        parse = parse_there({"/usr/bin/luajit", sources + "/parse.lua", file.path()}, effort);
    else if (kind.name == std::string("python"))
        parse = parse_there({"/usr/bin/python3", sources + "/parse.py", file.path()}, effort);
    else
        parse = parse_here(kind.name, scene, effort);

    Child raw({std::string(BENCH_FLOORS) + "/bench-raw-child", std::to_string(line.size())});
    Seats seats(kind.script, 1, scene);
    const auto trip = [&] {
        raw.write(line);
        raw.read(answer_size);
    };
    std::vector<double> pipes;
    std::vector<double> parses;
    const auto floor = [&] {
        pipes.push_back(typical(effort, trip));
        parses.push_back(parse());
        return pipes.back() + parses.back();
    };
    const auto ours = [&] { return typical(effort, [&] { seats.tick(); }); };
    // Not measured: JIT compilers, caches and branch predictors get to know it.
    floor();
    ours();
    pipes.clear();
    parses.clear();

    const auto limit = size.bytes < 1000 ? kind.small_limit : kind.large_limit;
    Row row = alternate(plan, id, limit, "us", floor, ours);
    char note[120];
    std::snprintf(note, sizeof note, "pipe %.1f + %s %.1f", median(pipes), kind.parser, median(parses));
    row.note = note;
    results.add(std::move(row));
}

}  // namespace

void ticks(const Plan& plan, Results& results) {
    for (const bool one_core : {true, false})
        for (const Size& size : sizes)
            for (const Kind& kind : kinds) {
                const std::string id =
                    std::string("tick.") + kind.name + "." + size.name + (one_core ? "" : ".unpinned");
                if (!plan.wants(id)) continue;
                try {
                    measure(plan, results, kind, size, one_core, id);
                } catch (const std::exception& error) {
                    results.skip(id, error.what());
                }
            }
}

}  // namespace dragoman::bench
