#include "broker/broker_state.hpp"

#include <cstdlib>

namespace dragoman {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> language_places(const BrokerOptions& options, const fs::path& home) {
    std::vector<fs::path> places = options.languages;
    const char* config = std::getenv("XDG_CONFIG_HOME");
    const char* user = std::getenv("HOME");
    if (config != nullptr && *config != '\0')
        places.push_back(fs::path(config) / "dragoman" / "languages");
    else if (user != nullptr && *user != '\0')
        places.push_back(fs::path(user) / ".config" / "dragoman" / "languages");
    places.push_back(home / "compilers");
    return places;
}

/// The build cache's folder, made where it can be: a cage that is built before it is there could not show it.
fs::path prepared_cache(const BrokerOptions& options) {
    fs::path cache = options.cache.empty() ? default_cache() : options.cache;
    std::error_code ignored;
    if (!cache.empty()) fs::create_directories(cache, ignored);
    return cache;
}

fs::path temporary_folder() {
    std::error_code error;
    return fs::temp_directory_path(error);
}

}  // namespace

Broker::State::State(BrokerOptions given)
    : options(std::move(given)),
      home(options.home.empty() ? find_home() : options.home),
      languages(language_places(options, home), home / "clients"),
      waiter(io),
      cache(prepared_cache(options)),
      sandbox(io, options.sandbox,
              {.launcher = home / "libexec" / "dragoman-launcher", .writable = {cache, temporary_folder()}},
              options.warn),
      runner(sandbox),
      builder(languages, runner,
              {.cache = cache,
               .cores = std::max(1U, std::thread::hardware_concurrency()),
               .on_event = options.on_build,
               .warn = options.warn}),
      scheduler(waiter, options.deadlines) {
    if (options.tell_hidden_files) sandbox.tell_opens();
    sandbox.distrust(options.languages);
    heed_events();
}

void Broker::State::heed_events() {
    // Failures that the script itself reports, or its process, do not know the tick; the broker does.
    options.events.failed = [this, told = options.events.failed](LiveScript& script, Failure& failure) {
        const bool is_overdue = failure.outcome == Outcome::late && failure.round != 0;  // the scheduler's word
        if (!is_overdue && failure.tick == 0) failure.tick = tick;
        if (failure.round == 0) failure.round = round;
        for (std::size_t i = 0; i < members.size(); ++i) {
            if (members[i].now.script.get() != &script) continue;
            if (seats[i].waiting_for == Phase::overdue) failure.tick = seats[i].asked;
            if (failure.used && !failure.allowed) failure.allowed = seats[i].allowed;
            // Its last tick ends with what cost it its seat; a late one was counted when it was late.
            if (!is_overdue) ++members[i].statistics.outcomes[static_cast<std::size_t>(failure.outcome)];
            if (members[i].on_probation) break;
            if (told) told(script, failure);
            return;
        }
        if (listener != nullptr) listener->on_version_failed(script, failure);
    };
    options.events.state = [this](LiveScript& script, std::string_view json) {
        if (listener != nullptr) listener->on_state(script, json);
    };
    options.events.no_state = [this](LiveScript& script, const ScriptError& why) {
        if (listener != nullptr) listener->on_no_state(script, why);
    };
    options.events.uses = [this](const LiveScript& script) {
        if (listener != nullptr) listener->on_uses(script);
    };
}

Languages find_languages(const BrokerOptions& options) {
    const fs::path home = options.home.empty() ? find_home() : options.home;
    return Languages(language_places(options, home), home / "clients");
}

fs::path find_home() {
    if (const char* home = std::getenv("DRAGOMAN_HOME"); home != nullptr && *home != '\0') return home;
    std::error_code error;
    const fs::path program = fs::read_symlink("/proc/self/exe", error);
    for (const fs::path& candidate :
         {program.parent_path() / "share" / "dragoman", program.parent_path().parent_path() / "share" / "dragoman",
          fs::path(DRAGOMAN_INSTALLED_HOME), fs::path(DRAGOMAN_BUILT_HOME)})
        if (fs::exists(candidate / "libexec" / "dragoman-launcher", error)) return candidate;
    return DRAGOMAN_INSTALLED_HOME;
}

}  // namespace dragoman
