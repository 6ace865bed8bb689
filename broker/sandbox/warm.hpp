#pragma once

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "broker/launch/launcher.hpp"
#include "broker/sandbox/tier.hpp"
#include "compilers/language.hpp"

namespace dragoman {

/// Launchers that live in an interpreter and fork it for each script (docs/adding-a-language.md, "Warm starts"): one
/// for each language that has such a thing and each level of trust, so that nothing gets from one level to another.
/// Nobody waits for them: until one is ready, and when it has gone, scripts are started as ever.
class WarmStarts {
public:
    using Warn = std::function<void(const std::string&)>;

    WarmStarts(boost::asio::io_context& io, const TierNeeds& needs, Warn warn);

    /// The launcher for such scripts where it is ready; nullptr otherwise.
    Launcher* find(const Language& language, Trust trust);
    /// Starts it in the background unless it is there, or was started a moment ago, or has failed too often.
    void begin(Tier tier, const Language& language, Trust trust);
    /// The same, and waits until it is ready. False where it will not be, or not within `patience`.
    bool wait(Tier tier, const Language& language, Trust trust, std::chrono::milliseconds patience);

private:
    using Clock = std::chrono::steady_clock;
    struct Warm {
        std::unique_ptr<Launcher> launcher;  // stays when it has ended: its scripts' processes know it
        enum { ended, starting, ready } state = ended;
        Clock::time_point begun{};
        int failures = 0;  // one after the other, before it was ready
    };

    bool is_ready(Warm& warm, const Language& language);
    void fail(Warm& warm, const Language& language, const std::string& why);

    boost::asio::io_context& io_;
    const TierNeeds& needs_;
    Warn warn_;
    std::map<std::pair<const Language*, Trust>, Warm> all_;
};

}  // namespace dragoman
