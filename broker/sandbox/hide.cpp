#include "broker/sandbox/hide.hpp"

#include <dirent.h>

#include <algorithm>
#include <iterator>
#include <memory>
#include <optional>
#include <utility>

#include "broker/launch/system_places.hpp"
#include "broker/sandbox/mounts.hpp"

namespace dragoman {
namespace {

namespace fs = std::filesystem;

/// Each costs the start some 10 us.
constexpr std::size_t most_entries = 4000;
constexpr std::size_t longest_names = std::size_t{96} << 10;

/// Nothing where the folder cannot be read. Sorted; without others' scripts, whatever they are called there.
std::optional<std::vector<std::string>> visible_entries(const std::string& folder, const KnownScripts& known,
                                                        const ScriptFile& own) {
    const std::unique_ptr<DIR, int (*)(DIR*)> listing(opendir(folder.c_str()), closedir);
    if (listing == nullptr) return std::nullopt;
    std::vector<std::pair<std::string, ino_t>> visible;
    std::vector<ino_t> hidden;
    const KnownScripts::Names* const names = known.in(folder);
    while (const dirent* const entry = readdir(listing.get())) {
        const std::string_view name = entry->d_name;
        if (name == "." || name == "..") continue;
        if (names != nullptr && KnownScripts::hides(*names, name, own))
            hidden.push_back(entry->d_ino);
        else
            visible.emplace_back(name, entry->d_ino);
    }
    std::sort(hidden.begin(), hidden.end());
    std::vector<std::string> all;
    for (auto& [name, number] : visible)
        if (!std::binary_search(hidden.begin(), hidden.end(), number))
            all.push_back(std::move(name));  // else it is another name of the same file
    std::sort(all.begin(), all.end());
    return all;
}

class Hiding {
public:
    Hiding(const KnownScripts& known, const ScriptFile& own) : known_(known), own_(own) {}

    void add(Mount mount) {
        if (mount.kind == launch::mount_kind::link || mount.kind == launch::mount_kind::mask) return keep(mount);
        if (known_.hides(mount.source, own_)) return;
        if (is_system(mount.target)) {
            if (mount.kind == launch::mount_kind::folder) mount.kind = launch::mount_kind::read_if_there;
            return keep(mount);  // all see it: see cover_system_places()
        }
        const bool has_others = known_.any_below(mount.source.native(), own_);
        if (mount.kind == launch::mount_kind::write) {
            if (has_others) cover(mount);
            return keep(mount);
        }
        if (!has_others && mount.kind != launch::mount_kind::folder) return keep(mount);
        show_entries(std::move(mount));
    }
    void cover_system_places() {
        for (const char* const place : launch::system_places)
            if (known_.any_below(place, own_)) cover({launch::mount_kind::read, place, place});
    }

    std::vector<Mount> mounts;
    std::vector<fs::path> too_large;

private:
    void keep(const Mount& mount) { mounts.push_back(mount); }

    void show_entries(Mount mount) {
        auto entries = visible_entries(mount.source, known_, own_);
        std::size_t size = 0;
        for (const std::string& name : entries.value_or(std::vector<std::string>{})) size += name.size() + 3;
        if (entries && (count_ + entries->size() > most_entries || size_ + size > longest_names)) {
            too_large.push_back(mount.target);
            entries.reset();
        }
        if (!entries) {
            cover(mount);
            mount.kind = launch::mount_kind::read;
            return keep(mount);
        }
        mount.kind = launch::mount_kind::folder;
        std::vector<Mount> inner;
        for (std::string& name : *entries) {
            const fs::path below = mount.source / name;
            if (known_.any_below(below.native(), own_))
                inner.push_back({launch::mount_kind::folder, mount.target / name, below});
            else
                mount.entries.push_back(std::move(name));
        }
        count_ += mount.entries.size();
        size_ += size;
        keep(mount);
        for (Mount& each : inner) show_entries(std::move(each));
    }
    /// As they are now: who makes them anew makes them seen.
    void cover(const Mount& mount) {
        for (const std::string& file : known_.below(mount.source.native(), own_))
            mounts.push_back(
                {launch::mount_kind::mask, mount.target / fs::path(file).lexically_relative(mount.source), file});
    }

    const KnownScripts& known_;
    const ScriptFile& own_;
    std::size_t count_ = 0;
    std::size_t size_ = 0;
};

}  // namespace

std::vector<fs::path> hide_others(std::vector<Mount>& mounts, const KnownScripts& known, const ScriptFile& own) {
    Hiding hiding(known, own);
    for (Mount& mount : mounts) hiding.add(std::move(mount));
    hiding.cover_system_places();
    mounts = std::move(hiding.mounts);
    return std::move(hiding.too_large);
}

}  // namespace dragoman
