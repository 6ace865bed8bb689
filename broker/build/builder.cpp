#include "broker/build/builder.hpp"

#include <cstdlib>
#include <map>
#include <vector>

#include "broker/build/build.hpp"
#include "broker/build/source.hpp"

namespace dragoman {

struct Builder::State : std::enable_shared_from_this<State> {
    struct UnderWay {
        FileTime since = 0;
        std::vector<std::function<void(Built)>> waiting;
    };

    std::shared_ptr<Workshop> workshop;
    std::multimap<std::filesystem::path, std::shared_ptr<UnderWay>> under_way;

    void build(const std::filesystem::path& script, std::function<void(Built)> done);
    void finished(const std::filesystem::path& script, const std::shared_ptr<UnderWay>& build, const Built& built);
};

void Builder::State::build(const std::filesystem::path& script, std::function<void(Built)> done) {
    const auto [first, last] = under_way.equal_range(script);
    for (auto it = first; it != last; ++it) {
        // Who asks after saving wants what was saved, not what was read before.
        if (has_changed_since(script.parent_path(), it->second->since)) continue;
        it->second->waiting.push_back(std::move(done));
        return;
    }
    const auto build = std::make_shared<UnderWay>();
    build->since = file_time_now();
    build->waiting.push_back(std::move(done));
    under_way.emplace(script, build);
    const auto tell = [weak = weak_from_this(), script, build](const Built& built) {
        if (const auto state = weak.lock()) state->finished(script, build, built);
    };
    std::make_shared<Build>(workshop, script, tell)->start();
}

void Builder::State::finished(const std::filesystem::path& script, const std::shared_ptr<UnderWay>& build,
                              const Built& built) {
    std::erase_if(under_way, [&](const auto& each) { return each.first == script && each.second == build; });
    const auto waiting = std::move(build->waiting);
    for (const auto& done : waiting) {
        if (!workshop->closed) done(built);
    }
}

Builder::Builder(const Languages& languages, CommandRunner& runner, Options options)
    : state_(std::make_shared<State>()) {
    state_->workshop = std::make_shared<Workshop>(languages, runner, std::move(options));
}

Builder::~Builder() {
    const auto workshop = state_->workshop;
    workshop->closed = true;
    workshop->slots.forget_waiting();
    workshop->versions->forget_waiting();
}

void Builder::build(const std::filesystem::path& script, std::function<void(Built)> done) {
    const auto state = state_;  // `done` may destroy the builder
    state->build(place_of(script), std::move(done));
}

std::filesystem::path default_cache() {
    const char* cache = std::getenv("XDG_CACHE_HOME");
    if (cache && *cache == '/') return std::filesystem::path(cache) / "dragoman";
    const char* home = std::getenv("HOME");
    if (home && *home == '/') return std::filesystem::path(home) / ".cache" / "dragoman";
    return {};
}

}  // namespace dragoman
