#pragma once

#include <filesystem>
#include <optional>
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
    strict,     // the strongest tiers only; what a game's dragoman.toml says of trust does not count
    off,        // no walls; limits hold
    // One tier and no other, for who wants to know what it holds:
    bubblewrap,
    cage,
    landlock,
};
/// "auto", "strict", "off", "bubblewrap", "cage", "landlock".
std::optional<SandboxMode> sandbox_mode(std::string_view name);

/// What holds one script.
struct Confinement {
    Trust trust = Trust::untrusted;
    /// More that it may read: full paths.
    std::vector<std::filesystem::path> reads;
    /// Why it is trusted; shown in the run's report. Empty for an untrusted one.
    std::string reason;
    Limits limits;
};

/// A command of the user's own: trusted, and, since it may well be a shell, with processes of its own.
Confinement own_command(Limits limits);

}  // namespace dragoman
