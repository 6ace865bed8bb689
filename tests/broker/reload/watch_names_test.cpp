#include <doctest/doctest.h>

#include <cerrno>

#include "broker/reload/watch/limits.hpp"
#include "broker/reload/watch/names.hpp"

using namespace dragoman::watch;

TEST_CASE("what editors leave beside a file is temporary") {
    for (const std::string name :
         {".1P.py.swp", "1P.py.swp", "1P.py.swx", "4913", "5036", "1P.py~", ".#1P.py", "#1P.py#", ".1P.py.kate-swp",
          "1P.py___jb_tmp___", "1P.py___jb_old___", "1P.py.tmp", ".goutputstream-X1Y2Z3", ".hidden.py"}) {
        CAPTURE(name);
        CHECK(is_temporary(name));
    }
}

TEST_CASE("what a user writes is not temporary") {
    for (const std::string name : {"1P.py", "swp.lua", "4914", "4913.py", "tmp", "a#b.c", "main.js", "~x.py"}) {
        CAPTURE(name);
        CHECK_FALSE(is_temporary(name));
    }
}

TEST_CASE("a filter wants names that match one of its patterns, and no temporary ones") {
    const Filter filter{{"*.py", "[12]P.*"}};
    CHECK(filter.wants("a.py"));
    CHECK(filter.wants("2P.lua"));
    CHECK_FALSE(filter.wants("3P.lua"));
    CHECK_FALSE(filter.wants(".a.py"));
}

TEST_CASE("folders of caches and of other people's modules are passed over") {
    CHECK(is_passed_over("__pycache__"));
    CHECK(is_passed_over("node_modules"));
    CHECK(is_passed_over(".git"));
    CHECK_FALSE(is_passed_over("ml"));
}

TEST_CASE("a limit that is reached is told with its name, its value and what to do") {
    const auto watches = cannot_watch(ENOSPC, {"/game/ml", "/game/systems"});
    CAPTURE(watches);
    CHECK(watches.find("/game/ml, /game/systems") != std::string::npos);
    CHECK(watches.find("fs.inotify.max_user_watches is ") != std::string::npos);
    CHECK(watches.find("sudo sysctl -w fs.inotify.max_user_watches=") != std::string::npos);
    const auto instances = cannot_start(EMFILE);
    CAPTURE(instances);
    CHECK(instances.find("sudo sysctl -w fs.inotify.max_user_instances=") != std::string::npos);
}

TEST_CASE("many folders that cannot be watched are counted after the first ones") {
    const auto text = cannot_watch(EACCES, std::vector<std::string>(12, "/x"));
    CAPTURE(text);
    CHECK(text.find(" and 2 more: Permission denied") != std::string::npos);
}
