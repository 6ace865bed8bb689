#pragma once

#include <boost/asio/io_context.hpp>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "broker/reload/watch/inotify.hpp"
#include "broker/reload/watch/saves.hpp"

namespace dragoman {

/// Tells which files were saved and which were removed, from an event loop and in its thread; no polling.
///
/// A burst of saves is told twice: at once when it begins, and when it is over. A file is removed when it has stayed
/// away for a second: editors rename files away and make them anew. What is told are the paths that were added, and
/// those below them: absolute and lexically normal. Symbolic links are followed: a change of a link, of one in the
/// middle of a path, or of what it leads to counts; but of a folder's own folders those that are links out of it are
/// not looked into. Paths and folders need not be there; those that are there again
/// are saved. A false alarm is possible, a missed save is not, but for what no inotify tells (network file systems, a
/// file system mounted over a folder).
class Watcher {
public:
    struct Events {
        std::function<void(const std::filesystem::path& file)> saved;
        std::function<void(const std::filesystem::path& file)> removed;
        /// What cannot be watched, why, and what a user can do. May be empty, as may the others.
        std::function<void(const std::string& text)> warn;
    };

    /// Never throws: what does not work is told by `warn`. The callbacks are called by the event loop only, never from
    /// within a function of this class; they may call all of these, and destroy this.
    explicit Watcher(boost::asio::io_context& io, Events events, WatchTimes times = {},
                     const watch::InotifyCalls& calls = watch::InotifyCalls::real());
    ~Watcher();
    Watcher(const Watcher&) = delete;

    /// All files whose names match one of the patterns (fnmatch), those that come later included; not those with
    /// temporary names (watch::is_temporary), and not in folders that no user edits (watch::is_passed_over).
    void add_folder(const std::filesystem::path& folder, std::vector<std::string> patterns = {"*"},
                    bool recursive = true);
    /// However often it was added.
    void remove_folder(const std::filesystem::path& folder);

    /// A single file, whatever its name. Counted: who adds it twice removes it twice.
    void add_file(const std::filesystem::path& file);
    void remove_file(const std::filesystem::path& file);

    /// Nothing is told any more.
    void stop();

private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace dragoman
