#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/encode.hpp"

namespace dragoman {

enum class VersionStatus {
    starting,  // beside the one that plays
    playing,
    parked,    // runs, and gets its seat back should the one that plays fail on probation
    replaced,  // has ended
    failed,
};
std::string_view name(VersionStatus status);

/// A file of a version. Where it was not copied the version will find it as it is then.
struct KeptFile {
    std::filesystem::path path;  // as the script calls it
    bool is_copied = false;
    std::string why_not;
};

/// One state of a seat's source that was started.
struct Version {
    int number = 0;  // from 1 in each seat
    std::filesystem::path source;
    std::string language;                         // its name, such as "python"
    std::string content_hash;                     // of the script; empty where it could not be read any more
    std::chrono::system_clock::time_point saved;  // the script's file was last written to
    std::vector<KeptFile> files;                  // the script, and what it uses
    VersionStatus status = VersionStatus::starting;
    std::string failure;  // why it failed
    std::uint64_t ticks = 0;
    std::string no_artefact;  // why it cannot be run again; empty where it can
};

/// {"version", "status", "source", "language", "content_hash", "saved" (ISO 8601, UTC), "ticks", "failure", "can_run",
/// "no_artefact", "files": [{"path", "copied", "why_not"}]}; what says nothing is null.
Json to_json(const Version& version);
/// All of a seat's, as they are.
Json to_json(const std::vector<Version>& versions);

}  // namespace dragoman
