#include "broker/reload/history/reach.hpp"

#include <algorithm>

#include "broker/sandbox/mounts.hpp"

namespace dragoman {

namespace fs = std::filesystem;

bool Reach::covers(const fs::path& real) const {
    if (everything) return true;
    if (std::ranges::none_of(places, [&](const fs::path& place) { return is_under(real, place); })) return false;
    const KnownScripts::Names* const beside = others->in(real.parent_path().native());
    return beside == nullptr || !KnownScripts::hides(*beside, real.filename().native(), own);
}

Reach reach_of(const fs::path& script, const Confinement& confinement, SandboxMode mode,
               std::shared_ptr<const KnownScripts> scripts) {
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
    reach.others = std::move(scripts);
    reach.own = ScriptFile(script);
    return reach;
}

}  // namespace dragoman
