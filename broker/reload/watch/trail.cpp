#include "broker/reload/watch/trail.hpp"

#include <sys/stat.h>

#include <filesystem>

namespace dragoman::watch {

namespace {

constexpr int most_links = 40;  // as the kernel

/// The names of a path, the first one last.
std::vector<std::string> reversed_names(const std::string& path) {
    std::vector<std::string> names;
    for (const auto& part : std::filesystem::path(path).relative_path())
        if (!part.empty() && part != ".") names.insert(names.begin(), part.string());
    return names;
}

std::string parent(const std::string& folder) { return std::filesystem::path(folder).parent_path().string(); }

}  // namespace

std::string join(const std::string& folder, const std::string& name) {
    return folder.ends_with('/') ? folder + name : folder + '/' + name;
}

Trail follow_path(FolderWatches& folders, const std::string& folder, const std::string& path, std::uint32_t wanted) {
    Trail trail;
    std::string here = folder;
    std::vector<std::string> ahead = reversed_names(path);
    int links = 0;
    while (!ahead.empty()) {
        const std::string name = ahead.back();
        ahead.pop_back();
        if (name == "..") {
            here = parent(here);
            continue;
        }
        const int watch = folders.watch(here, ahead.empty() ? wanted : FolderWatches::names);
        if (watch >= 0) trail.steps.push_back({watch, name});

        const std::string next = join(here, name);
        struct stat found {};
        if (::lstat(next.c_str(), &found) != 0) return trail;
        if (S_ISLNK(found.st_mode)) {
            std::error_code error;
            const std::string target = std::filesystem::read_symlink(next, error).string();
            if (error || ++links > most_links) return trail;
            if (target.starts_with('/')) here.assign(1, '/');
            for (auto& part : reversed_names(target)) ahead.insert(ahead.end(), std::move(part));
            continue;
        }
        if (!ahead.empty() && !S_ISDIR(found.st_mode)) return trail;
        here = next;
    }
    trail.end = here;
    return trail;
}

}  // namespace dragoman::watch
