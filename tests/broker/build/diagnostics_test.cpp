#include "broker/build/diagnostics.hpp"

#include <doctest/doctest.h>

using namespace dragoman;

namespace {

std::string seen(std::string_view output) {
    const auto error = first_error(output);
    return error.file + "|" + std::to_string(error.line) + "|" + error.message;
}

}  // namespace

TEST_CASE("gcc's and clang's first error is found behind warnings and notes") {
    CHECK(seen("In file included from /ml/a.cpp:1:\n"
               "/ml/b.hpp:3:5: warning: unused variable 'x' [-Wunused]\n"
               "/ml/b.hpp:4:1: error: expected ';' before '}' token\n"
               "/ml/a.cpp:9:1: error: other\n") == "/ml/b.hpp|4|expected ';' before '}' token");
    CHECK(seen("/ml/a.cpp:1:10: fatal error: nothere.h: No such file or directory\n") ==
          "/ml/a.cpp|1|nothere.h: No such file or directory");
}

TEST_CASE("file names may hold blanks and colons") {
    CHECK(seen("/ml/a b: c.cpp:12:3: error: bad\n") == "/ml/a b: c.cpp|12|bad");
}

TEST_CASE("a linker's complaint has no line") {
    CHECK(seen("/usr/bin/ld: /tmp/x.o: in function `main':\n/ml/a.cpp:(.text+0x5): undefined reference to `f()'\n"
               "collect2: error: ld returned 1 exit status\n") == "|0|undefined reference to `f()'");
}

TEST_CASE("rustc's error has its place on the next line") {
    CHECK(seen("warning: unused variable: `y`\n --> /ml/a.rs:1:1\n\nerror[E0425]: cannot find value `x` in this scope\n"
               "  --> /ml/a.rs:7:13\n   |\n") == "/ml/a.rs|7|cannot find value `x` in this scope");
    CHECK(seen("error: aborting\n") == "|0|aborting");
}

TEST_CASE("go's errors are not marked as such") {
    CHECK(seen("# command-line-arguments\n./a.go:5:2: undefined: x\n./a.go:6:2: undefined: y\n") ==
          "./a.go|5|undefined: x");
}

TEST_CASE("javac's and luajit's errors are found") {
    CHECK(seen("/ml/A.java:3: error: ';' expected\n  int x\n       ^\n1 error\n") == "/ml/A.java|3|';' expected");
    CHECK(seen("luajit: /ml/a.lua:3: unexpected symbol near '}'\n") ==
          "luajit: /ml/a.lua|3|unexpected symbol near '}'");
}

TEST_CASE("other output gives its first line") {
    CHECK(seen("\n  something is wrong\nmore\n") == "|0|something is wrong");
    CHECK(seen("") == "|0|");
    CHECK(seen("\n\n") == "|0|");
    CHECK(seen("at 12:30:45 it broke") == "|0|at 12:30:45 it broke");
}

TEST_CASE("an endless line is no trouble") {
    CHECK(first_error(std::string(10'000'000, ':')).line == 0);
    CHECK(first_error(std::string(100'000, '\n')).message.empty());
}
