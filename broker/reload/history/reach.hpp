#pragma once

#include <filesystem>
#include <memory>
#include <vector>

#include "broker/sandbox/confinement.hpp"
#include "broker/sandbox/known_scripts.hpp"

namespace dragoman {

/// What a script can read beside its language. A client names what its script uses, and nobody believes it: what the
/// script could not have read is not copied to where it can.
struct Reach {
    bool everything = false;                    // it runs without walls
    std::vector<std::filesystem::path> places;  // files and folders, without symbolic links
    /// In them, but not for it, nor what an editor keeps of them.
    std::shared_ptr<const KnownScripts> others = std::make_shared<const KnownScripts>();
    ScriptFile own{std::filesystem::path()};

    /// `real`: without symbolic links.
    bool covers(const std::filesystem::path& real) const;
};

/// What is not there is left out.
Reach reach_of(const std::filesystem::path& script, const Confinement& confinement, SandboxMode mode,
               std::shared_ptr<const KnownScripts> scripts);

}  // namespace dragoman
