#include "broker/sandbox/confinement.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace dragoman {

std::string_view name(Trust trust) {
    switch (trust) {
        case Trust::untrusted:
            return "untrusted";
        case Trust::trusted_read:
            return "trusted-read";
        case Trust::trusted:
            return "trusted";
    }
    return "?";
}

std::optional<SandboxMode> sandbox_mode(std::string_view name) {
    constexpr std::array modes{std::pair{std::string_view("auto"), SandboxMode::automatic},
                               std::pair{std::string_view("strict"), SandboxMode::strict},
                               std::pair{std::string_view("off"), SandboxMode::off},
                               std::pair{std::string_view("bubblewrap"), SandboxMode::bubblewrap},
                               std::pair{std::string_view("cage"), SandboxMode::cage},
                               std::pair{std::string_view("landlock"), SandboxMode::landlock}};
    for (const auto& [known, mode] : modes)
        if (known == name) return mode;
    return std::nullopt;
}

Confinement own_command(Limits limits) {
    constexpr unsigned processes = 64;
    limits.processes = std::max(limits.processes, processes);
    return {Trust::trusted, {}, "a command of your own", limits};
}

}  // namespace dragoman
