#pragma once

#include <filesystem>
#include <vector>

#include "broker/launch/launcher.hpp"
#include "broker/sandbox/known_scripts.hpp"

namespace dragoman {

/// Changes `mounts` so that no other script's file is seen through them. A folder that holds some, and each of kind
/// `folder`, is shown entry by entry, without them: what somebody saves there later, under whatever name, is not there
/// either. Returns the folders that have too many entries for that: there others' scripts are covered as they are now,
/// so that a running script could read them once they are saved anew.
std::vector<std::filesystem::path> hide_others(std::vector<Mount>& mounts, const KnownScripts& known,
                                               const ScriptFile& own);

}  // namespace dragoman
