#include "compilers/dependencies.hpp"

#include <sys/stat.h>
#include <time.h>

#include <unordered_set>

#include "compilers/content_hash.hpp"

namespace dragoman {

namespace {

constexpr FileTime second = 1'000'000'000;

FileTime nanoseconds(const timespec& time) { return static_cast<FileTime>(time.tv_sec) * second + time.tv_nsec; }

/// Takes the next word off a depfile's text, its escapes undone. Empty at a line's end and at the end.
std::string take_word(std::string_view& text) {
    std::string word;
    while (!text.empty()) {
        const char c = text.front();
        const char next = text.size() > 1 ? text[1] : '\0';
        if (c == '\\' && next == '\n') {
            text.remove_prefix(2);
            if (!word.empty()) break;
        } else if (c == '\\' && (next == ' ' || next == '#' || next == '\\' || next == ':')) {
            word += next;
            text.remove_prefix(2);
        } else if (c == '$' && next == '$') {
            word += '$';
            text.remove_prefix(2);
        } else if (c == '\n' || c == '\r') {
            break;
        } else if (c == ' ' || c == '\t') {
            text.remove_prefix(1);
            if (!word.empty()) break;
        } else {
            word += c;
            text.remove_prefix(1);
        }
    }
    return word;
}

}  // namespace

FileTime file_time_now() {
    timespec now{};
    ::clock_gettime(CLOCK_REALTIME, &now);
    return nanoseconds(now);
}

std::optional<FileStamp> stamp_of(const std::filesystem::path& file) {
    struct stat facts {};
    if (::stat(file.c_str(), &facts) != 0) return std::nullopt;
    return FileStamp{static_cast<std::int64_t>(facts.st_size), static_cast<std::int64_t>(facts.st_ino),
                     nanoseconds(facts.st_ctim)};
}

std::vector<std::filesystem::path> parse_depfile(std::string_view text, const std::filesystem::path& base) {
    std::vector<std::filesystem::path> files;
    std::unordered_set<std::string> seen;
    while (!text.empty()) {
        bool after_colon = false;
        for (auto word = take_word(text); !word.empty(); word = take_word(text)) {
            if (!after_colon) {
                after_colon = word.ends_with(':');
                continue;
            }
            auto file = (base / word).lexically_normal();
            if (seen.insert(file.string()).second) files.push_back(std::move(file));
        }
        if (!text.empty()) text.remove_prefix(1);
    }
    return files;
}

std::optional<std::vector<Dependency>> record_dependencies(const std::vector<std::filesystem::path>& files,
                                                           FileTime since) {
    std::vector<Dependency> dependencies;
    for (const auto& file : files) {
        const auto stamp = stamp_of(file);
        auto hash = hash_of_file(file);
        if (!stamp || !hash || stamp->changed > since) return std::nullopt;
        dependencies.push_back({file, *stamp, std::move(*hash)});
    }
    return dependencies;
}

bool is_unchanged(const Dependency& dependency, FileTime recorded) {
    const auto stamp = stamp_of(dependency.file);
    if (!stamp || stamp->size != dependency.stamp.size) return false;
    // A file that was written just before it was recorded may be written again within the same clock tick.
    const bool was_at_rest = stamp->changed + 2 * second < recorded;
    if (was_at_rest && *stamp == dependency.stamp) return true;
    return hash_of_file(dependency.file) == dependency.hash;
}

}  // namespace dragoman
