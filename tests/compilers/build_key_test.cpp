#include "compilers/build_key.hpp"

#include <doctest/doctest.h>

#include "tests/compilers/temporary_folder.hpp"

using namespace dragoman;

namespace {

struct Ingredients : test::TemporaryFolder {
    Ingredients() {
        write("x/language.toml", "one");
        write("client/a.hpp", "one");
        write_program("compiler", "one");
        language.folder = path() / "x";
        language.client = path() / "client";
        programs["compiler"] = path() / "compiler";
    }
    std::string key(const std::string& script = "/ml/a.x", const std::string& source = "source",
                    const std::string& version = "1") {
        return build_key(language, script, source, programs, version);
    }
    Language language;
    std::map<std::string, std::filesystem::path> programs;
};

}  // namespace

TEST_CASE_FIXTURE(Ingredients, "the same ingredients have the same key") { CHECK(key() == key()); }

TEST_CASE_FIXTURE(Ingredients, "every ingredient counts") {
    const auto before = key();
    CHECK(key("/ml/b.x") != before);
    CHECK(key("/other/a.x") != before);
    CHECK(key("/ml/a.x", "other source") != before);
    CHECK(key("/ml/a.x", "source", "2") != before);
    SUBCASE("manifest") { write("x/language.toml", "two"); }
    SUBCASE("compile_script") { language.compile_script = write("x/compile_script", "two"); }
    SUBCASE("a client's file changed") { write("client/a.hpp", "longer"); }
    SUBCASE("a client's file came") { write("client/deep/b.hpp", ""); }
    SUBCASE("the compiler") { write_program("compiler", "longer"); }
    CHECK(key() != before);
}

TEST_CASE_FIXTURE(Ingredients, "hidden files and Python's caches in a client do not count") {
    const auto before = key();
    write("client/.git/x", "");
    write("client/.swp", "");
    write("client/__pycache__/a.pyc", "");
    CHECK(key() == before);
}
