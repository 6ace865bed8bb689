#include "broker/game/trust.hpp"

#include <doctest/doctest.h>

#include "broker/game/manifest.hpp"
#include "tests/broker/contains.hpp"
#include "tests/compilers/temporary_folder.hpp"

using namespace dragoman;
using namespace dragoman::test;

namespace {

struct Game : TemporaryFolder {
    Game() {
        write("game.py", "");
        write("ml/a.py", "");
        write("models/m.txt", "");
    }
    std::variant<GameManifest, Problems> read(const std::string& toml) {
        write("dragoman.toml", "script = \"game.py\"\nplayers = { names = [\"1P\", \"2P\"] }\n" + toml);
        return read_game(path());
    }
    GameManifest game(const std::string& toml) {
        auto result = read(toml);
        if (const auto* problems = std::get_if<Problems>(&result)) FAIL(problems->front().text());
        return std::get<GameManifest>(result);
    }
    std::string problem(const std::string& toml) {
        auto result = read(toml);
        const auto* problems = std::get_if<Problems>(&result);
        return problems == nullptr ? "none" : problems->front().message;
    }
    Confinement of(const GameManifest& one, const std::string& seat, const std::string& file) {
        return one.confinements.of(seat, one.folder, path() / file);
    }
};

}  // namespace

TEST_CASE_FIXTURE(Game, "limits are the players'; a seat's own go over them, the game's start from the defaults") {
    const auto one = game("[limits]\nmemory = \"64MiB\"\nthreads = 4\n[limits.\"2P\"]\nmemory = \"128MiB\"\n");
    CHECK(of(one, "1P", "ml/a.py").limits.memory == std::uint64_t{64} << 20);
    CHECK(of(one, "2P", "ml/a.py").limits.memory == std::uint64_t{128} << 20);
    CHECK(of(one, "2P", "ml/a.py").limits.threads == 4);
    CHECK(of(one, "game", "game.py").limits.memory == Limits{}.memory);
}

TEST_CASE_FIXTURE(Game, "a file is trusted by its path, and nobody else") {
    const auto one =
        game("[trust.\"ml/a.py\"]\nlevel = \"trusted-read\"\nread = [\"models\"]\nreason = \"its model\"\n");
    const auto trusted = of(one, "1P", "ml/a.py");
    CHECK(name(trusted.trust) == "trusted-read");
    CHECK(trusted.reads == std::vector<std::filesystem::path>{one.folder / "models"});
    CHECK(name(of(one, "1P", "ml/b.py").trust) == "untrusted");
}

TEST_CASE_FIXTURE(Game, "what is wrong is said") {
    CHECK(contains(problem("[limits]\nmemroy = \"1GiB\"\n"), "did you mean \"memory\""));
    CHECK(contains(problem("[limits]\nmemory = \"64M\"\n"), "expected a size"));
    CHECK(contains(problem("[limits]\nthreads = -1\n"), "expected 1 to 4096"));
    CHECK(contains(problem("[limits]\nopen_files = 1001\n"), "expected 8 to 1000"));
    CHECK(contains(problem("[trust.1P]\nlevel = \"trusted\"\n"), "say why"));
    CHECK(contains(problem("[trust.1P]\nlevel = \"root\"\nreason = \"x\"\n"), "expected \"untrusted\""));
    CHECK(contains(problem("[trust.1P]\nlevel = \"trusted-read\"\nread = [\"nowhere\"]\nreason = \"x\"\n"),
                   "there is no"));
    CHECK(contains(problem("[trust.1P]\nlevel = \"trusted\"\nread = [\"models\"]\nreason = \"x\"\n"), "trusted-read"));
}

TEST_CASE_FIXTURE(Game, "trust for a script that is not there is a warning") {
    CHECK(game("[trust.\"ml/gone.py\"]\nlevel = \"trusted\"\nreason = \"x\"\n").warnings.size() == 1);
}
