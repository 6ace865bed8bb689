#include "broker/game/tick_gate.hpp"

#include <utility>

namespace dragoman {

bool TickGate::may_go() {
    if (mode_ == Mode::open) return true;
    if (mode_ == Mode::pausing) {
        mode_ = step_done_ ? Mode::stepping : Mode::standing;
        end_pauses(End::stands);
    }
    if (mode_ != Mode::stepping) return false;
    if (left_ > 0) {
        --left_;
        return true;
    }
    mode_ = Mode::standing;
    end_step(End::stands);
    return false;
}

void TickGate::pause(Done done) {
    if (mode_ == Mode::closed) return done(End::over);
    if (mode_ == Mode::standing) return done(End::stands);
    end_step(End::overtaken);
    mode_ = Mode::pausing;
    pauses_.push_back(std::move(done));
}

void TickGate::step(std::uint64_t ticks, Done done) {
    if (mode_ == Mode::closed) return done(End::over);
    left_ = ticks;
    step_done_ = std::move(done);
    if (mode_ == Mode::standing) mode_ = Mode::stepping;
}

void TickGate::resume() {
    if (mode_ == Mode::closed) return;
    mode_ = Mode::open;
    end_pauses(End::overtaken);
    end_step(End::overtaken);
}

void TickGate::close() {
    const bool all_played = mode_ == Mode::stepping && left_ == 0;
    mode_ = Mode::closed;
    end_pauses(End::over);
    end_step(all_played ? End::stands : End::over);
}

void TickGate::end_pauses(End end) {
    for (const Done& done : std::exchange(pauses_, {})) done(end);
}

void TickGate::end_step(End end) {
    if (const Done done = std::exchange(step_done_, nullptr)) done(end);
}

}  // namespace dragoman
