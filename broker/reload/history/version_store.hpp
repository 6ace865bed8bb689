#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <variant>

#include "broker/launch/descriptor.hpp"

namespace dragoman {

/// A run's folder for what is kept of its scripts' versions: its user's alone, and gone with this object. Folders that
/// dead runs have left are removed.
///
///     dragoman-versions-<random>/           a shared lock is held on it as long as the run lives
///         1P/version-3.files/0, 1, ...      copies
///         1P/version-3/home/user/ml/1P.py   the same, each where its path says; made when it is to run again
class VersionStore {
public:
    /// In the folder for temporary files where none is named. One that cannot be made is told when it is needed.
    explicit VersionStore(std::filesystem::path parent = {});
    ~VersionStore();
    VersionStore(const VersionStore&) = delete;
    VersionStore& operator=(const VersionStore&) = delete;

    /// Empty where there is none.
    const std::filesystem::path& folder() const { return folder_; }
    /// A new folder for a seat's versions; or why there is none.
    std::variant<std::filesystem::path, std::string> folder_for(std::string_view seat);

private:
    std::filesystem::path folder_;
    Descriptor lock_;
    std::string why_none_;
};

}  // namespace dragoman
