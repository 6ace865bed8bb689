#include "broker/plane/plane_signal.hpp"

#include <algorithm>

#include "broker/schedule/pause.hpp"

namespace dragoman {

bool PlaneSignal::happened() {
    const auto before = awaited_.size();
    std::erase_if(awaited_, [](const Awaited& one) {
        if (one.script->phase() == Phase::lost) return true;
        if (one.plane->is_done()) {
            one.plane->broker_sleeps(false);
            one.script->close_exchange();
            return true;
        }
        if (!one.plane->is_garbled()) return false;
        Failure failure;
        failure.outcome = Outcome::protocol_error;
        failure.message = "it says in its control page that it has done a tick which it was not told to do";
        one.script->fail(std::move(failure));
        return true;
    });
    return awaited_.size() != before;
}

void PlaneSignal::sleeping(bool sleeps) {
    for (const Awaited& one : awaited_) one.plane->broker_sleeps(sleeps);
}

void PlaneSignal::look_for(int looks) {
    for (int i = 0; i < looks && !awaited_.empty(); ++i) {
        if (!happened()) pause_core();
    }
}

}  // namespace dragoman
