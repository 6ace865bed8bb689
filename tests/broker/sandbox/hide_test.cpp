#include "broker/sandbox/hide.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>

#include "broker/sandbox/mounts.hpp"
#include "broker/sandbox/sandbox.hpp"
#include "tests/compilers/temporary_folder.hpp"

using namespace dragoman;
using namespace dragoman::test;
namespace fs = std::filesystem;
namespace kind = dragoman::launch::mount_kind;

namespace {

/// A folder ml/ with scripts that are known, and what one of them is shown of it.
struct HidingFolder : TemporaryFolder {
    KnownScripts known;
    std::vector<Mount> mounts;
    std::vector<fs::path> too_large;

    fs::path file(const std::string& name) {
        fs::create_directories((path() / name).parent_path());
        write(name, "");
        return fs::canonical(path()) / name;
    }
    fs::path script(const std::string& name) {
        const fs::path path = file(name);
        known.add(ScriptFile(path), 0);
        return path;
    }
    void shown(const fs::path& own, const fs::path& place, char how = kind::folder) {
        mounts.clear();
        show(mounts, place, how);
        too_large = hide_others(mounts, known, ScriptFile(own));
    }
    /// "folder/entry entry ..." of each folder that is shown by its entries; "folder/*" of one that is shown whole.
    std::string text() const {
        std::string all;
        for (const Mount& mount : mounts) {
            if (!all.empty()) all += "; ";
            if (mount.kind == kind::mask) all += "not ";
            all += mount.target.lexically_relative(fs::canonical(path())).string();
            if (mount.kind == kind::read || mount.kind == kind::read_if_there) all += " whole";
            if (mount.kind == kind::folder) all += ":";
            for (const std::string& entry : mount.entries) all += " " + entry;
        }
        return all;
    }
};

}  // namespace

TEST_CASE_FIXTURE(HidingFolder, "a script is shown the entries of its folder, without the other scripts") {
    const fs::path own = script("ml/1P.py");
    script("ml/2P.lua");
    file("ml/helper.py");
    file("ml/data/openings.txt");
    shown(own, own.parent_path());
    CHECK(text() == "ml: 1P.py data helper.py");
}

TEST_CASE_FIXTURE(HidingFolder, "another script is not shown though its file is there anew, or is not there yet") {
    const fs::path own = script("ml/1P.py");
    const fs::path other = script("ml/2P.lua");
    known.add(ScriptFile(path() / "ml/3P.py"), 0);
    fs::remove(other);
    file("ml/2P.lua");
    file("ml/3P.py");
    shown(own, own.parent_path());
    CHECK(text() == "ml: 1P.py");
}

TEST_CASE_FIXTURE(HidingFolder,
                  "what editors write beside another script is not shown; what they write beside one's own is") {
    const fs::path own = script("ml/1P.py");
    script("ml/2P.py");
    for (const char* name : {".2P.py.swp", "2P.py~", "#2P.py#", ".#2P.py", "2P.py.bak", ".2P.py.kate-swp",
                             "2P.py___jb_tmp___", ".1P.py.swp", "1P.py~", "12P.py", "2P.pyx", "2P"})
        file(std::string("ml/") + name);
    shown(own, own.parent_path());
    CHECK(text() == "ml: .1P.py.swp 12P.py 1P.py 1P.py~ 2P 2P.pyx");
}

TEST_CASE_FIXTURE(HidingFolder, "a second name of another script's file is not shown") {
    const fs::path own = script("ml/1P.py");
    fs::create_hard_link(script("ml/2P.py"), path() / "ml/backup");
    shown(own, own.parent_path());
    CHECK(text() == "ml: 1P.py");
}

TEST_CASE_FIXTURE(HidingFolder,
                  "a folder with another script somewhere below is shown by its entries on the way there") {
    const fs::path own = script("game/1P.py");
    script("game/ml/deep/2P.py");
    file("game/ml/deep/notes.txt");
    file("game/ml/beside/x.txt");
    shown(own, own.parent_path());
    CHECK(text() == "game: 1P.py; game/ml: beside; game/ml/deep: notes.txt");
    shown(own, path() / "game/ml", kind::read);
    CHECK(text() == "game/ml: beside; game/ml/deep: notes.txt");
}

TEST_CASE_FIXTURE(HidingFolder, "a folder without other scripts that is not the script's own is shown whole") {
    const fs::path own = script("ml/1P.py");
    file("models/large.bin");
    shown(own, path() / "models", kind::read);
    CHECK(text() == "models whole");
}

TEST_CASE_FIXTURE(HidingFolder, "another script cannot be granted by its name") {
    const fs::path own = script("ml/1P.py");
    shown(own, script("ml/2P.py"), kind::read);
    CHECK(mounts.empty());
}

TEST_CASE_FIXTURE(HidingFolder, "seats that play the same file are shown it, also through a link") {
    const fs::path own = script("ml/1P.py");
    fs::create_symlink("1P.py", path() / "ml/2P.py");
    known.add(ScriptFile(path() / "ml/2P.py"), 0);
    shown(own, own.parent_path());
    CHECK(text() == "ml: 1P.py 2P.py");
    shown(path() / "ml/2P.py", own.parent_path());
    CHECK(text() == "ml: 1P.py 2P.py");
}

TEST_CASE_FIXTURE(HidingFolder, "a link that is another script is not shown, nor what it leads to") {
    const fs::path own = script("ml/1P.py");
    file("shared/real.py");
    fs::create_symlink("../shared/real.py", path() / "ml/2P.py");
    known.add(ScriptFile(path() / "ml/2P.py"), 0);
    shown(own, own.parent_path());
    CHECK(text() == "ml: 1P.py");
    shown(own, path() / "shared", kind::read);
    CHECK(text() == "shared:");
}

TEST_CASE_FIXTURE(
    HidingFolder,
    "a folder with more files than can be shown one by one is shown whole, other scripts covered, and is told of") {
    const fs::path own = script("ml/1P.py");
    script("ml/2P.py");
    for (int i = 100; i < 550; ++i) write("ml/" + std::to_string(i) + std::string(240, 'x'), "");
    shown(own, own.parent_path());
    CHECK(text() == "not ml/2P.py; ml whole");
    CHECK(too_large == std::vector<fs::path>{path() / "ml"});
}

TEST_CASE("what a script may see is asked of the entries") {
    LaunchOrder order;
    order.mounts = {{kind::folder, "/game/ml", "/game/ml", {"1P.py", "data"}}};
    CHECK(Sandbox::shows(order, "/game"));
    CHECK(Sandbox::shows(order, "/game/ml"));
    CHECK(Sandbox::shows(order, "/game/ml/1P.py"));
    CHECK(Sandbox::shows(order, "/game/ml/data/openings.txt"));
    CHECK_FALSE(Sandbox::shows(order, "/game/ml/2P.py"));
    CHECK_FALSE(Sandbox::shows(order, "/game/game.py"));
}
