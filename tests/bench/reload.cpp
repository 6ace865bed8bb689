// From close(2) of a saved file to the first reply of the new version, in a match that goes on, over what the machine
// takes for the same without a match: a sandboxed start of the interpreter, an interpreter that does nothing, the
// compiler.

#include <unistd.h>

#include <memory>

#include "broker/launch/runner.hpp"
#include "compilers/placeholders.hpp"
#include "compilers/program.hpp"
#include "tests/bench/child.hpp"
#include "tests/bench/measure.hpp"
#include "tests/bench/reload_seats.hpp"
#include "tests/bench/scene.hpp"
#include "tests/bench/walled.hpp"

namespace dragoman::bench {
namespace {

constexpr int pairs = 9;
constexpr int compiles = 2;
constexpr int many = 256;
/// A frame of a match at 100 fps: ten thousand ticks a second would leave the compiler no core.
constexpr auto beside_a_compiler = std::chrono::milliseconds(10);
constexpr std::size_t scene_size = 510;

/// A new answer each time, so that the first reply of a new version is known by it and no version is in a cache.
class Answers {
public:
    std::string next() { return "V" + std::to_string(static_cast<long>(getpid())) + "n" + std::to_string(++number_); }

private:
    int number_ = 0;
};

std::string player(const std::string& extension) { return text_of(script_file("player" + extension)); }

/// Saves the script itself.
template <typename... Pause>
double reload_script(ReloadSeats& seats, const std::string& source, Answers& answers, Pause... pause) {
    const std::string answer = answers.next();
    return seats.reload(seats.file(0), with(source, "MOVE_LEFT", answer), answer, pause...);
}

void lua_row(const Plan& plan, Results& results, const std::string& id) {
    ReloadSeats seats(plan, {player(".lua")}, ".lua", scene_of(scene_size));
    Walled walled(plan.sandbox);
    Answers answers;
    const auto ours = [&] { return reload_script(seats, player(".lua"), answers); };
    const auto floor = [&] { return walled.start({"/usr/bin/luajit", "-e", "print(1)"}); };
    floor();
    ours();
    Row row = alternate_pairs(plan, pairs, id, 3.0, "ms", floor, ours);
    row.note = walled.tier() + "; over a sandboxed start of luajit -e print(1)";
    results.add(std::move(row));
}

void python_row(const Plan& plan, Results& results, const std::string& id) {
    ReloadSeats seats(plan, {player(".py")}, ".py", scene_of(scene_size));
    if (!seats.broker().warm_up(seats.file(0))) throw std::runtime_error("there is no warm Python");
    Answers answers;
    const std::vector<std::string> nothing{"/usr/bin/python3", "-c", "pass"};
    const auto ours = [&] { return reload_script(seats, player(".py"), answers); };
    const auto floor = [&] { return typical({1, 1}, [&] { run(nothing); }) / 1000; };
    floor();
    ours();
    Row row = alternate_pairs(plan, pairs, id, 1.0, "ms", floor, ours);
    row.note = seats.broker().sandbox_tier() + "; warm, over python3 -c pass to its end";
    results.add(std::move(row));
}

/// The compiler as the broker runs it, but not in a sandbox, and not at low priority.
class Compiler {
public:
    explicit Compiler(Broker& broker) : language_(*broker.languages().for_script("a.cpp")) {}

    double compile(const OwnFolder& folder, const std::string& source) {
        ReloadSeats::save(folder / "script.cpp", source);
        auto values = language_values(language_, find_programs(language_).paths);
        add_script(values, folder / "script.cpp");
        add_build(values, folder / "");
        const auto command = expand(language_.compile.commands.front(), values);
        return typical({1, 1}, [&] { run(command); }) / 1000;
    }

private:
    const Language& language_;
};

void cpp_row(const Plan& plan, Results& results, const std::string& id) {
    const std::string source = text_of(script_file("view.cpp"));
    ReloadSeats seats(plan, {source}, ".cpp", scene_of(scene_size));
    Compiler compiler(seats.broker());
    const OwnFolder folder;
    Answers answers;
    Row row = alternate_pairs(
        plan, compiles, id, 1.1, "ms", [&] { return compiler.compile(folder, source); },
        [&] { return reload_script(seats, source, answers, beside_a_compiler); });
    row.note = "over g++ of the same source, alone";
    results.add(std::move(row));
}

/// A script that asks another file what to say.
constexpr const char* asks_lua = R"(local helper = require "helper"
local MLPlay = {}
MLPlay.__index = MLPlay
function MLPlay.new() return setmetatable({}, MLPlay) end
function MLPlay:update() return helper.answer end
function MLPlay:reset() end
return MLPlay
)";

void dependency_row(const Plan& plan, Results& results, const std::string& id) {
    Answers answers;
    const auto helper = [](const std::string& answer) { return "return { answer = '" + answer + "' }\n"; };
    ReloadSeats seats(plan, {asks_lua}, ".lua", scene_of(scene_size), {{"helper.lua", helper("NONE")}});
    Walled walled(plan.sandbox);
    const auto ours = [&] {
        const std::string answer = answers.next();
        return seats.reload(seats.folder() / "helper.lua", helper(answer), answer);
    };
    const auto floor = [&] { return walled.start({"/usr/bin/luajit", "-e", "print(1)"}); };
    floor();
    ours();
    Row row = alternate_pairs(plan, pairs, id, 3.0, "ms", floor, ours);
    row.note = "a module of a Lua script, over a sandboxed start of luajit -e print(1)";
    results.add(std::move(row));
}

void header_row(const Plan& plan, Results& results, const std::string& id) {
    const std::string source = with(text_of(script_file("view.cpp")), "\"MOVE_LEFT\"", "answer");
    const auto header = [](const std::string& answer) { return "inline const char* answer = \"" + answer + "\";\n"; };
    const std::string script = "#include \"answer.hpp\"\n" + source;
    ReloadSeats seats(plan, {script}, ".cpp", scene_of(scene_size), {{"answer.hpp", header("NONE")}});
    Compiler compiler(seats.broker());
    const OwnFolder folder;
    ReloadSeats::save(folder / "answer.hpp", header("NONE"));
    Answers answers;
    Row row = alternate_pairs(
        plan, compiles, id, 1.1, "ms", [&] { return compiler.compile(folder, script); },
        [&] {
            const std::string answer = answers.next();
            return seats.reload(seats.folder() / "answer.hpp", header(answer), answer, beside_a_compiler);
        });
    row.note = "a header of a C++ script, over g++ of the same source, alone";
    results.add(std::move(row));
}

void many_row(const Plan& plan, Results& results, const std::string& id) {
    const auto seats_of = [&](int count) {
        const std::vector<std::string> sources(static_cast<std::size_t>(count), player(".lua"));
        return std::make_unique<ReloadSeats>(plan, sources, ".lua", scene_of(scene_size));
    };
    const auto two = seats_of(2);
    const auto all = seats_of(plan.quick ? 4 : many);
    Answers answers;
    reload_script(*two, player(".lua"), answers);
    reload_script(*all, player(".lua"), answers);
    Row row = alternate_pairs(
        plan, pairs, id, 1.1, "ms", [&] { return reload_script(*two, player(".lua"), answers); },
        [&] { return reload_script(*all, player(".lua"), answers); });
    row.note = "one of " + std::to_string(many) + " Lua scripts in one folder, over one of 2";
    results.add(std::move(row));
}

}  // namespace

void reloads(const Plan& plan, Results& results) {
    const Attempt attempt(plan, results);
    attempt("reload.lua", lua_row);
    attempt("reload.python", python_row);
    attempt("reload.cpp", cpp_row);
    attempt("reload.dependency", dependency_row);
    attempt("reload.dependency.cpp", header_row);
    attempt("reload.of256", many_row);
}

}  // namespace dragoman::bench
