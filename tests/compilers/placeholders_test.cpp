#include "compilers/placeholders.hpp"

#include <doctest/doctest.h>

using namespace dragoman;

TEST_CASE("placeholders are replaced by their values, blanks and all") {
    CHECK(expand("-I{client}/include", {{"client", "/a b/c"}}) == "-I/a b/c/include");
    CHECK(expand("{g++}{g++}", {{"g++", "/usr/bin/g++"}}) == "/usr/bin/g++/usr/bin/g++");
}

TEST_CASE("what a value holds is not expanded again") { CHECK(expand("{a}", {{"a", "{b}"}}) == "{b}"); }

TEST_CASE("braces that are no placeholder stand for themselves") {
    for (const char* text : {"{", "}", "{}", "{a", "{print $1}", "a } b { c", "{ a}"}) {
        CHECK(expand(text, {}) == std::string(text));
    }
    CHECK(expand("{{script}", {{"script", "x"}}) == "{script}");
    CHECK(expand("{{{script}", {{"script", "x"}}) == "{x");
}

TEST_CASE("the placeholders of a text can be listed") {
    CHECK((placeholders_in("{a}/{{b}/{c} {d e}") == std::vector<std::string>{"a", "c"}));
}

TEST_CASE("a script's values are its path, folder and stem; a build's its folder and output") {
    PlaceholderValues values;
    add_script(values, "/ml/a b.tar.py");
    add_build(values, "/cache/x");
    CHECK(expand("{script}|{script_dir}|{stem}|{build}|{output}", values) ==
          "/ml/a b.tar.py|/ml|a b.tar|/cache/x|/cache/x/script");
}
