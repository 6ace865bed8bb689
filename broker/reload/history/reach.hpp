#pragma once

#include <filesystem>
#include <vector>

#include "broker/sandbox/confinement.hpp"
#include "broker/sandbox/known_scripts.hpp"

namespace dragoman {

/// What a script can read beside its language. A client names what its script uses, and nobody believes it: what the
/// script could not have read is not copied to where it can.
struct Reach {
    bool everything = false;                    // it runs without walls
    std::vector<std::filesystem::path> places;  // files and folders, without symbolic links
    KnownScripts others;                        // in them, but not for it, nor what an editor keeps of them
    ScriptFile own{std::filesystem::path()};

    /// `real`: without symbolic links.
    bool covers(const std::filesystem::path& real) const;
};

/// What is not there is left out.
Reach reach_of(const std::filesystem::path& script, const Confinement& confinement, SandboxMode mode,
               KnownScripts scripts);

}  // namespace dragoman
