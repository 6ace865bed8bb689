#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <optional>

#include "broker/reload/watch/watcher.hpp"
#include "tests/compilers/temporary_folder.hpp"

namespace dragoman::test {

/// A folder, a watcher, and what it told: "saved 1P.py", with paths relative to the folder.
struct Watching : TemporaryFolder {
    boost::asio::io_context io;
    std::vector<std::string> told;
    std::vector<std::string> warnings;
    std::optional<Watcher> watcher;

    Watching() { start(); }

    void start(const watch::InotifyCalls& calls = watch::InotifyCalls::real()) {
        using std::chrono::milliseconds;
        told.clear();
        watcher.emplace(io,
                        Watcher::Events{
                            [this](const auto& file) { hear("saved ", file); },
                            [this](const auto& file) { hear("removed ", file); },
                            [this](const auto& text) { warnings.push_back(text); },
                        },
                        WatchTimes{milliseconds(20), milliseconds(20), milliseconds(500), milliseconds(40)}, calls);
    }
    void hear(const std::string& what, const std::filesystem::path& file) {
        told.push_back(what + file.lexically_relative(path()).string());
    }

    /// Runs until that is told. False when it was not in a time that no test needs.
    bool hears(const std::string& text) {
        return until([&] { return std::find(told.begin(), told.end(), text) != told.end(); });
    }
    bool is_warned() {
        return until([this] { return !warnings.empty(); });
    }
    template <class Condition>
    bool until(const Condition& condition) {
        const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
        while (!condition()) {
            if (std::chrono::steady_clock::now() > end) return false;
            io.restart();
            io.run_one_for(std::chrono::milliseconds(100));
        }
        return true;
    }
    /// All that has happened by now is dealt with: events come in order.
    std::vector<std::string> all_told() {
        static int number = 0;
        const auto last = "end" + std::to_string(++number) + ".marker";
        watcher->add_file(path() / last);
        write(last, "x");
        if (!hears("saved " + last)) told.push_back("nothing more");
        std::erase(told, "saved " + last);
        return std::exchange(told, {});
    }
    void move(const std::filesystem::path& from, const std::filesystem::path& to) const {
        std::filesystem::rename(path() / from, path() / to);
    }
    void remove(const std::filesystem::path& name) const { std::filesystem::remove_all(path() / name); }
    void link(const std::filesystem::path& target, const std::filesystem::path& name) const {
        std::filesystem::create_symlink(target, path() / name);
    }
};

using Lines = std::vector<std::string>;

/// What a failing test shows.
inline std::string text(const Lines& lines) {
    std::string all;
    for (const auto& line : lines) all += (all.empty() ? "" : ", ") + line;
    return all;
}

}  // namespace dragoman::test
