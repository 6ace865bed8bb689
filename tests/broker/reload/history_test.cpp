#include "broker/reload/history/history.hpp"

#include <doctest/doctest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "tests/compilers/temporary_folder.hpp"

using namespace dragoman;
using namespace dragoman::test;

namespace fs = std::filesystem;

namespace {

/// A seat of an interpreted script, ml/1P.py of a game.
struct Seat {
    Seat() { language.name = "toy"; }

    Keep saved(const std::string& text) {
        Keep keep;
        keep.runnable.script = game.write("ml/1P.toy", text);
        keep.runnable.language = &language;
        keep.runnable.argv = {"/usr/bin/toy", "--run", keep.runnable.script.string()};
        keep.runnable.cwd = game / "ml";
        keep.reach.places = {fs::canonical(game / "ml")};
        return keep;
    }
    /// Keeps a version that plays, in place of whichever did.
    const Version& plays(const std::string& text, std::vector<fs::path> uses = {}) {
        Keep keep = saved(text);
        keep.uses = std::move(uses);
        keep.status = VersionStatus::playing;
        return history.keep(keep);
    }
    /// The numbers of the versions with their states: "1 replaced, 2 playing".
    std::string listed() const {
        std::string text;
        for (const Version& version : history.list())
            text +=
                (text.empty() ? "" : ", ") + std::to_string(version.number) + " " + std::string(name(version.status));
        return text;
    }
    std::string why_no_artefact(int number) {
        auto made = history.artefact(number);
        auto* const why = std::get_if<std::string>(&made);
        return why != nullptr ? *why : "";
    }
    Runnable artefact(int number) {
        INFO(why_no_artefact(number));
        auto made = history.artefact(number);
        REQUIRE(std::holds_alternative<Runnable>(made));
        return std::get<Runnable>(made);
    }
    /// What a version finds where it looks, by a path relative to its folder.
    std::string reads(int number, const fs::path& file) {
        std::ifstream in(artefact(number).cwd / file);
        std::ostringstream text;
        text << in.rdbuf();
        return in ? text.str() : "nothing";
    }

    /// It goes to the disk.
    const std::string large = std::string(std::size_t{80} << 10, 'x');
    Language language;
    TemporaryFolder game;
    TemporaryFolder temporary;
    VersionStore store{temporary.path()};
    History history{store, "1P"};
};

}  // namespace

TEST_CASE_FIXTURE(Seat, "a version of before runs from its own bytes, though its files have changed or are gone") {
    plays("one", {game.write("ml/helper.toy", "helps one"), game.write("ml/kit/deep.toy", "deep one")});
    plays("two", {game.write("ml/helper.toy", "helps two")});
    game.write("ml/kit/deep.toy", "deep two");
    CHECK(reads(1, "1P.toy") == "one");
    CHECK(reads(1, "helper.toy") == "helps one");
    CHECK(reads(1, "kit/deep.toy") == "deep one");
    CHECK(reads(2, "helper.toy") == "helps two");
    fs::remove_all(game / "ml");
    CHECK(reads(1, "1P.toy") == "one");
    CHECK(reads(1, "kit/deep.toy") == "deep one");
}

TEST_CASE_FIXTURE(Seat, "it is told where its script lies now, and is still the user's script") {
    plays("one");
    const Runnable runnable = artefact(1);
    CHECK(runnable.script == game / "ml/1P.toy");
    CHECK(runnable.argv.back() == (runnable.cwd / "1P.toy").string());
    CHECK(runnable.argv.back() != runnable.script.string());
    CHECK(runnable.user_paths(runnable.argv.back()) == runnable.script);
    CHECK(runnable.user_paths("File \"" + runnable.argv.back() + "\", line 3, in " + runnable.argv.back()) ==
          "File \"" + runnable.script.string() + "\", line 3, in " + runnable.script.string());
    CHECK(runnable.user_paths(store.folder() / "1P") == store.folder() / "1P");
}

TEST_CASE_FIXTURE(Seat, "what it did not name it finds as it is now, and nothing that has come since") {
    game.write("ml/level.txt", "easy");
    plays("one");
    game.write("ml/level.txt", "hard");
    game.write("ml/late.txt", "late");
    CHECK(reads(1, "level.txt") == "hard");
    CHECK(reads(1, "late.txt") == "nothing");
}

TEST_CASE_FIXTURE(Seat, "a file that it uses from another folder lies where its path says") {
    Keep keep = saved("one");
    keep.uses = {game.write("common/tools.toy", "tools one"), game.write("common/more.toy", "more")};
    keep.reach.places.push_back(fs::canonical(game / "common"));
    history.keep(keep);
    game.write("common/tools.toy", "tools two");
    CHECK(reads(1, "../common/tools.toy") == "tools one");
}

TEST_CASE_FIXTURE(Seat, "a folder that it may read is found beside its own") {
    game.write("assets/ball.txt", "round");
    Keep keep = saved("one");
    keep.reach.places.push_back(fs::canonical(game / "assets"));
    history.keep(keep);
    CHECK(reads(1, "../assets/ball.txt") == "round");
}

TEST_CASE_FIXTURE(Seat, "what it could not have read is not copied for it, whatever it names") {
    const fs::path secret = game.write("secret.txt", "secret");
    const fs::path other = game.write("ml/2P.toy", "the other player");
    fs::create_symlink(secret, game / "ml/link.txt");
    Keep keep = saved("one");
    const fs::path half_saved = game.write("ml/.2P.toy.swp", "the other player");
    keep.uses = {secret,      other,         half_saved, game / "ml/link.txt", game / "ml/../secret.txt",
                 "/dev/zero", "relative.toy"};
    KnownScripts others;
    others.add(ScriptFile(other), 0);
    keep.reach.others = std::make_shared<const KnownScripts>(std::move(others));
    const Version& version = history.keep(keep);
    CHECK(version.no_artefact.empty());
    for (std::size_t i = 1; i < version.files.size(); ++i) CHECK(version.files[i].why_not != "");
    CHECK(reads(1, "../secret.txt") == "nothing");
    CHECK(fs::is_symlink(artefact(1).cwd / "2P.toy"));
    CHECK(fs::is_symlink(artefact(1).cwd / "link.txt"));
}

TEST_CASE_FIXTURE(Seat, "a large file is used as it is, and that is said") {
    History small(store, "small", 5, {.file = 1 << 20, .all = 3 << 19});
    Keep keep = saved("one");
    const auto large = [&](const char* file, std::size_t size) {
        keep.uses.push_back(game.write(file, std::string(size, 'x')));
    };
    large("ml/large.bin", (1 << 20) + 1);
    large("ml/first.bin", 1 << 20);
    large("ml/second.bin", 1 << 20);
    const Version& version = small.keep(std::move(keep));
    CHECK(version.no_artefact.empty());
    CHECK(version.files[1].why_not == "is larger than 1 MiB, and used as it is");
    CHECK(version.files[2].is_copied);
    CHECK(version.files[3].why_not == "is used as it is: this version's files are too large in all");
    CHECK(fs::is_symlink(std::get<Runnable>(small.artefact(1)).cwd / "large.bin"));
}

TEST_CASE_FIXTURE(Seat, "a full disk is said, and the version is listed without an artefact") {
    Keep keep = saved("one");
    keep.uses = {game.write("ml/data.bin", std::string(100'000, 'x'))};
    keep.status = VersionStatus::playing;
    const auto before = ::signal(SIGXFSZ, SIG_IGN);
    rlimit limit{};
    ::getrlimit(RLIMIT_FSIZE, &limit);
    const rlimit small{50'000, limit.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &small);
    const Version version = history.keep(keep);
    ::setrlimit(RLIMIT_FSIZE, &limit);
    ::signal(SIGXFSZ, before);
    CHECK(version.no_artefact.starts_with((game / "ml/data.bin").string() + " cannot be copied to "));
    CHECK(version.no_artefact.ends_with("File too large"));
    CHECK(listed() == "1 playing");
    CHECK(why_no_artefact(1) == "version 1 of 1P was not kept: " + version.no_artefact);
}

TEST_CASE_FIXTURE(Seat, "without a folder for temporary files the versions are listed all the same") {
    VersionStore nowhere("/nowhere/at/all");
    History lost(nowhere, "1P");
    CHECK(lost.keep(saved("one")).no_artefact == "there is no folder for temporary files: No such file or directory");
    CHECK(lost.list().size() == 1);
}

TEST_CASE_FIXTURE(Seat, "a file that was saved while its version was being started is not kept as that version's") {
    Keep keep = saved("one");
    keep.since = 1;
    const Version& version = history.keep(keep);
    CHECK(version.no_artefact ==
          (game / "ml/1P.toy").string() + " was written to while this version was being started");
}

TEST_CASE_FIXTURE(Seat, "what is written to while it is copied is not kept as what plays") {
    Keep keep = saved("one");
    keep.uses = {game.write("ml/helper.toy", "")};
    keep.is_untouched = [&](const fs::path& file) { return file != game / "ml/helper.toy"; };
    CHECK(history.keep(keep).no_artefact ==
          (game / "ml/helper.toy").string() + " was written to while it was being copied");
    keep.is_untouched = [](const fs::path&) { return true; };
    CHECK(history.keep(keep).no_artefact == "");
}

TEST_CASE_FIXTURE(Seat, "a compiled version is what was built, as long as it is kept") {
    const auto build = std::make_shared<int>(1);
    Keep keep = saved("one");
    keep.runnable.argv = {"/cache/build/program"};
    keep.runnable.dependencies = {game.write("ml/ball.hpp", "")};
    keep.runnable.hold = build;
    history.keep(keep);
    keep.runnable.hold.reset();
    CHECK(artefact(1).argv == std::vector<std::string>{"/cache/build/program"});
    CHECK(history.find(1)->files.size() == 2);
    CHECK(build.use_count() == 2);
    for (int i = 0; i < 6; ++i) plays("next");
    CHECK(build.use_count() == 2);  // it never failed to run: "starting"
    history.set_status(1, VersionStatus::failed);
    plays("next");
    CHECK(build.use_count() == 1);
}

TEST_CASE_FIXTURE(Seat, "the oldest versions go, but not the one that plays and the last good one before it") {
    for (int i = 1; i <= 7; ++i) plays("version " + std::to_string(i));
    CHECK(listed() == "3 replaced, 4 replaced, 5 replaced, 6 replaced, 7 playing");
    for (int i = 8; i <= 14; ++i) {
        Keep keep = saved("bad");
        keep.status = VersionStatus::failed;
        history.keep(keep);
    }
    CHECK(listed() == "6 replaced, 7 playing, 12 failed, 13 failed, 14 failed");
    CHECK(history.previous()->number == 6);
}

TEST_CASE_FIXTURE(Seat, "the one before is the last that has played without failing") {
    for (int i = 1; i <= 4; ++i) plays("version");
    history.set_status(3, VersionStatus::failed, "division by zero");
    CHECK(history.previous()->number == 2);
    history.set_status(2, VersionStatus::playing);
    CHECK(listed() == "1 replaced, 2 playing, 3 failed, 4 replaced");
    CHECK(history.previous()->number == 1);
    history.set_status(1, VersionStatus::playing);
    CHECK(history.previous() == nullptr);
    CHECK(history.find(3)->failure == "division by zero");
}

TEST_CASE_FIXTURE(Seat, "what runs outlives its place in the list") {
    plays("one");
    const Runnable running = artefact(1);
    for (int i = 0; i < 6; ++i) plays("next");
    CHECK(why_no_artefact(1) == "there is no version 1 of 1P");
    CHECK(fs::exists(running.argv.back()));
}

TEST_CASE_FIXTURE(Seat, "nothing is left of a version that nobody needs") {
    plays("one");
    const fs::path folder = artefact(1).cwd;
    CHECK(fs::exists(folder));
    for (int i = 0; i < 6; ++i) plays("next");
    CHECK(!fs::exists(folder));
    CHECK(fs::is_empty(store.folder() / "1P"));  // the others are in memory
    for (int i = 0; i < 6; ++i) plays(large);
    CHECK(std::distance(fs::directory_iterator(store.folder() / "1P"), fs::directory_iterator()) == 5);
}

TEST_CASE_FIXTURE(Seat, "files that are named later belong to it too; what runs already is left alone") {
    plays("one", {game.write("ml/helper.toy", "helps one")});
    game.write("ml/late/later.toy", "later one");
    const fs::path first = artefact(1).cwd;
    history.keep_more(1, {game / "ml/late/later.toy"});
    game.write("ml/late/later.toy", "later two");
    CHECK(reads(1, "late/later.toy") == "later one");
    CHECK(artefact(1).cwd != first);
    CHECK(artefact(1).user_paths(artefact(1).cwd) == game / "ml");
    CHECK(fs::exists(first / "1P.toy"));
    CHECK(!fs::exists(game / "ml/late/0"));
}

TEST_CASE_FIXTURE(Seat, "versions share the copies of what has not changed") {
    const fs::path helper = game.write("ml/helper.toy", large);
    plays("one", {helper});
    plays("two", {helper});
    const auto links = [&](int number, const char* file) { return fs::hard_link_count(artefact(number).cwd / file); };
    artefact(1), artefact(2);
    CHECK(links(1, "helper.toy") == 4);  // a copy for each version, and each in its folder
    CHECK(links(1, "1P.toy") == 1);      // written when it was asked for
}

TEST_CASE_FIXTURE(Seat, "what is small stays in memory until the version is brought back") {
    plays("one", {game.write("ml/helper.toy", "helps one")});
    plays("two", {game.write("ml/helper.toy", "helps two")});
    CHECK(fs::is_empty(store.folder() / "1P"));
    CHECK(reads(1, "helper.toy") == "helps one");
    CHECK(reads(1, "1P.toy") == "one");
    CHECK(!fs::is_empty(store.folder() / "1P"));
    CHECK((fs::status(artefact(1).cwd / "1P.toy").permissions() & fs::perms::owner_write) == fs::perms::none);
}

TEST_CASE_FIXTURE(Seat, "of many small files some go to the disk, and all are there again") {
    std::vector<fs::path> helpers;
    for (int i = 0; i < 40; ++i)
        helpers.push_back(game.write("ml/helper" + std::to_string(i), std::to_string(i) + std::string(3000, '.')));
    plays("one", helpers);
    plays("two", helpers);
    for (const fs::path& helper : helpers) game.write("ml/" + helper.filename().string(), "changed");
    for (int number = 1; number <= 2; ++number)
        for (int i = 0; i < 40; ++i)
            CHECK(reads(number, "helper" + std::to_string(i)) == std::to_string(i) + std::string(3000, '.'));
}

TEST_CASE_FIXTURE(Seat, "a full disk is said when a version in memory is to be brought back") {
    plays("one", {game.write("ml/helper.toy", std::string(30'000, 'x'))});
    const auto before = ::signal(SIGXFSZ, SIG_IGN);
    rlimit limit{};
    ::getrlimit(RLIMIT_FSIZE, &limit);
    const rlimit small{20'000, limit.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &small);
    const std::string why = why_no_artefact(1);
    ::setrlimit(RLIMIT_FSIZE, &limit);
    ::signal(SIGXFSZ, before);
    CHECK(why.starts_with("cannot make " + (store.folder() / "1P/version-1").string()));
    CHECK(why.ends_with("File too large"));
    CHECK(reads(1, "helper.toy") == std::string(30'000, 'x'));  // there is room again
}

TEST_CASE_FIXTURE(Seat, "a folder that has changed between two versions is looked at anew") {
    game.write("ml/early.txt", "early");
    plays("one");
    plays("two");
    game.write("ml/between.txt", "between");
    plays("three");
    game.write("ml/late.txt", "late");
    CHECK(reads(1, "early.txt") == "early");
    CHECK(reads(2, "between.txt") == "nothing");
    CHECK(reads(3, "between.txt") == "between");
    CHECK(reads(3, "late.txt") == "nothing");
}

TEST_CASE_FIXTURE(Seat, "a copy has another time than the file, so that nothing cached is taken for made from it") {
    plays("one");
    CHECK(fs::last_write_time(artefact(1).argv.back()) != fs::last_write_time(game / "ml/1P.toy"));
}

TEST_CASE_FIXTURE(Seat, "a version tells all that is known of it") {
    plays("one", {game.write("ml/helper.toy", "helps")});
    history.add_ticks(1, 40);
    history.add_ticks(1, 2);
    history.set_status(1, VersionStatus::failed, "it broke");
    Json json = to_json(*history.find(1));
    CHECK(json["saved"].get<std::string>().ends_with("Z"));
    CHECK(json["content_hash"].get<std::string>().size() == 32);
    json.erase("saved");
    json.erase("content_hash");
    const std::string folder = (game / "ml").string();
    CHECK(json.dump() == R"({"version":1,"status":"failed","source":")" + folder +
                             R"(/1P.toy","language":"toy","ticks":42,"failure":"it broke","can_run":true,)" +
                             R"("no_artefact":null,"files":[{"path":")" + folder +
                             R"(/1P.toy","copied":true,"why_not":null},{"path":")" + folder +
                             R"(/helper.toy","copied":true,"why_not":null}]})");
}

TEST_CASE("what dead runs have left is removed, and what living ones hold is not") {
    TemporaryFolder temporary;
    const fs::path dead = temporary / "dragoman-versions-dead";
    temporary.write("dragoman-versions-dead/1P/version-1/a.py", "");
    temporary.write("somebody-else/a.py", "");
    VersionStore living(temporary.path());
    CHECK(!fs::exists(dead));
    CHECK(fs::exists(temporary / "somebody-else/a.py"));
    {
        VersionStore next(temporary.path());
        CHECK(fs::exists(living.folder()));
        CHECK(next.folder() != living.folder());
        CHECK((fs::status(next.folder()).permissions() & fs::perms::all) == fs::perms::owner_all);
    }
    CHECK(std::distance(fs::directory_iterator(temporary.path()), fs::directory_iterator()) == 2);
}

TEST_CASE("seats have folders of their own, whatever they are called") {
    TemporaryFolder temporary;
    VersionStore store(temporary.path());
    const auto folder = [&](const char* seat) {
        return std::get<fs::path>(store.folder_for(seat)).lexically_relative(store.folder()).string();
    };
    CHECK(folder("systems/move.py") == "systems-move.py");
    CHECK(folder("systems-move.py") == "systems-move.py-2");
    CHECK(folder("..") == "seat..");
    CHECK(folder("") == "seat");
}
