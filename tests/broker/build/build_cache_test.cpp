#include "broker/build/build_cache.hpp"

#include <doctest/doctest.h>

#include "compilers/content_hash.hpp"
#include "tests/compilers/temporary_folder.hpp"

using namespace dragoman;

namespace {

struct Cached : test::TemporaryFolder {
    BuildCache cache{path() / "cache"};

    /// Leaves a build with a file of this size; gives its folder.
    std::filesystem::path build(const std::string& key, std::size_t bytes = 1, std::vector<Dependency> files = {}) {
        const auto folder = cache.new_folder(key);
        const auto program = write(folder->path / "script", std::string(bytes, 'x'));
        CHECK(cache.publish(key, *folder, {"", {program.string()}, std::move(files), file_time_now(), 0}));
        return folder->path;
    }
    void last_used(const std::string& key, std::chrono::hours ago) {
        std::filesystem::last_write_time(path() / "cache/builds" / key,
                                         std::filesystem::file_time_type::clock::now() - ago);
    }
    bool has(const std::string& key) { return cache.find(key).has_value(); }
    std::size_t files() {
        std::size_t count = 0;
        for (auto it = std::filesystem::directory_iterator(path() / "cache/builds"); it != end(it); ++it) ++count;
        return count;
    }
};

using namespace std::chrono_literals;

}  // namespace

TEST_CASE_FIXTURE(Cached, "a published build is found again, by another broker too") {
    const auto folder = build("a");
    CHECK(cache.find("a")->folder.path == folder);
    CHECK(BuildCache(path() / "cache").find("a")->record.argv.at(0) == folder / "script");
    CHECK_FALSE(has("b"));
}

TEST_CASE_FIXTURE(Cached, "every build has a folder of its own") {
    const auto one = cache.new_folder("a");
    const auto other = cache.new_folder("a");
    CHECK(one->path != other->path);
}

TEST_CASE_FIXTURE(Cached, "the later of two builds wins") {
    build("a");
    const auto later = build("a");
    CHECK(cache.find("a")->folder.path == later);
}

TEST_CASE_FIXTURE(Cached, "a build whose dependency changed is not found") {
    const auto header = write("a.hpp", "one");
    build("a", 1, *record_dependencies({header}, file_time_now()));
    CHECK(has("a"));
    write("a.hpp", "two");
    CHECK_FALSE(has("a"));
}

TEST_CASE_FIXTURE(Cached, "a damaged entry or folder is no build") {
    const auto folder = build("a");
    SUBCASE("entry cut short") {
        const auto text = read("cache/builds/a");
        write("cache/builds/a", text.substr(0, text.size() - 5));
    }
    SUBCASE("entry of another kind") { write("cache/builds/a", "something else"); }
    SUBCASE("entry empty") { write("cache/builds/a", ""); }
    SUBCASE("program empty") { write(folder / "script", ""); }
    SUBCASE("program gone") { std::filesystem::remove(folder / "script"); }
    SUBCASE("folder gone") { std::filesystem::remove_all(folder); }
    CHECK_FALSE(has("a"));
}

TEST_CASE_FIXTURE(Cached, "trimming removes what has not been used for longest") {
    build("a", 1000), build("b", 1000), build("c", 1000);
    last_used("a", 1h), last_used("b", 3h), last_used("c", 2h);
    cache.trim(2500);
    CHECK(has("a"));
    CHECK_FALSE(has("b"));
    CHECK(has("c"));
    CHECK(files() == 4);
}

TEST_CASE_FIXTURE(Cached, "finding a build counts as using it") {
    build("a", 1000), build("b", 1000);
    last_used("a", 3h), last_used("b", 2h);
    CHECK(has("a"));
    cache.trim(1500);
    CHECK(has("a"));
    CHECK_FALSE(has("b"));
}

TEST_CASE_FIXTURE(Cached, "trimming leaves alone what somebody holds") {
    build("a", 1000);
    {
        const auto held = BuildCache(path() / "cache").find("a");
        cache.trim(0);
        CHECK(has("a"));
    }
    cache.trim(0);
    CHECK_FALSE(has("a"));
    CHECK(files() == 0);
}

TEST_CASE_FIXTURE(Cached, "trimming removes old builds, old left-overs and damaged entries first") {
    build("a"), build("b");
    last_used("a", 24h * 31);
    const auto left_over = path() / "cache/builds/c-123456";
    std::filesystem::create_directory(left_over);
    write("cache/builds/c.tmp-123456", "");
    write("cache/builds/broken", "x");
    last_used("c-123456", 2h), last_used("c.tmp-123456", 2h), last_used("broken", 24h * 31);
    cache.trim();
    CHECK_FALSE(has("a"));
    CHECK(has("b"));
    CHECK(files() == 2);
}

TEST_CASE_FIXTURE(Cached, "folders that may not be written to are removed all the same") {
    const auto folder = build("a");
    write(folder / "deep/file", "x");
    std::filesystem::permissions(folder / "deep", std::filesystem::perms::owner_read);
    cache.trim(0);
    CHECK(files() == 0);
}

TEST_CASE_FIXTURE(test::TemporaryFolder, "where the cache cannot be written, a temporary folder takes its place") {
    std::filesystem::path folder;
    {
        BuildCache cache(write("a_file", "") / "cache");
        const auto made = cache.new_folder("a");
        REQUIRE(made.has_value());
        CHECK_FALSE(made->is_cached);
        CHECK_FALSE(cache.publish("a", *made, {"", {"/bin/true"}, {}, 0, 0}));
        CHECK_FALSE(cache.find("a").has_value());
        folder = made->path;
        CHECK(std::filesystem::is_directory(folder));
    }
    CHECK_FALSE(std::filesystem::exists(folder));
    CHECK_FALSE(std::filesystem::exists(folder.parent_path()));
}

TEST_CASE("a record comes back as it was, whatever file names hold") {
    BuildRecord record;
    record.folder = "key-123456";
    record.argv = {"/a b", "\n\xff\"", ""};
    record.dependencies = {{"/x\n\xfe.hpp", {1, 2, 3}, "hash"}};
    record.recorded = 42;
    record.bytes = 1234567890123;
    const auto text = encode(record);
    const auto again = decode(text);
    REQUIRE(again.has_value());
    CHECK(again->folder == record.folder);
    CHECK(again->argv == record.argv);
    CHECK(again->dependencies.at(0).file == record.dependencies.at(0).file);
    CHECK(again->dependencies.at(0).stamp == record.dependencies.at(0).stamp);
    CHECK(again->recorded == 42);
    CHECK(again->bytes == 1234567890123);
    for (std::size_t length = 0; length < text.size(); ++length) {
        CHECK_FALSE(decode(std::string_view(text).substr(0, length)).has_value());
    }
}
