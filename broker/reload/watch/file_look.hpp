#pragma once

#include <cstdint>
#include <string>

namespace dragoman::watch {

/// What a look at a path finds, symbolic links followed.
struct FileLook {
    enum class Kind { Absent, Dangling, File, Folder, Other };

    Kind kind = Kind::Absent;
    bool is_link = false;         // the path itself
    bool has_more_names = false;  // hard links
    std::uint32_t readable = 0;   // by whom
    std::uint64_t device = 0;
    std::uint64_t inode = 0;
    std::int64_t size = 0;
    std::int64_t modified = 0;  // nanoseconds
    std::int64_t changed = 0;   // content or attributes

    bool is_away() const { return kind == Kind::Absent || kind == Kind::Dangling; }
    bool has_same_content(const FileLook& other) const;
    bool is_same(const FileLook& other) const { return has_same_content(other) && changed == other.changed; }
};

FileLook look_at(const std::string& path);

}  // namespace dragoman::watch
