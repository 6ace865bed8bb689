#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "broker/sandbox/limits.hpp"

namespace dragoman {

/// How far a script is trusted. See docs/security.md.
enum class Trust {
    untrusted,     // walls and limits
    trusted_read,  // the same, and it may read some folders more
    trusted,       // limits, no walls
};
std::string_view name(Trust trust);  // "untrusted", "trusted-read", "trusted"

/// Whether scripts run behind walls.
enum class SandboxMode {
    automatic,  // the strongest tier that this machine gives; none at all is an error
    strict,     // the strongest tiers only, and nobody is trusted, whatever the game says
    off,        // no walls; limits hold
};

/// What holds one script.
struct Confinement {
    Trust trust = Trust::untrusted;
    /// More that it may read: full paths.
    std::vector<std::filesystem::path> reads;
    /// Why it is trusted; shown in the run's report. Empty for an untrusted one.
    std::string reason;
    Limits limits;
};

}  // namespace dragoman
