#include "broker/reload/history/reach.hpp"

#include <algorithm>

#include "broker/sandbox/mounts.hpp"

namespace dragoman {

namespace fs = std::filesystem;

bool Reach::covers(const fs::path& real) const {
    const auto is_in = [&](const fs::path& place) { return is_under(real, place); };
    if (everything) return true;
    return std::any_of(places.begin(), places.end(), is_in) && std::none_of(hidden.begin(), hidden.end(), is_in);
}

Reach reach_of(const fs::path& script, const Confinement& confinement, SandboxMode mode,
               const std::vector<fs::path>& others) {
    Reach reach;
    reach.everything = mode == SandboxMode::off || confinement.trust == Trust::trusted;
    const auto add = [](std::vector<fs::path>& paths, const fs::path& path) {
        std::error_code error;
        fs::path real = fs::canonical(path, error);
        if (!error) paths.push_back(std::move(real));
    };
    add(reach.places, script.parent_path());
    try {
        expect_open_link(script);
        add(reach.places, script);
    } catch (const LaunchError&) {
        // Nor will it be started.
    }
    for (const fs::path& path : confinement.reads) add(reach.places, path);
    for (const fs::path& other : others) add(reach.hidden, other);
    std::error_code error;
    const fs::path own = fs::canonical(script, error);
    if (!error) std::erase(reach.hidden, own);  // one script in two seats
    return reach;
}

}  // namespace dragoman
