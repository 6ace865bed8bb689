#include "broker/reload/watch/folder_watches.hpp"

#include <sys/inotify.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace dragoman::watch {

const std::uint32_t FolderWatches::names = IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_DELETE_SELF |
                                           IN_MOVE_SELF | IN_ONLYDIR | IN_DONT_FOLLOW | IN_EXCL_UNLINK;
const std::uint32_t FolderWatches::all = FolderWatches::names | IN_CLOSE_WRITE | IN_MODIFY | IN_ATTRIB;

int FolderWatches::watch(const std::string& folder, std::uint32_t what) {
    const int watch = inotify_.add(folder, what);
    if (watch >= 0) {
        watches_.try_emplace(watch);
        failed_.erase(folder);
        return watch;
    }
    const int error = -watch;
    // A folder that is gone by now, or that one may only pass through on the way to another, is nothing to tell.
    const bool is_normal = error == ENOENT || error == ENOTDIR || error == ELOOP || error == EBADF;
    const bool is_passed_through = error == EACCES && (what & IN_CLOSE_WRITE) == 0;
    if (!is_normal && !is_passed_through && failed_.try_emplace(folder, error).second)
        problems_[error].push_back(folder);
    return -1;
}

void FolderWatches::follow(const Step& step, const Follower& follower) {
    if (step.watch >= 0) watches_[step.watch][step.name].push_back(follower);
}

void FolderWatches::unfollow(const Step& step, const Follower& follower) {
    const auto watch = watches_.find(step.watch);
    if (watch == watches_.end()) return;
    const auto name = watch->second.find(step.name);
    if (name == watch->second.end()) return;
    const auto it = std::find(name->second.begin(), name->second.end(), follower);
    if (it != name->second.end()) name->second.erase(it);
    if (name->second.empty()) watch->second.erase(name);
    if (!watch->second.empty()) return;
    inotify_.remove(watch->first);
    watches_.erase(watch);
}

std::vector<Follower> FolderWatches::followers(int watch, const std::string& name) const {
    const auto found = watches_.find(watch);
    if (found == watches_.end()) return {};
    const auto named = found->second.find(name);
    return named == found->second.end() ? std::vector<Follower>{} : named->second;
}

std::vector<Follower> FolderWatches::all_followers(int watch) const {
    const auto found = watches_.find(watch);
    if (found == watches_.end()) return {};
    std::vector<Follower> followers;
    for (const auto& [name, named] : found->second) {
        for (const Follower& follower : named)
            if (std::find(followers.begin(), followers.end(), follower) == followers.end())
                followers.push_back(follower);
    }
    return followers;
}

std::vector<Follower> FolderWatches::lose(int watch) {
    auto followers = all_followers(watch);
    watches_.erase(watch);
    return followers;
}

std::map<int, std::vector<std::string>> FolderWatches::take_problems() { return std::exchange(problems_, {}); }

}  // namespace dragoman::watch
