#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "broker/control/log.hpp"
#include "broker/control/match_target.hpp"
#include "broker/control/server.hpp"

namespace CLI {
class App;
}

namespace dragoman::command {

struct ControlOptions {
    std::string path;
    bool off = false;
    bool paused = false;  // from before the first tick
};
void add_control_options(CLI::App& app, ControlOptions& options);

/// The control socket of a match; it is served as long as this object is there.
class MatchControl {
public:
    /// Throws ControlError.
    MatchControl(const ControlOptions& options, Match& match, ControlLog& log);

private:
    MatchTarget target_;
    ControlServer server_;
};

/// nullptr where it is not wanted, or cannot be had: `note` is told why. Throws UsageError where the run is to begin
/// paused, since nobody could let it go on.
std::unique_ptr<MatchControl> serve_control(const ControlOptions& options, Match& match, ControlLog& log,
                                            const std::function<void(const std::string&)>& note);

/// From now on what is told to these is kept in the log too, which must live as long as they do.
void keep_log(ControlLog& log, BrokerOptions& broker, MatchOptions& match, MatchObserver& observer);

}  // namespace dragoman::command
