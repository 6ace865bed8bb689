#include "compilers/program.hpp"

#include <doctest/doctest.h>

#include "tests/compilers/temporary_folder.hpp"

using namespace dragoman;

namespace {

struct Folder : test::TemporaryFolder {
    std::string found(const std::string& name) { return find_program(name, path().string()).value_or("nothing"); }
};

}  // namespace

TEST_CASE_FIXTURE(Folder, "the system's programs come before those on PATH") {
    write_program("ls", "#!/bin/sh\n");
    CHECK(found("ls") == "/usr/bin/ls");
}

TEST_CASE_FIXTURE(Folder, "other programs are found on PATH") {
    write_program("dragoman-test-program", "#!/bin/sh\n");
    CHECK(found("dragoman-test-program") == path() / "dragoman-test-program");
    CHECK(find_program("dragoman-test-program", ":/nowhere:" + path().string() + ":").has_value());
}

TEST_CASE_FIXTURE(Folder, "only an executable regular file is a program") {
    write("dragoman-test-text", "");
    std::filesystem::create_directory(path() / "dragoman-test-folder");
    CHECK(found("dragoman-test-text") == "nothing");
    CHECK(found("dragoman-test-folder") == "nothing");
    CHECK(found("") == "nothing");
}

TEST_CASE_FIXTURE(Folder, "an absolute path is taken as it is, a relative one not at all") {
    const auto file = write_program("tool", "#!/bin/sh\n");
    CHECK(found(file.string()) == file);
    CHECK(found("./tool") == "nothing");
    CHECK(found("/nowhere/tool") == "nothing");
    CHECK_FALSE(find_program("tool", ".").has_value());
}

TEST_CASE("a missing program names its package") {
    CHECK(missing_program({"g++", "g++"}) == "g++ was not found (apt install g++)");
    CHECK(missing_program({"tool", ""}) == "tool was not found");
}
