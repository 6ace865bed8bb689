#pragma once

#include <boost/asio/io_context.hpp>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "broker/launch/launcher.hpp"
#include "broker/sandbox/confinement.hpp"

namespace dragoman {

/// How scripts are held on this machine, the strongest first. See the table in docs/security.md.
enum class Tier {
    bubblewrap,  // the launcher sits in a cage that bubblewrap built, and builds each script's own inside it
    cage,        // the same without bubblewrap
    landlock,    // Landlock and the filter, no namespaces
    none,        // --sandbox=off
};
std::string_view name(Tier tier);  // "bubblewrap", "cage", "landlock", "none"

/// What came of trying one of them.
struct TierTrial {
    Tier tier;
    std::unique_ptr<Launcher> launcher;  // nullptr where it does not work here
    std::string why_not;
    /// What it lacks on this machine although it works: one sentence each.
    std::vector<std::string> lacks{};
};

/// What trying needs.
struct TierNeeds {
    std::filesystem::path launcher;  // dragoman-launcher
    /// What bubblewrap has to leave writable, for compilers: the build cache, and where there is none, the temporary
    /// folder. What is not there is left out.
    std::vector<std::filesystem::path> writable;
};

/// The command that starts the launcher `words` in that tier: bubblewrap stands before it where it builds the cage.
std::vector<std::string> behind_walls(Tier tier, const TierNeeds& needs, const std::vector<std::string>& words);
/// Has a launcher try, as a script, to get out. Empty: it could not; else what it was able to do.
std::string self_test(Launcher& launcher);

/// Starts a launcher in that tier and has it try, as a script, to get out.
TierTrial try_tier(Tier tier, boost::asio::io_context& io, const TierNeeds& needs);

bool lets_through(SandboxMode mode, Tier tier);

/// The strongest that works, of those that `mode` lets through. Throws LaunchError that names every reason and what to
/// do where none works.
TierTrial strongest_tier(SandboxMode mode, boost::asio::io_context& io, const TierNeeds& needs);

}  // namespace dragoman
