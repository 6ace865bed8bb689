#include <doctest/doctest.h>

#include "tests/broker/reload/watching.hpp"

using namespace dragoman;
using namespace dragoman::test;

TEST_CASE_FIXTURE(Watching, "a file that is written in place is saved") {
    write("ml/1P.py", "old");
    watcher->add_folder(path() / "ml");
    write("ml/1P.py", "new");
    CHECK(text(all_told()) == "saved ml/1P.py");
}

TEST_CASE_FIXTURE(Watching, "new files that match a pattern are saved, others are not told") {
    watcher->add_folder(path(), {"*.py", "*.lua"});
    for (const auto name : {"1P.py", "notes.txt", ".1P.py.swp", "2P.lua~", "2P.lua"}) write(name, "x");
    CHECK(text(all_told()) == "saved 1P.py, saved 2P.lua");
}

TEST_CASE_FIXTURE(Watching, "a file that another one is renamed over is saved") {
    write("1P.py", "old");
    watcher->add_folder(path(), {"*.py"});
    write("1P.py.new", "new");
    move("1P.py.new", "1P.py");
    CHECK(text(all_told()) == "saved 1P.py");
}

TEST_CASE_FIXTURE(Watching, "vim's way to save is one save and no removal") {
    write("1P.py", "old");
    watcher->add_folder(path(), {"*"});
    write("4913", "");
    remove("4913");
    move("1P.py", "1P.py~");
    write("1P.py", "new");
    std::filesystem::permissions(path() / "1P.py", std::filesystem::perms::owner_all);
    remove("1P.py~");
    CHECK(text(all_told()) == "saved 1P.py");
}

TEST_CASE_FIXTURE(Watching, "a file that is renamed is saved under its new name and removed under the old one") {
    write("1P.py", "x");
    watcher->add_folder(path(), {"*.py"});
    move("1P.py", "2P.py");
    CHECK(hears("removed 1P.py"));
    CHECK(text(told) == "saved 2P.py, removed 1P.py");
}

TEST_CASE_FIXTURE(Watching, "a file that is removed and made again is saved") {
    write("1P.py", "x");
    watcher->add_folder(path(), {"*.py"});
    remove("1P.py");
    CHECK(hears("removed 1P.py"));
    write("1P.py", "x");
    CHECK(hears("saved 1P.py"));
}

TEST_CASE_FIXTURE(Watching, "a hard link and a link are saved at once") {
    write("a/x.py", "x");
    std::filesystem::create_directory(path() / "ml");
    watcher->add_folder(path() / "ml");
    std::filesystem::create_hard_link(path() / "a/x.py", path() / "ml/1P.py");
    link("../a/x.py", "ml/2P.py");
    CHECK(text(all_told()) == "saved ml/1P.py, saved ml/2P.py");
}

TEST_CASE_FIXTURE(Watching, "a file that is kept open is saved when it was written") {
    write("1P.py", "old");
    watcher->add_folder(path(), {"*.py"});
    std::ofstream file(path() / "1P.py");
    file << "new" << std::flush;
    CHECK(hears("saved 1P.py"));
}

TEST_CASE_FIXTURE(Watching, "a file that is replaced by a folder is saved") {
    write("1P.py", "x");
    watcher->add_folder(path(), {"*.py"});
    remove("1P.py");
    std::filesystem::create_directory(path() / "1P.py");
    CHECK(text(all_told()) == "saved 1P.py");
}

TEST_CASE_FIXTURE(Watching, "a thousand saves in a row are told twice") {
    write("1P.py", "");
    watcher->add_folder(path(), {"*.py"});
    for (int i = 0; i < 1000; ++i) {  // not truncated: file systems take their time for that
        const int file = ::open((path() / "1P.py").c_str(), O_WRONLY | O_CLOEXEC);
        CHECK(::pwrite(file, "x", 1, 0) == 1);
        ::close(file);
    }
    CHECK(until([this] { return told.size() == 2; }));
    CHECK(text(told) == "saved 1P.py, saved 1P.py");
}

TEST_CASE_FIXTURE(Watching, "single files are told, and nothing else of their folder") {
    write("lib/a.py", "x");
    write("lib/b.py", "x");
    watcher->add_file(path() / "lib/../lib/a.py");
    watcher->add_file(path() / "lib/.settings");
    write("lib/b.py", "new");
    write("lib/a.py", "new");
    write("lib/.settings", "new");
    CHECK(text(all_told()) == "saved lib/a.py, saved lib/.settings");
}

TEST_CASE_FIXTURE(Watching, "a file that was added twice is told until it was removed twice") {
    write("a.py", "x");
    watcher->add_file(path() / "a.py");
    watcher->add_file(path() / "a.py");
    watcher->remove_file(path() / "a.py");
    write("a.py", "new");
    CHECK(text(all_told()) == "saved a.py");
    watcher->remove_file(path() / "a.py");
    write("a.py", "newer");
    CHECK(text(all_told()) == "");
}

TEST_CASE_FIXTURE(Watching,
                  "a file that is in a watched folder and added by itself is told once, and stays when it goes") {
    write("a.py", "x");
    watcher->add_folder(path(), {"*.py"});
    watcher->add_file(path() / "a.py");
    write("a.py", "new");
    CHECK(text(all_told()) == "saved a.py");
    watcher->remove_file(path() / "a.py");
    write("a.py", "newer");
    CHECK(hears("saved a.py"));
}

TEST_CASE_FIXTURE(Watching, "of a folder that is let go nothing is told") {
    write("ml/1P.py", "x");
    watcher->add_folder(path() / "ml");
    watcher->remove_folder(path() / "ml");
    write("ml/1P.py", "new");
    CHECK(text(all_told()) == "");
}

TEST_CASE_FIXTURE(Watching, "a callback may destroy the watcher") {
    int calls = 0;
    watcher.emplace(io, Watcher::Events{[&](const auto&) {
                                            ++calls;
                                            watcher.reset();
                                        },
                                        {},
                                        {}});
    watcher->add_folder(path());
    write("a.py", "x");
    write("b.py", "x");
    CHECK(until([&] { return !watcher; }));
    io.restart();
    io.run();
    CHECK(calls == 1);
}

TEST_CASE_FIXTURE(Watching, "a callback that throws is told as a warning, and the next save as a save") {
    bool throws = true;
    watcher.emplace(io, Watcher::Events{[&](const auto& file) {
                                            if (std::exchange(throws, false)) throw std::runtime_error("no room");
                                            hear("saved ", file);
                                        },
                                        {},
                                        [this](const auto& text) { warnings.push_back(text); }});
    watcher->add_folder(path());
    write("a.py", "x");
    write("b.py", "x");
    CHECK(hears("saved b.py"));
    CHECK(text(warnings) == "a saved file was not dealt with: no room");
}

TEST_CASE_FIXTURE(Watching, "what is stopped tells nothing and keeps no event loop alive") {
    write("a.py", "x");
    watcher->add_folder(path());
    write("a.py", "new");
    watcher->stop();
    watcher->add_file(path() / "b.py");
    io.restart();
    io.run();
    CHECK(told.empty());
}
