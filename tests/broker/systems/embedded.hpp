#pragma once

#include <doctest/doctest.h>
#include <sys/stat.h>

#include "broker/systems/systems.hpp"
#include "tests/compilers/temporary_folder.hpp"

namespace dragoman::test {

struct Position {
    float x, y;
};
struct Velocity {
    float x, y;
};

/// A program that embeds the broker: its own world, and scripts that run over it.
struct Embedded : TemporaryFolder {
    Embedded() {
        chmod(path().c_str(), 0755);
        bind();
    }
    void bind() {
        world.bind<Position>("Position", ecs::field("x", &Position::x), ecs::field("y", &Position::y));
        world.bind<Velocity>("Velocity", ecs::field("x", &Velocity::x), ecs::field("y", &Velocity::y));
    }

    BrokerOptions quiet() {
        BrokerOptions given;
        write("languages/shell/language.toml",
              "name = 'shell'\ntitle = 'a script without a client'\nextensions = ['.sh']\n"
              "[run]\ncommand = ['/bin/sh', '{script}']\n");
        given.languages = {path() / "languages"};
        make_room_for_sanitizers(given);
        given.events.failed = [this](LiveScript& script, Failure& failure) {
            failures += script.name() + ": " + std::string(name(failure.outcome)) + ": " + failure.message + "\n";
        };
        return given;
    }
    /// A sanitized interpreter needs what no script gets: address space, /proc.
    static void make_room_for_sanitizers([[maybe_unused]] BrokerOptions& given) {
#ifdef __SANITIZE_ADDRESS__
        given.sandbox = SandboxMode::off;
#endif
    }
    /// Starts scripts of the given texts, in Lua if nothing is said.
    bool start(const std::vector<std::string>& texts, SystemsOptions options = {}, const std::string& ending = ".lua") {
        options.trusted_mode = WriteMode::replace;  // the same where there are no walls
        Confinement confinement;
#ifdef __SANITIZE_ADDRESS__
        confinement.limits.memory.reset();
#endif
        systems = std::make_unique<Systems>(broker, world, std::move(options));
        for (std::size_t i = 0; i < texts.size(); ++i) {
            const std::string file = std::to_string(i) + ending;
            systems->add({.source = write("systems/" + file, texts[i]), .name = file, .confinement = confinement});
        }
        broker.start();
        return systems->attach();
    }

    std::string failures;
    ecs::World world;
    Broker broker{quiet()};
    std::unique_ptr<Systems> systems;
};

inline const std::string movement = R"(
dragoman.system { name = "movement", read = "Velocity", write = "Position", run = function(tables, dt)
    for t in tables do dragoman.kernels.axpy(t.Position, t.Velocity, dt) end
end })";

/// A system in Lua that moves by so much, an expression; `more` is more of its declaration.
inline std::string moving(const std::string& by, const std::string& more = "") {
    return "dragoman.system { name = 'movement', read = 'Velocity', write = 'Position', " + more +
           " run = function(tables, dt)\n"
           "    for t in tables do for i = 0, t.rows - 1 do t.Position[i].x = t.Position[i].x + " +
           by + " end end\nend }\n";
}

}  // namespace dragoman::test
