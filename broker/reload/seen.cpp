#include "broker/reload/seen.hpp"

#include <algorithm>
#include <ctime>
#include <optional>

#include "compilers/content_hash.hpp"

namespace dragoman {
namespace {

/// Reading more would take longer than a tick may.
constexpr std::int64_t largest = 4 << 20;

std::optional<Dependency> seen(const std::filesystem::path& file) {
    const auto stamp = stamp_of(file);
    if (!stamp || stamp->size > largest) return std::nullopt;
    auto hash = hash_of_file(file);
    if (!hash) return std::nullopt;
    return Dependency{file, *stamp, std::move(*hash)};
}

}  // namespace

void SeenFiles::look_at(const std::filesystem::path& file) {
    if (auto now = seen(file)) files_.insert_or_assign(file, std::move(*now));
}

bool SeenFiles::keep(const std::vector<std::filesystem::path>& files, FileTime since) {
    std::map<std::filesystem::path, Dependency> kept;
    bool at_rest = true;
    for (const auto& file : files) {
        if (files_.contains(file)) {
            if (is_untouched(file))
                kept.insert(*files_.find(file));
            else
                at_rest = false;
        } else if (const auto stamp = stamp_of(file); stamp && stamp->changed >= since && !has(*stamp)) {
            at_rest = false;
        } else if (auto now = seen(file)) {
            kept.emplace(file, std::move(*now));
        }
    }
    files_ = std::move(kept);
    return at_rest;
}

/// Under another name, by a link on the way to it.
bool SeenFiles::has(const FileStamp& stamp) const {
    return std::ranges::any_of(files_, [&](const auto& file) { return file.second.stamp == stamp; });
}

bool SeenFiles::is_same(const std::filesystem::path& file) const {
    const auto known = files_.find(file);
    if (known == files_.end()) return false;
    const auto now = seen(file);
    return now && now->hash == known->second.hash;
}

FileTime file_clock_now() {
    timespec now{};
    ::clock_gettime(CLOCK_REALTIME_COARSE, &now);
    return now.tv_sec * FileTime{1'000'000'000} + now.tv_nsec;
}

bool SeenFiles::is_untouched(const std::filesystem::path& file) const {
    const auto known = files_.find(file);
    return known != files_.end() && stamp_of(file) == known->second.stamp;
}

}  // namespace dragoman
