// What happens when the kernel says no, and when it has lost something. A pipe stands for inotify's descriptor.
#include <doctest/doctest.h>
#include <sys/inotify.h>

#include <cerrno>
#include <map>

#include "tests/broker/reload/watching.hpp"

using namespace dragoman;
using namespace dragoman::test;

namespace {

struct Kernel : Watching {
    std::map<std::string, int> watches;
    int last = 0;
    int pipe[2] = {-1, -1};

    Kernel() {
        REQUIRE(::pipe2(pipe, O_CLOEXEC | O_NONBLOCK) == 0);
        start({[this] { return pipe[0]; },
               [this](int, const char* folder, std::uint32_t) {
                   const auto [entry, is_new] = watches.try_emplace(folder, last + 1);
                   if (is_new) ++last;
                   return entry->second;
               }});
    }
    ~Kernel() { ::close(pipe[1]); }

    void says(int watch, std::uint32_t what) const {
        inotify_event event{};
        event.wd = watch;
        event.mask = what;
        REQUIRE(::write(pipe[1], &event, sizeof event) == sizeof event);
    }
    /// The kernel's number is used up when the watch has ended.
    void ends(const std::filesystem::path& folder, std::uint32_t why) {
        const auto entry = watches.find(folder);
        REQUIRE(entry != watches.end());
        const int watch = entry->second;
        watches.erase(entry);
        says(watch, why);
        says(watch, IN_IGNORED);
    }
};

watch::InotifyCalls failing(int error_of_open, std::string folder, int error_of_watch) {
    auto calls = watch::InotifyCalls::real();
    if (error_of_open)
        calls.open = [=] {
            errno = error_of_open;
            return -1;
        };
    calls.watch = [=, real = calls.watch](int descriptor, const char* path, std::uint32_t what) {
        if (path != folder) return real(descriptor, path, what);
        errno = error_of_watch;
        return -1;
    };
    return calls;
}

}  // namespace

TEST_CASE_FIXTURE(Kernel, "when the kernel has lost events, what changed meanwhile is told") {
    write("ml/same.py", "x");
    write("ml/changed.py", "x");
    write("ml/gone.py", "x");
    watcher->add_folder(path() / "ml");
    write("ml/changed.py", "new content");
    write("ml/deep/er/new.py", "x");
    remove("ml/gone.py");
    says(-1, IN_Q_OVERFLOW);
    CHECK(hears("removed ml/gone.py"));
    CHECK(text(told) == "saved ml/changed.py, saved ml/deep/er/new.py, removed ml/gone.py");
}

TEST_CASE_FIXTURE(Kernel,
                  "when a file system is unmounted, its files are removed; those that are seen below are saved") {
    write("ml/1P.py", "x");
    watcher->add_folder(path() / "ml");
    move("ml", "unmounted");
    write("ml/2P.py", "x");
    ends(path() / "ml", IN_UNMOUNT);
    CHECK(hears("removed ml/1P.py"));
    CHECK(text(told) == "saved ml/2P.py, removed ml/1P.py");
}

TEST_CASE_FIXTURE(Watching, "where no inotify is to be had, a warning says so and the rest goes on") {
    write("a.py", "x");
    start(failing(EMFILE, "", 0));
    watcher->add_folder(path());
    watcher->add_file(path() / "a.py");
    watcher->remove_file(path() / "a.py");
    REQUIRE(is_warned());
    REQUIRE(warnings.size() == 1);
    CHECK(warnings[0].find("fs.inotify.max_user_instances") != std::string::npos);
}

TEST_CASE_FIXTURE(Watching, "where no watch is left for a folder, a warning names it and the others are watched") {
    write("ml/a/1P.py", "x");
    write("ml/b/1P.py", "x");
    start(failing(0, path() / "ml/a", ENOSPC));
    watcher->add_folder(path() / "ml");
    REQUIRE(is_warned());
    REQUIRE(warnings.size() == 1);
    CAPTURE(warnings[0]);
    CHECK(warnings[0].find((path() / "ml/a").string() + ":") != std::string::npos);
    CHECK(warnings[0].find("fs.inotify.max_user_watches") != std::string::npos);
    write("ml/b/1P.py", "new");
    CHECK(text(all_told()) == "saved ml/b/1P.py");
}

TEST_CASE_FIXTURE(Watching, "a folder on the way that one may only pass through is no reason for a warning") {
    write("home/ml/1P.py", "x");
    start(failing(0, path() / "home", EACCES));
    watcher->add_folder(path() / "home/ml");
    write("home/ml/1P.py", "new");
    CHECK(text(all_told()) == "saved home/ml/1P.py");
    CHECK(warnings.empty());
}
