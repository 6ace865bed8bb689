#pragma once

#include <string>
#include <vector>

#include "broker/reload/watch/folder_watches.hpp"

namespace dragoman::watch {

/// The way to a file or folder: every name that leads there, with those in the links' targets. Where one of them comes,
/// goes or is replaced, the path may lead elsewhere.
struct Trail {
    std::vector<Step> steps;  // not followed yet
    std::string end;          // without links; empty where a name is missing
    bool leads_somewhere() const { return !end.empty(); }
};

/// Watches each folder before it looks into it, so that what changes meanwhile is not missed. `folder` has no links in
/// it. In the folder of the last name all that is `wanted` is watched.
Trail follow_path(FolderWatches& folders, const std::string& folder, const std::string& path, std::uint32_t wanted);

/// The path of a name in a folder.
std::string join(const std::string& folder, const std::string& name);

}  // namespace dragoman::watch
