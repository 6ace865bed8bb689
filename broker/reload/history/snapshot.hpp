#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "broker/reload/history/copy.hpp"
#include "broker/reload/history/reach.hpp"
#include "broker/reload/history/version.hpp"
#include "compilers/dependencies.hpp"

namespace dragoman {

/// The bytes of a version's files as they were, and folders in which each of them lies where its path says.
///
/// Such a mirror has the copies, and links to the live files for what else the version could see: all that lay in the
/// folders of its files, so that imports and data files are found, and nothing that has come there since.
class Snapshot {
public:
    struct Sizes {
        std::uint64_t file = std::uint64_t{16} << 20;  // a larger one is used as it is
        std::uint64_t all = std::uint64_t{256} << 20;
        /// Of all of a version's files so many bytes are kept in memory: making files takes longer than starting a
        /// script from them, and few versions are ever brought back.
        std::uint64_t memory = std::uint64_t{64} << 10;
    };

    /// Its folders are `<place>.files`, `<place>`, `<place>-2`, ..., where they are needed: gone with this object.
    Snapshot(std::filesystem::path place, Reach reach, Sizes sizes);
    ~Snapshot();
    Snapshot(const Snapshot&) = delete;
    Snapshot& operator=(const Snapshot&) = delete;

    /// Copies a file, or shares the copy that `before` has of the same bytes. A file that was written to after `since`
    /// may not be what was started.
    struct Added {
        KeptFile file;
        std::string problem;  // why the version cannot be run again; empty where it can
    };
    Added add(const std::filesystem::path& file, FileTime since, const Snapshot* before);
    /// What lies in the folders of the files that were added, now. Of those that `before` has looked at, and that have
    /// not changed since, it has the same.
    void note_folders(const Snapshot* before);

    /// Of the copy; nothing where there is none.
    std::optional<std::string> content_hash(const std::filesystem::path& file) const;
    /// A folder that has all of it; or why it cannot be made. `script_folder` is in it in any case.
    std::variant<std::filesystem::path, std::string> mirror(const std::filesystem::path& script_folder);
    const Reach& reach() const { return reach_; }
    bool is_empty() const { return copies_.empty(); }

private:
    struct Copy {
        std::filesystem::path place;  // of one that is not in memory
        Copied file;
    };
    struct Folder {
        FileStamp stamp;
        FileTime looked_at;
        std::set<std::string> names;
    };

    std::string fill(const std::filesystem::path& mirror, const std::filesystem::path& script_folder) const;
    std::string take(const std::filesystem::path& real, const std::optional<FileStamp>& now, const Copy* same,
                     Copy& copy, std::string& why_not);
    const Copy* copy_with(const std::filesystem::path& file, const std::optional<FileStamp>& stamp) const;
    bool note_folder(const std::filesystem::path& folder, const Snapshot* before);
    std::shared_ptr<const Folder> unchanged_folder(const std::filesystem::path& folder, const FileStamp& now) const;

    std::filesystem::path place_;
    Reach reach_;
    Sizes sizes_;
    std::uint64_t size_ = 0;
    std::uint64_t in_memory_ = 0;
    std::map<std::filesystem::path, Copy> copies_;  // by the path that the script calls it
    std::map<std::filesystem::path, std::shared_ptr<const Folder>> folders_;
    std::filesystem::path mirror_;  // of all that has been added
    int mirrors_ = 0;
};

}  // namespace dragoman
