#pragma once
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "broker/build/build_record.hpp"
#include "broker/launch/descriptor.hpp"

namespace dragoman {

/// A folder for one build, held against the cache's trimming as long as this lives.
struct BuildFolder {
    std::filesystem::path path;
    Descriptor hold;
    bool is_cached = false;  // false: it lies in a temporary folder of this builder's
};

struct CachedBuild {
    BuildFolder folder;
    BuildRecord record;
};

/// Finished builds on disk, shared by every broker of a user:
///
///     builds/<key>             an entry: names the folder of the build, holds the BuildRecord
///     builds/<key>-<random>/   a folder; nobody but the entry refers to it, so it may be filled in place
///     versions/<stamp>         what a compiler said its version is
///
/// An entry appears whole, by rename(2); two brokers that build the same make two folders, and the later entry wins.
/// Who uses a folder holds a shared lock on it; who removes it needs an exclusive one.
class BuildCache {
public:
    /// `root` may be empty: then every build is temporary.
    explicit BuildCache(std::filesystem::path root);
    /// Removes the temporary folders.
    ~BuildCache();
    BuildCache(const BuildCache&) = delete;
    BuildCache& operator=(const BuildCache&) = delete;

    /// A build whose dependencies are what they were.
    std::optional<CachedBuild> find(const std::string& key);
    /// An empty folder for building: in the cache or, where that cannot be written, a temporary one.
    std::optional<BuildFolder> new_folder(const std::string& key);
    std::optional<BuildFolder> new_temporary_folder();
    /// Makes a build findable; fills in the record's folder and size. False where the cache cannot be written.
    bool publish(const std::string& key, const BuildFolder& folder, BuildRecord record);
    /// Removes a folder that nothing came of.
    void discard(BuildFolder folder);

    std::optional<std::string> version(const std::string& stamp) const;
    void keep_version(const std::string& stamp, const std::string& version);

    /// Removes what has not been used for longest until the rest is small enough, what has not been used for a
    /// month, and folders without an entry. Leaves alone what any broker holds.
    void trim(std::uint64_t most_bytes = std::uint64_t{1} << 30,
              std::chrono::hours longest_unused = std::chrono::hours(24 * 30));

private:
    std::filesystem::path builds() const { return root_ / "builds"; }

    std::filesystem::path root_;
    std::filesystem::path temporary_;  // made when first needed
};

}  // namespace dragoman
