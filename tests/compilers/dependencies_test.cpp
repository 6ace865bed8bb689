#include "compilers/dependencies.hpp"

#include <doctest/doctest.h>

#include "compilers/content_hash.hpp"
#include "tests/compilers/temporary_folder.hpp"

using namespace dragoman;

namespace {

constexpr FileTime second = 1'000'000'000;

std::string files_in(const std::string& depfile) {
    std::string text;
    for (const auto& file : parse_depfile(depfile, "/base")) text += "[" + file.string() + "]";
    return text;
}

}  // namespace

TEST_CASE("a depfile's prerequisites are read as make reads them") {
    CHECK(files_in("out: a.cpp /x/b.hpp") == "[/base/a.cpp][/x/b.hpp]");
    CHECK(files_in("out: a.cpp \\\n  b.hpp \\\n c.hpp\n") == "[/base/a.cpp][/base/b.hpp][/base/c.hpp]");
    CHECK(files_in("out: a\\ b.cpp c\\#d.hpp e$$f.hpp") == "[/base/a b.cpp][/base/c#d.hpp][/base/e$f.hpp]");
    CHECK(files_in("out: a ../up.hpp ./a\nb.hpp:\nc:\n") == "[/base/a][/up.hpp]");
    CHECK(files_in("one two : a\r\nthree: b\r\n") == "[/base/a][/base/b]");
}

TEST_CASE("a depfile that is none has no files") {
    CHECK(files_in("") == "");
    CHECK(files_in("\n\n\\") == "");
    CHECK(files_in("no colon here") == "");
}

TEST_CASE_FIXTURE(test::TemporaryFolder, "a dependency is unchanged while its content is") {
    const auto file = write("a.hpp", "one");
    const auto recorded = record_dependencies({file}, file_time_now());
    REQUIRE(recorded.has_value());
    const auto& dependency = recorded->at(0);
    CHECK(is_unchanged(dependency, file_time_now()));
    write("a.hpp", "one");
    CHECK(is_unchanged(dependency, file_time_now()));
    write("a.hpp", "two");
    CHECK_FALSE(is_unchanged(dependency, file_time_now()));
    std::filesystem::remove(file);
    CHECK_FALSE(is_unchanged(dependency, file_time_now()));
}

TEST_CASE_FIXTURE(test::TemporaryFolder, "an edit that keeps size and modification time is noticed") {
    const auto file = write("a.hpp", "one");
    const auto recorded = record_dependencies({file}, file_time_now());
    const auto time = std::filesystem::last_write_time(file);
    write("a.hpp", "two");
    std::filesystem::last_write_time(file, time);
    CHECK_FALSE(is_unchanged(recorded->at(0), file_time_now() + 10 * second));
}

TEST_CASE_FIXTURE(test::TemporaryFolder, "a stamp is not trusted when the file was written just before it was taken") {
    const auto file = write("a.hpp", "one");
    auto dependency = record_dependencies({file}, file_time_now())->at(0);
    dependency.hash = "other";
    CHECK_FALSE(is_unchanged(dependency, dependency.stamp.changed + second));
    CHECK(is_unchanged(dependency, dependency.stamp.changed + 3 * second));
}

TEST_CASE_FIXTURE(test::TemporaryFolder, "files written after the build began are not recorded") {
    const auto file = write("a.hpp", "one");
    CHECK_FALSE(record_dependencies({file}, stamp_of(file)->changed - 1).has_value());
    CHECK_FALSE(record_dependencies({path() / "gone.hpp"}, file_time_now()).has_value());
}

TEST_CASE("hashes tell parts apart") {
    ContentHash one, other;
    one.add("ab"), one.add("c");
    other.add("a"), other.add("bc");
    CHECK(one.hex() != other.hex());
    CHECK(hash_of("").size() == 32);
    CHECK_FALSE(hash_of_file("/").has_value());
    CHECK_FALSE(hash_of_file("/nowhere").has_value());
}
