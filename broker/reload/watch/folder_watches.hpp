#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "broker/reload/watch/inotify.hpp"

namespace dragoman::watch {

/// Who wants to know: a place, or a file in it.
struct Follower {
    int place = 0;
    std::string file;  // empty: the place itself
    bool operator==(const Follower&) const = default;
};

/// A name in a watched folder; without a name, all of the folder.
struct Step {
    int watch = -1;
    std::string name;
};

/// The kernel's watches, one for each folder however many follow what happens in it. A watch ends with the last one.
class FolderWatches {
public:
    explicit FolderWatches(Inotify& inotify) : inotify_(inotify) {}

    /// What comes and goes in a folder, and the folder's own end.
    static const std::uint32_t names;
    /// That, and what is written in it.
    static const std::uint32_t all;

    /// The folder's number, or -1; then it is remembered for take_problems() where a user should know. `folder` has no
    /// links in it. To be followed at once.
    int watch(const std::string& folder, std::uint32_t what);

    void follow(const Step& step, const Follower& follower);
    void unfollow(const Step& step, const Follower& follower);

    /// Copies: following changes meanwhile.
    std::vector<Follower> followers(int watch, const std::string& name) const;
    std::vector<Follower> all_followers(int watch) const;
    /// The kernel has ended it.
    std::vector<Follower> lose(int watch);

    /// Folders that cannot be watched, by errno, each told once.
    std::map<int, std::vector<std::string>> take_problems();

private:
    using Names = std::unordered_map<std::string, std::vector<Follower>>;

    Inotify& inotify_;
    std::unordered_map<int, Names> watches_;
    std::map<std::string, int> failed_;
    std::map<int, std::vector<std::string>> problems_;
};

}  // namespace dragoman::watch
