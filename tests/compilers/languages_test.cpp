#include "compilers/languages.hpp"

#include <doctest/doctest.h>

#include "tests/compilers/temporary_folder.hpp"

using namespace dragoman;

namespace {

struct Places : test::TemporaryFolder {
    void language(const std::string& folder, const std::string& name, const std::string& extensions) {
        write(folder + "/language.toml", "name = \"" + name + "\"\nextensions = [" + extensions +
                                             "]\n[run]\ncommand = [\"/bin/sh\", \"{script}\"]\n");
    }
    Languages read() { return Languages({path() / "game", path() / "user", path() / "built-in"}, path() / "clients"); }
    std::string who_takes(const Languages& languages, const std::string& script) {
        const auto* language = languages.for_script(script);
        return language ? std::filesystem::relative(language->folder, path()).string() : "nobody";
    }
};

}  // namespace

TEST_CASE_FIXTURE(Places, "a script's language is found by its extension") {
    language("built-in/a", "a", "\".a\", \".aa\"");
    language("built-in/b", "b", "\".b\"");
    const auto languages = read();
    CHECK(who_takes(languages, "/ml/x.aa") == "built-in/a");
    CHECK(who_takes(languages, "/ml/x.y.b") == "built-in/b");
    CHECK(who_takes(languages, "/ml/X.B") == "built-in/b");
    CHECK(who_takes(languages, "/ml/x.c") == "nobody");
    CHECK(who_takes(languages, "/ml/.a") == "nobody");
    CHECK(who_takes(languages, "/ml.a/x") == "nobody");
    CHECK(languages.find("a") != nullptr);
    CHECK(languages.find("c") == nullptr);
}

TEST_CASE_FIXTURE(Places, "the first place wins by name and by extension") {
    language("built-in/a", "a", "\".a\"");
    language("built-in/b", "b", "\".b\", \".bb\"");
    language("user/mine", "a", "\".mine\"");
    language("game/other", "other", "\".b\"");
    const auto languages = read();
    CHECK(who_takes(languages, "x.a") == "nobody");
    CHECK(who_takes(languages, "x.mine") == "user/mine");
    CHECK(who_takes(languages, "x.b") == "game/other");
    CHECK(who_takes(languages, "x.bb") == "built-in/b");
    CHECK(languages.problems().empty());
}

TEST_CASE_FIXTURE(Places, "two claims in one place are a problem") {
    language("user/a", "a", "\".a\"");
    language("user/b", "b", "\".a\", \".b\"");
    language("user/c", "a", "\".c\"");
    const auto languages = read();
    CHECK(who_takes(languages, "x.a") == "user/a");
    CHECK(who_takes(languages, "x.b") == "user/b");
    REQUIRE(languages.problems().size() == 2);
    CHECK(languages.problems().at(0).message ==
          "the extension \".a\" belongs to " + (path() / "user/a/language.toml").string() + " already");
}

TEST_CASE_FIXTURE(Places, "a bad manifest leaves the others alone and is mentioned") {
    language("user/good", "good", "\".good\"");
    write("user/bad/language.toml", "name = 1");
    write("user/no_language/readme", "");
    write("user/a_file", "");
    const auto languages = read();
    CHECK(who_takes(languages, "x.good") == "user/good");
    CHECK(languages.all().size() == 1);
    CHECK_FALSE(languages.problems().empty());
    CHECK(languages.why_unknown("x.bad").find("bad/language.toml:1: name: expected a text") != std::string::npos);
}

TEST_CASE_FIXTURE(Places, "an unknown extension lists the known ones") {
    language("user/a", "a", "\".z\", \".a\"");
    language("user/b", "b", "\".b\"");
    CHECK(read().why_unknown("/ml/x.c") == "no language has the extension \".c\"; known are .a .b .z");
    CHECK(read().why_unknown("/ml/x") == "the file name has no extension; known are .a .b .z");
}

TEST_CASE("the languages that come with dragoman can all be read") {
    const auto root = std::filesystem::path(__FILE__).parent_path().parent_path().parent_path();
    const Languages languages({root / "compilers"}, root / "clients");
    for (const auto& problem : languages.problems()) FAIL_CHECK(problem.text());
    CHECK_FALSE(languages.all().empty());
}
