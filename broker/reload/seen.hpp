#pragma once

#include <filesystem>
#include <map>
#include <vector>

#include "compilers/dependencies.hpp"

namespace dragoman {

/// What a version was made from. Only of files whose bytes are surely those that it has read is anything known: so a
/// save is never taken for none.
class SeenFiles {
public:
    /// Before the version can read it.
    void look_at(const std::filesystem::path& file);
    /// The version has read all that it is made from, and these are its files; it began at `since`. False where one of
    /// them was written to since then, so that it may have read something else.
    bool keep(const std::vector<std::filesystem::path>& files, FileTime since);
    /// Whether it has the bytes that the version was made from, as far as that is known.
    bool is_same(const std::filesystem::path& file) const;
    /// Whether nobody has written to it since, not even the same.
    bool is_untouched(const std::filesystem::path& file) const;
    bool knows(const std::filesystem::path& file) const { return files_.contains(file); }

private:
    bool has(const FileStamp& stamp) const;

    std::map<std::filesystem::path, Dependency> files_;
};

/// The time that a file written to now is stamped with, or an earlier one: files have a coarser clock than
/// file_time_now().
FileTime file_clock_now();

}  // namespace dragoman
