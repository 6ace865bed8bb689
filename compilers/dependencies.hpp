#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dragoman {

/// Nanoseconds since 1970, as files are stamped.
using FileTime = std::int64_t;
FileTime file_time_now();

/// What of a file changes when somebody writes to it. The change time cannot be set by hand, so a copy that keeps
/// its modification time is noticed too.
struct FileStamp {
    std::int64_t size = 0;
    std::int64_t inode = 0;
    FileTime changed = 0;
    bool operator==(const FileStamp&) const = default;
};
std::optional<FileStamp> stamp_of(const std::filesystem::path& file);

/// A file that a build has read.
struct Dependency {
    std::filesystem::path file;
    FileStamp stamp;
    std::string hash;
};

/// The prerequisites in a depfile as make reads it, without repeats, in its order. Relative ones are taken from `base`.
std::vector<std::filesystem::path> parse_depfile(std::string_view text, const std::filesystem::path& base);

/// Nothing when a file cannot be read or was written after `since`: the build may have read something else.
std::optional<std::vector<Dependency>> record_dependencies(const std::vector<std::filesystem::path>& files,
                                                           FileTime since);

/// Whether the file is what it was. An unchanged stamp is trusted when the file was at rest when it was recorded.
bool is_unchanged(const Dependency& dependency, FileTime recorded);

}  // namespace dragoman
