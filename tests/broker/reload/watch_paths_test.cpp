// Folders and links that come, go and change below a watcher.
#include <doctest/doctest.h>

#include "tests/broker/reload/watching.hpp"

using namespace dragoman;
using namespace dragoman::test;

TEST_CASE_FIXTURE(Watching, "files in folders that are made later are saved, those that lie in them already included") {
    watcher->add_folder(path(), {"*.py"});
    write("a/b/c/1P.py", "x");
    CHECK(hears("saved a/b/c/1P.py"));
    write("a/b/c/2P.py", "x");
    write("a/b/3P.py", "x");
    CHECK(text(all_told()) == "saved a/b/c/1P.py, saved a/b/c/2P.py, saved a/b/3P.py");
}

TEST_CASE_FIXTURE(Watching, "without recursion only the folder's own files are told") {
    write("a/1P.py", "x");
    watcher->add_folder(path(), {"*.py"}, false);
    write("a/1P.py", "new");
    write("b/1P.py", "new");
    write("2P.py", "new");
    CHECK(text(all_told()) == "saved 2P.py");
}

TEST_CASE_FIXTURE(Watching, "a folder that is renamed takes its files along") {
    write("a/b/1P.py", "x");
    watcher->add_folder(path(), {"*.py"});
    move("a", "c");
    CHECK(hears("removed a/b/1P.py"));
    CHECK(text(told) == "saved c/b/1P.py, removed a/b/1P.py");
    write("c/b/1P.py", "new");
    told.clear();
    CHECK(text(all_told()) == "saved c/b/1P.py");
}

TEST_CASE_FIXTURE(Watching,
                  "a watched folder that is deleted with its parents is watched again when it is made again") {
    write("game/ml/left/1P.py", "x");
    watcher->add_folder(path() / "game/ml");
    remove("game");
    CHECK(hears("removed game/ml/left/1P.py"));
    write("game/ml/left/1P.py", "x");
    CHECK(hears("saved game/ml/left/1P.py"));
    told.clear();
    write("game/ml/2P.py", "x");
    CHECK(hears("saved game/ml/2P.py"));
}

TEST_CASE_FIXTURE(Watching, "a folder that is deleted and made again at once loses no file, and its files are saved") {
    write("ml/1P.py", "x");
    watcher->add_folder(path() / "ml");
    remove("ml");
    write("ml/1P.py", "new");
    CHECK(text(all_told()) == "saved ml/1P.py");
}

TEST_CASE_FIXTURE(Watching, "a folder that somebody stands in is deleted all the same") {
    write("ml/1P.py", "x");
    watcher->add_folder(path() / "ml");
    const int open = ::open((path() / "ml").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    remove("ml");
    CHECK(hears("removed ml/1P.py"));
    write("ml/1P.py", "x");
    CHECK(hears("saved ml/1P.py"));
    ::close(open);
}

TEST_CASE_FIXTURE(Watching, "when a folder on the way is renamed and another one takes its place, the new one counts") {
    write("game/ml/1P.py", "x");
    watcher->add_folder(path() / "game/ml");
    watcher->add_file(path() / "game/ml/.data");
    write("other/ml/1P.py", "y");
    move("game", "old");
    move("other", "game");
    CHECK(text(all_told()) == "saved game/ml/1P.py");
    write("old/ml/1P.py", "new");
    write("old/ml/.data", "new");
    CHECK(text(all_told()) == "");
    write("game/ml/.data", "new");
    CHECK(text(all_told()) == "saved game/ml/.data");
}

TEST_CASE_FIXTURE(Watching, "a folder and a file that are not there yet are watched when they come") {
    watcher->add_folder(path() / "game/ml");
    watcher->add_file(path() / "lib/deep/a.lua");
    write("game/ml/1P.py", "x");
    write("lib/deep/a.lua", "x");
    CHECK(hears("saved game/ml/1P.py"));
    CHECK(hears("saved lib/deep/a.lua"));
}

TEST_CASE_FIXTURE(Watching, "a link is saved when what it leads to is") {
    write("shared/x.py", "x");
    std::filesystem::create_directory(path() / "ml");
    link("../shared/x.py", "ml/1P.py");
    watcher->add_folder(path() / "ml");
    write("shared/x.py", "new");
    CHECK(text(all_told()) == "saved ml/1P.py");
    write("shared/x.py.new", "newer");
    move("shared/x.py.new", "shared/x.py");
    CHECK(hears("saved ml/1P.py"));
}

TEST_CASE_FIXTURE(Watching, "a link that is led elsewhere is saved, and what it led to counts no more") {
    write("a.py", "x");
    write("b.py", "y");
    link("a.py", "1P.py");
    watcher->add_file(path() / "1P.py");
    link("b.py", "next");
    move("next", "1P.py");
    CHECK(text(all_told()) == "saved 1P.py");
    write("a.py", "new");
    CHECK(text(all_told()) == "");
    write("b.py", "new");
    CHECK(hears("saved 1P.py"));
}

TEST_CASE_FIXTURE(Watching, "a link in the middle that is led elsewhere saves what lies behind it") {
    write("v1/ml/1P.py", "x");
    write("v2/ml/1P.py", "y");
    link("v1", "current");
    link("current/ml/1P.py", "linked.py");
    watcher->add_folder(path() / "current/ml");
    watcher->add_file(path() / "linked.py");
    link("v2", "next");
    move("next", "current");
    CHECK(hears("saved current/ml/1P.py"));
    CHECK(hears("saved linked.py"));
    told.clear();
    write("v2/ml/1P.py", "new");
    CHECK(hears("saved current/ml/1P.py"));
    CHECK(hears("saved linked.py"));
}

TEST_CASE_FIXTURE(Watching, "a link that leads nowhere for longer is saved, and again when it leads somewhere") {
    write("x.py", "x");
    std::filesystem::create_directory(path() / "ml");
    link("../x.py", "ml/1P.py");
    watcher->add_folder(path() / "ml");
    remove("x.py");
    CHECK(hears("saved ml/1P.py"));
    told.clear();
    write("x.py", "x");
    CHECK(text(all_told()) == "saved ml/1P.py");
}

TEST_CASE_FIXTURE(Watching, "links in a circle end") {
    write("a/1P.py", "x");
    link("..", "a/up");
    link("loop", "loop");
    watcher->add_folder(path(), {"*.py"});
    watcher->add_file(path() / "loop");
    write("a/1P.py", "new");
    CHECK(text(all_told()) == "saved a/1P.py");
}

TEST_CASE_FIXTURE(Watching, "a linked folder of the watched one is looked into") {
    write("ml/shared/1P.py", "x");
    link("shared", "ml/more");
    watcher->add_folder(path() / "ml");
    write("ml/shared/1P.py", "new");
    CHECK(hears("saved ml/more/1P.py"));
    remove("ml/more");
    CHECK(hears("removed ml/more/1P.py"));
}

TEST_CASE_FIXTURE(Watching, "folders that lie too deep are named, and those above them are watched") {
    watcher->add_folder(path());
    std::filesystem::path deep;
    for (int i = 0; i < 120; ++i) deep /= "d";
    write(deep / "1P.py", "x");
    write("d/d/1P.py", "x");
    CHECK(hears("saved d/d/1P.py"));
    REQUIRE(is_warned());
    CHECK(warnings[0].find("too deep") != std::string::npos);
}

TEST_CASE_FIXTURE(Watching, "an empty path is no path") {
    watcher->add_folder("");
    watcher->add_file("");
    REQUIRE(until([this] { return warnings.size() == 2; }));
    CHECK(warnings[1] == "\"\" cannot be watched: there is no such path");
}

TEST_CASE_FIXTURE(Watching, "a link to a folder outside is not looked into, one inside is") {
    write("outside/deep/1P.py", "x");
    write("ml/inside/2P.py", "x");
    watcher->add_folder(path() / "ml", {"*.py"});
    link("../outside", "ml/out");
    link("inside", "ml/in");
    CHECK(hears("saved ml/in/2P.py"));
    write("outside/deep/1P.py", "new");
    CHECK(text(all_told()) == "saved ml/in/2P.py");
}

TEST_CASE_FIXTURE(Watching, "a tree of many folders that comes at once is looked into, all of it") {
    for (int i = 0; i < 300; ++i) write("tree/" + std::to_string(i % 7) + "/" + std::to_string(i) + "/1P.py", "x");
    std::filesystem::create_directories(path() / "ml");
    watcher->add_folder(path() / "ml", {"*.py"});
    move("tree", "ml/tree");
    CHECK(hears("saved ml/tree/5/299/1P.py"));
    CHECK(hears("saved ml/tree/0/0/1P.py"));
    write("ml/tree/6/6/1P.py", "new");
    CHECK(hears("saved ml/tree/6/6/1P.py"));
}
