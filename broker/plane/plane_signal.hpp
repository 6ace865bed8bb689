#pragma once

#include <vector>

#include "broker/plane/plane.hpp"
#include "broker/schedule/signal.hpp"
#include "broker/session/live_script.hpp"

namespace dragoman {

/// That scripts have done what they were told over their data planes.
class PlaneSignal final : public Signal {
public:
    void clear() { awaited_.clear(); }
    void await(LiveScript& script, Plane& plane) { awaited_.push_back({&script, &plane}); }

    /// Closes the exchange of each script that is done; forgets those that have failed.
    bool happened() override;
    void sleeping(bool sleeps) override;
    bool all_happened() const { return awaited_.empty(); }
    /// Looks so many times, at most, without a look at the clock.
    void look_for(int looks);

private:
    struct Awaited {
        LiveScript* script;
        Plane* plane;
    };
    std::vector<Awaited> awaited_;
};

}  // namespace dragoman
