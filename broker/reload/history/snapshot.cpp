#include "broker/reload/history/snapshot.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "broker/reload/seen.hpp"
#include "compilers/content_hash.hpp"

namespace dragoman {

namespace fs = std::filesystem;

namespace {

/// Of one folder; a script that has more files beside it finds the others missing.
constexpr std::size_t most_names = 4096;

fs::path under(const fs::path& mirror, const fs::path& full) { return mirror / full.relative_path(); }

/// All folders of `inner` in the mirror. False where a link lies on the way: what is behind it is there, or is not.
bool make_folders(fs::path place, const fs::path& inner) {
    for (const fs::path& part : inner.relative_path()) {
        place /= part;
        struct stat facts {};
        if (::mkdir(place.c_str(), 0755) == 0) continue;
        if (errno != EEXIST || ::lstat(place.c_str(), &facts) != 0 || !S_ISDIR(facts.st_mode)) return false;
    }
    return true;
}

}  // namespace

Snapshot::Snapshot(fs::path place, Reach reach, Sizes sizes)
    : place_(std::move(place)), reach_(std::move(reach)), sizes_(sizes) {}

Snapshot::~Snapshot() {
    std::error_code ignored;
    fs::remove_all(place_.string() + ".files", ignored);
    fs::remove_all(place_, ignored);
    for (int number = 2; number <= mirrors_; ++number)
        fs::remove_all(place_.string() + "-" + std::to_string(number), ignored);
}

Snapshot::Added Snapshot::add(const fs::path& file, FileTime since, const Snapshot* before) {
    Added added{{file, false, {}}, {}};
    if (copies_.contains(file)) {
        added.file.is_copied = true;
        return added;
    }
    std::error_code error;
    const fs::path real = fs::canonical(file, error);
    if (error) {
        added.file.why_not = "is not there";
        return added;
    }
    if (!reach_.covers(real)) {
        added.file.why_not = "lies where the script cannot read";
        return added;
    }
    const auto now = stamp_of(real);
    if (now && static_cast<std::uint64_t>(now->size) > sizes_.all - size_) {
        added.file.why_not = "is used as it is: this version's files are too large in all";
        return added;
    }
    Copy copy;
    const Copy* const same = before == nullptr ? nullptr : before->copy_with(file, now);
    if (same != nullptr && same->file.bytes != nullptr) {
        copy.file = same->file;
    } else if (added.problem = take(real, now, same, copy, added.file.why_not); !added.problem.empty()) {
        added.problem = file.string() + " " + added.problem;
        return added;
    } else if (!added.file.why_not.empty()) {
        return added;
    }
    if (since != 0 && copy.file.stamp.changed > since)
        added.problem = file.string() + " was written to while this version was being started";
    added.file.is_copied = true;
    size_ += copy.file.size;
    if (copy.file.bytes != nullptr) in_memory_ += copy.file.size;
    copies_.insert_or_assign(file, std::move(copy));
    mirror_.clear();
    return added;
}

/// Copies a file, or links to the copy on the disk that there is of the same bytes. What went wrong, if anything did;
/// `why_not` says why it is not copied though nothing did.
std::string Snapshot::take(const fs::path& real, const std::optional<FileStamp>& now, const Copy* same, Copy& copy,
                           std::string& why_not) {
    const std::uint64_t memory = same != nullptr ? 0 : sizes_.memory - std::min(sizes_.memory, in_memory_);
    const fs::path folder = place_.string() + ".files";
    copy.place = folder / std::to_string(copies_.size());
    const bool goes_to_disk = !now || static_cast<std::uint64_t>(now->size) > memory;
    if (goes_to_disk && ::mkdir(folder.c_str(), 0755) != 0 && errno != EEXIST)
        return "cannot be copied: " + folder.string() + ": " + std::strerror(errno);
    if (same != nullptr && ::link(same->place.c_str(), copy.place.c_str()) == 0) {
        copy.file = same->file;
        return {};
    }
    const auto result =
        copy_file(real, copy.place, {.file = std::min(sizes_.file, sizes_.all - size_), .memory = memory});
    if (const auto* const failed = std::get_if<CopyFailed>(&result)) return failed->why;
    if (const auto* const not_copied = std::get_if<NotCopied>(&result))
        why_not = not_copied->why;
    else
        copy.file = std::get<Copied>(result);
    return {};
}

/// What is listed is surely the same where the folder was at rest when it was looked at: file systems have a coarse
/// clock.
std::shared_ptr<const Snapshot::Folder> Snapshot::unchanged_folder(const fs::path& folder, const FileStamp& now) const {
    const auto found = folders_.find(folder);
    if (found == folders_.end() || found->second->stamp != now || now.changed >= found->second->looked_at)
        return nullptr;
    return found->second;
}

/// False where its parents need not be looked at.
bool Snapshot::note_folder(const fs::path& folder, const Snapshot* before) {
    if (folders_.contains(folder)) return false;
    std::error_code error;
    const fs::path real = fs::canonical(folder, error);
    const auto stamp = error ? std::nullopt : stamp_of(real);
    if (!stamp || !reach_.covers(real)) return false;
    auto same = before == nullptr ? nullptr : before->unchanged_folder(folder, *stamp);
    if (same == nullptr) {
        auto looked = std::make_shared<Folder>(Folder{*stamp, file_clock_now(), {}});
        fs::directory_iterator entry(folder, error);
        for (; !error && entry != fs::directory_iterator() && looked->names.size() < most_names; entry.increment(error))
            looked->names.insert(entry->path().filename().string());
        same = std::move(looked);
    }
    folders_.emplace(folder, std::move(same));
    return folder.has_relative_path();
}

void Snapshot::note_folders(const Snapshot* before) {
    for (const auto& [file, copy] : copies_)
        for (fs::path folder = file.parent_path(); note_folder(folder, before); folder = folder.parent_path()) continue;
}

const Snapshot::Copy* Snapshot::copy_with(const fs::path& file, const std::optional<FileStamp>& stamp) const {
    const auto found = copies_.find(file);
    return found != copies_.end() && stamp == found->second.file.stamp ? &found->second : nullptr;
}

std::optional<std::string> Snapshot::content_hash(const fs::path& file) const {
    const auto found = copies_.find(file);
    if (found == copies_.end()) return std::nullopt;
    const Copy& copy = found->second;
    return copy.file.bytes != nullptr ? hash_of(*copy.file.bytes) : hash_of_file(copy.place);
}

std::variant<fs::path, std::string> Snapshot::mirror(const fs::path& script_folder) {
    if (!mirror_.empty()) return mirror_;
    // What runs already may have the one before: it is left as it is.
    const fs::path folder = place_.string() + (++mirrors_ == 1 ? "" : "-" + std::to_string(mirrors_));
    if (std::string problem = fill(folder, script_folder); !problem.empty()) {
        std::error_code ignored;
        fs::remove_all(folder, ignored);
        return problem;
    }
    mirror_ = folder;
    return mirror_;
}

std::string Snapshot::fill(const fs::path& mirror, const fs::path& script_folder) const {
    const auto failed = [](const fs::path& path) {
        return "cannot make " + path.string() + ": " + std::strerror(errno);
    };
    if (::mkdir(mirror.c_str(), 0755) != 0) return failed(mirror);
    if (!make_folders(mirror, script_folder)) return failed(under(mirror, script_folder));
    for (const auto& [file, copy] : copies_) {
        const fs::path place = under(mirror, file);
        if (!make_folders(mirror, file.parent_path())) return failed(place);
        if (copy.file.bytes != nullptr) {
            if (std::string problem = write_copy(copy.file, place); !problem.empty()) return problem;
        } else if (::link(copy.place.c_str(), place.c_str()) != 0) {
            return failed(place);
        }
    }
    for (const fs::path& place : reach_.places) {
        if (!make_folders(mirror, place.parent_path())) continue;
        if (::symlink(place.c_str(), under(mirror, place).c_str()) != 0 && errno != EEXIST) return failed(place);
    }
    for (const auto& [folder, looked] : folders_) {
        std::error_code error;
        const fs::path real = fs::canonical(folder, error);
        if (error) continue;  // gone by now
        for (const std::string& name : looked->names) {
            const fs::path place = under(mirror, folder) / name;
            if (::symlink((real / name).c_str(), place.c_str()) != 0 && errno != EEXIST) return failed(place);
        }
    }
    return {};
}

}  // namespace dragoman
