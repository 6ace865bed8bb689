#include <doctest/doctest.h>

#include "broker/reload/watch/saves.hpp"

using namespace dragoman;
using namespace dragoman::watch;
using namespace std::chrono_literals;

namespace {

/// A file, a clock that is moved by hand, and what was told so far: "saved@20", in milliseconds.
struct Desk {
    Saves saves;
    Saves::Time start{1h};
    std::chrono::milliseconds now{0};
    FileLook file;
    std::string told;

    void is_there() {
        file = written();
        saves.know("f", file);
    }
    FileLook written() {
        FileLook look = file;
        look.kind = FileLook::Kind::File;
        look.readable = 1;
        look.inode = std::max<std::uint64_t>(file.inode, 1);
        ++look.size;
        look.modified = look.changed = ++stamp_;
        return look;
    }
    FileLook another() {
        FileLook look = written();
        look.inode = ++inodes_;
        return look;
    }

    void see(Sign sign, const FileLook& look) {
        file = look;
        saves.see("f", sign, look, start + now);
        hear();
    }
    void see(Sign sign) { see(sign, file); }
    void goes() { see(Sign::Gone, {}); }
    void writes() { see(Sign::Written, written()); }
    /// An editor that writes in place.
    void saves_it() {
        writes();
        see(Sign::Closed);
    }
    /// As an event loop does: whenever there is something to do.
    void until(std::chrono::milliseconds time) {
        for (auto next = saves.next(); next && *next <= start + time; next = saves.next()) {
            now = std::chrono::duration_cast<std::chrono::milliseconds>(*next - start);
            saves.advance(*next);
            hear();
        }
        now = time;
    }
    bool is_idle() const { return !saves.next(); }

private:
    void hear() {
        for (const auto& one : saves.take())
            told += (told.empty() ? "" : " ") + std::string(one.is_removed ? "removed@" : "saved@") +
                    std::to_string(now.count());
    }
    std::int64_t stamp_ = 0;
    std::uint64_t inodes_ = 100;
};

}  // namespace

TEST_CASE_FIXTURE(Desk, "a save is told at once, and once") {
    is_there();
    saves_it();
    until(10s);
    CHECK(told == "saved@0");
    CHECK(is_idle());
}

TEST_CASE_FIXTURE(Desk, "a file that is opened for writing, not written and closed is not saved") {
    is_there();
    see(Sign::Closed);
    until(10s);
    CHECK(told == "");
}

TEST_CASE_FIXTURE(Desk, "two writes that leave the same times and size are two saves") {
    is_there();
    see(Sign::Written);
    see(Sign::Closed);
    until(30ms);
    see(Sign::Written);
    see(Sign::Closed);
    until(10s);
    CHECK(told == "saved@0 saved@30");
}

TEST_CASE_FIXTURE(Desk, "a burst is told when it begins and when it is over") {
    is_there();
    for (int i = 0; i < 10; ++i) {
        saves_it();
        until(now + 5ms);
    }
    until(10s);
    CHECK(told == "saved@0 saved@65");
    CHECK(is_idle());
}

TEST_CASE_FIXTURE(Desk, "saves with quiet between them are told at once, each") {
    is_there();
    saves_it();
    until(20ms);
    saves_it();
    until(40ms);
    saves_it();
    until(10s);
    CHECK(told == "saved@0 saved@20 saved@40");
}

TEST_CASE_FIXTURE(Desk, "a burst that never ends is told twice a second") {
    is_there();
    for (int i = 0; i < 200; ++i) {
        saves_it();
        until(now + 10ms);
    }
    until(10s);
    CHECK(told == "saved@0 saved@500 saved@1000 saved@1500 saved@2000");
}

TEST_CASE_FIXTURE(Desk, "what is pending is not told while the file is written anew") {
    is_there();
    saves_it();
    until(5ms);
    saves_it();
    until(10ms);
    writes();
    until(50ms);
    CHECK(told == "saved@0");
    see(Sign::Closed);
    until(10s);
    CHECK(told == "saved@0 saved@70");
}

TEST_CASE_FIXTURE(Desk, "a file that is renamed over is saved at once") {
    is_there();
    see(Sign::Replaced, another());
    until(10s);
    CHECK(told == "saved@0");
}

TEST_CASE_FIXTURE(Desk, "vim's dance is one save and no removal") {
    is_there();
    goes();
    until(1ms);
    FileLook anew = another();
    anew.size = 0;
    see(Sign::Created, anew);
    writes();
    until(3ms);
    see(Sign::Closed);
    FileLook runnable = file;
    runnable.changed += 1;
    see(Sign::Attributes, runnable);
    until(10s);
    CHECK(told == "saved@3");
}

TEST_CASE_FIXTURE(Desk, "that the new file is there already when the old one's going is dealt with loses nothing") {
    is_there();
    const FileLook linked = [&] {
        FileLook look = another();
        look.has_more_names = true;
        return look;
    }();
    see(Sign::Gone, linked);
    CHECK(told == "");
    see(Sign::Created, linked);
    until(10s);
    CHECK(told == "saved@0");
}

TEST_CASE_FIXTURE(Desk, "a change of permissions alone is no save") {
    is_there();
    FileLook look = file;
    look.changed += 1;
    see(Sign::Attributes, look);
    until(10s);
    CHECK(told == "");
}

TEST_CASE_FIXTURE(Desk, "who may read a file now, or no longer, is told of it") {
    is_there();
    FileLook look = file;
    look.readable = 0;
    look.changed += 1;
    see(Sign::Attributes, look);
    until(10s);
    CHECK(told == "saved@100");
}

TEST_CASE_FIXTURE(Desk, "touch is one save") {
    is_there();
    see(Sign::Attributes, written());
    see(Sign::Closed);
    until(10s);
    CHECK(told == "saved@0");
}

TEST_CASE_FIXTURE(Desk, "a file that is kept open is saved when it was not written for a while") {
    is_there();
    writes();
    until(60ms);
    writes();
    until(10s);
    CHECK(told == "saved@160");
    see(Sign::Closed);
    until(20s);
    CHECK(told == "saved@160");
}

TEST_CASE_FIXTURE(Desk, "a file that is written for ever is saved twice a second") {
    is_there();
    for (int i = 0; i < 20; ++i) {
        writes();
        until(now + 60ms);
    }
    CHECK(told == "saved@500 saved@1040");
}

TEST_CASE_FIXTURE(Desk, "a new file is saved when it is closed") {
    see(Sign::Created, another());
    until(50ms);
    CHECK(told == "");
    see(Sign::Closed);
    until(10s);
    CHECK(told == "saved@50");
}

TEST_CASE_FIXTURE(Desk, "a new file that nobody closes is saved after a while") {
    see(Sign::Created, another());
    until(10s);
    CHECK(told == "saved@100");
}

TEST_CASE_FIXTURE(Desk, "a file is removed when it has stayed away for a second, once") {
    is_there();
    goes();
    until(999ms);
    CHECK(told == "");
    goes();
    until(10s);
    goes();
    until(20s);
    CHECK(told == "removed@1000");
    CHECK(is_idle());
    CHECK_FALSE(saves.knows("f"));
}

TEST_CASE_FIXTURE(Desk, "a file that is removed and comes back is saved") {
    is_there();
    goes();
    until(2s);
    see(Sign::Replaced, another());
    until(10s);
    CHECK(told == "removed@1000 saved@2000");
}

TEST_CASE_FIXTURE(Desk, "a file that is renamed away and back in time is there, and saved") {
    is_there();
    const FileLook before = file;
    goes();
    until(500ms);
    see(Sign::Replaced, before);
    until(10s);
    CHECK(told == "saved@500");
}

TEST_CASE_FIXTURE(Desk, "a file that nobody was told of is not told as removed") {
    see(Sign::Created, another());
    goes();
    until(10s);
    CHECK(told == "");
    CHECK_FALSE(saves.knows("f"));
}

TEST_CASE_FIXTURE(Desk, "a file that is replaced by a folder is saved at once") {
    is_there();
    goes();
    FileLook folder;
    folder.kind = FileLook::Kind::Folder;
    see(Sign::Created, folder);
    until(10s);
    CHECK(told == "saved@0");
}

TEST_CASE_FIXTURE(Desk, "a link that leads nowhere for longer is saved, once") {
    is_there();
    FileLook dangling;
    dangling.kind = FileLook::Kind::Dangling;
    see(Sign::Unknown, dangling);
    until(500ms);
    see(Sign::Unknown, dangling);
    until(10s);
    see(Sign::Unknown, dangling);
    until(20s);
    CHECK(told == "saved@1000");
}

TEST_CASE_FIXTURE(Desk, "when events were lost, what differs is saved and what does not is not") {
    is_there();
    see(Sign::Unknown);
    until(100ms);
    CHECK(told == "");
    see(Sign::Unknown, written());
    until(10s);
    CHECK(told == "saved@100");
}

TEST_CASE("files do not wait for one another") {
    Saves saves;
    const Saves::Time start{1h};
    FileLook look;
    look.kind = FileLook::Kind::File;
    for (int i = 0; i < 3; ++i) {
        look.size = i + 1;
        saves.see(std::to_string(i), Sign::Replaced, look, start);
    }
    CHECK(saves.take() == std::vector<Told>{{"0", false}, {"1", false}, {"2", false}});
}
