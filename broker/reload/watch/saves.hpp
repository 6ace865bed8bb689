#pragma once

#include <chrono>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "broker/reload/watch/file_look.hpp"

namespace dragoman {

struct WatchTimes {
    std::chrono::milliseconds quiet{20};      // after it a burst of saves is over
    std::chrono::milliseconds unclosed{100};  // the same for a file that is written and not closed
    std::chrono::milliseconds longest{500};   // what does not become quiet is told this often
    std::chrono::milliseconds removal{1000};  // so long a file must be away
};

namespace watch {

/// What was seen to happen to a file.
enum class Sign {
    Created,     // it may still be written
    Written,     // it may still be written
    Closed,      // after it was open for writing
    Replaced,    // at one blow: renamed or linked to this name
    Attributes,  // of whatever kind, its times included
    Gone,        // deleted or renamed away
    Unknown,     // whatever may have happened: look
};

struct Told {
    std::string file;
    bool is_removed = false;  // else saved
    bool operator==(const Told&) const = default;
};

/// Makes saves and removals of what happens to files. Knows no clock: whoever calls says what time it is; and no
/// files: whoever calls has looked.
class Saves {
public:
    using Time = std::chrono::steady_clock::time_point;

    explicit Saves(WatchTimes times = {}) : times_(times) {}

    /// So it is now; there is nothing to tell.
    void know(const std::string& file, const FileLook& look);
    void see(const std::string& file, Sign sign, const FileLook& look, Time now);
    void forget(const std::string& file);
    /// It is there, or it has not been told yet that it is not.
    bool knows(const std::string& file) const { return files_.contains(file); }

    /// When advance() has something to do.
    std::optional<Time> next() const;
    void advance(Time now);
    /// What is to be told since the last call.
    std::vector<Told> take();

private:
    struct File {
        FileLook look;
        bool is_told = false;  // whoever listens believes that it is there
        std::optional<Time> touched;
        std::optional<Time> told;
        std::optional<Time> dirty;  // since when it is written, and not closed
        Time written;               // last
        bool is_pending = false;    // saved, to be told when it is quiet
        std::optional<Time> away;   // since when
    };

    void see_away(const std::string& file, File& state, const FileLook& look, Time now);
    void dirty(const std::string& file, File& state, Time now);
    void touch(const std::string& file, File& state, Time now);
    void tell(const std::string& file, File& state, Time now);
    /// True when there is nothing more to wait for.
    bool advance(const std::string& file, File& state, Time now);
    std::optional<Time> due(const File& state) const;
    /// When what is pending is told: not while it is being written anew, but for the longest time.
    std::optional<Time> telling(const File& state) const;

    WatchTimes times_;
    std::unordered_map<std::string, File> files_;
    std::set<std::string> waiting_;
    std::vector<Told> told_;
};

}  // namespace watch
}  // namespace dragoman
