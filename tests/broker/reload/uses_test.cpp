#include "broker/reload/uses.hpp"

#include <doctest/doctest.h>

#include <unordered_map>

using dragoman::Uses;

namespace {

using Seats = std::vector<std::size_t>;
using Files = std::vector<std::filesystem::path>;

/// "/game/link.py" leads to "/other/real.py", and all of "/by/name" to "/game".
std::filesystem::path followed(const std::filesystem::path& file) {
    static const std::unordered_map<std::string, std::string> links{{"/game/link.py", "/other/real.py"},
                                                                    {"/by/name/a.py", "/game/a.py"}};
    const auto found = links.find(file.string());
    return found == links.end() ? file : std::filesystem::path(found->second);
}

}  // namespace

TEST_CASE("a file's users are the seats that named it, in order") {
    Uses uses;
    uses.set(2, {"/game/b.py", "/game/common.py"});
    uses.set(0, {"/game/a.py", "/game/common.py"});
    CHECK(uses.users_of("/game/common.py") == Seats{0, 2});
    CHECK(uses.users_of("/game/b.py") == Seats{2});
    CHECK(uses.users_of("/game/other.py").empty());
}

TEST_CASE("what a seat uses is replaced as a whole") {
    Uses uses;
    uses.set(0, {"/game/a.py", "/game/old.py"});
    uses.set(1, {"/game/old.py"});
    uses.set(0, {"/game/a.py", "/game/new.py"});
    CHECK(uses.users_of("/game/old.py") == Seats{1});
    CHECK(uses.users_of("/game/new.py") == Seats{0});
    CHECK(uses.files_of(0) == Files{"/game/a.py", "/game/new.py"});
    uses.set(0, {});
    CHECK(uses.files_of(0).empty());
    CHECK(uses.users_of("/game/a.py").empty());
}

TEST_CASE("a path is the same however it is written") {
    Uses uses;
    uses.set(0, {"/game/./a.py", "/game/ml/../a.py", "/game/b.py"});
    CHECK(uses.files_of(0) == Files{"/game/a.py", "/game/b.py"});
    CHECK(uses.users_of("/game//x/../a.py") == Seats{0});
}

TEST_CASE("a symbolic link and what it leads to are both used") {
    Uses uses(followed);
    uses.set(0, {"/game/link.py"});
    uses.set(1, {"/other/real.py"});
    CHECK(uses.users_of("/game/link.py") == Seats{0, 1});
    CHECK(uses.users_of("/other/real.py") == Seats{0, 1});
    CHECK(uses.files_of(0) == Files{"/game/link.py"});
}

TEST_CASE("a folder with two names has one set of files") {
    Uses uses(followed);
    uses.set(0, {"/game/a.py"});
    CHECK(uses.users_of("/by/name/a.py") == Seats{0});
}

TEST_CASE("scripts that use each other are each other's users") {
    Uses uses;
    uses.set(0, {"/game/a.py", "/game/b.py"});
    uses.set(1, {"/game/b.py", "/game/a.py"});
    CHECK(uses.users_of("/game/a.py") == Seats{0, 1});
    CHECK(uses.users_of("/game/b.py") == Seats{0, 1});
}
