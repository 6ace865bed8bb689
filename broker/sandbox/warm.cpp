#include "broker/sandbox/warm.hpp"

#include <algorithm>

#include "broker/launch/runner.hpp"
#include "compilers/placeholders.hpp"
#include "compilers/program.hpp"

namespace dragoman {
namespace {

constexpr std::chrono::seconds between_starts{1};
constexpr int most_failures = 3;

/// Nothing of the user's is in the interpreter's memory, and no folder of his, or that others may write to, is taken
/// for the interpreter's own: it starts outside the scripts' walls.
std::vector<std::string> environment_of(const Language& language, const PlaceholderValues& values) {
    std::map<std::string, std::string> more{{"HOME", "/nonexistent"}};
    for (const auto& [name, value] : language.run.environment) {
        const auto names = placeholders_in(value);
        if (std::all_of(names.begin(), names.end(), [&](const auto& each) { return values.contains(each); }))
            more[name] = expand(value, values);
    }
    return small_environment(more);
}

}  // namespace

WarmStarts::WarmStarts(boost::asio::io_context& io, const TierNeeds& needs, Warn warn)
    : io_(io), needs_(needs), warn_(std::move(warn)) {}

Launcher* WarmStarts::find(const Language& language, Trust trust) {
    const auto found = all_.find({&language, trust});
    return found != all_.end() && is_ready(found->second, language) ? found->second.launcher.get() : nullptr;
}

void WarmStarts::begin(Tier tier, const Language& language, Trust trust) {
    if (language.run.warm.empty()) return;
    Warm& warm = all_[{&language, trust}];
    const auto now = Clock::now();
    if (warm.state != Warm::ended || warm.failures >= most_failures || now < warm.begun + between_starts) return;
    warm.begun = now;
    try {
        if (warm.launcher != nullptr) {
            warm.launcher->begin_again();
        } else {
            const PlaceholderValues values = language_values(language, find_programs(language).paths);
            std::vector<std::string> words = expand(language.run.warm, values);
            words.push_back(needs_.launcher.string() + ".so");
            LauncherStart start{environment_of(language, values), true};
            warm.launcher = std::make_unique<Launcher>(io_, behind_walls(tier, needs_, words), std::move(start));
        }
        warm.state = Warm::starting;
    } catch (const std::exception& error) {  // LaunchError; std::out_of_range: a program is not there any more
        fail(warm, language, error.what());
    }
}

bool WarmStarts::wait(Tier tier, const Language& language, Trust trust, std::chrono::milliseconds patience) {
    begin(tier, language, trust);
    const auto found = all_.find({&language, trust});
    if (found == all_.end()) return false;
    if (found->second.state == Warm::starting) found->second.launcher->greets(patience);
    return is_ready(found->second, language);
}

/// Looks after it: has it become ready, has it ended?
bool WarmStarts::is_ready(Warm& warm, const Language& language) {
    if (warm.state == Warm::ready && warm.launcher->gone()) {
        warm.launcher->end();
        warm.state = Warm::ended;
    }
    if (warm.state != Warm::starting) return warm.state == Warm::ready;
    if (!warm.launcher->greets()) {
        if (warm.launcher->gone()) fail(warm, language, warm.launcher->last_words());
        return false;
    }
    const launch::Greeting& greeting = warm.launcher->greeting();
    const std::string why_not =
        greeting.error != 0 ? std::string(describe(greeting.step)) + " scripts failed" : self_test(*warm.launcher);
    if (!why_not.empty()) {
        fail(warm, language, why_not);
        return false;
    }
    warm.failures = 0;
    warm.state = Warm::ready;
    return true;
}

void WarmStarts::fail(Warm& warm, const Language& language, const std::string& why) {
    if (warm.launcher != nullptr) warm.launcher->end();
    warm.state = Warm::ended;
    if (++warm.failures == most_failures && warn_)
        warn_(language.title + " scripts are started from nothing: " + language.run.warm.back() +
              " cannot be used: " + why);
}

}  // namespace dragoman
