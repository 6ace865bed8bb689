#pragma once

#include <cstdint>
#include <functional>
#include <vector>

namespace dragoman {

/// Whether a run's next tick may begin. Knows no clock and no loop: who plays asks before each tick, and waits for as
/// long as the answer is no.
class TickGate {
public:
    /// How a pause or a step ended: the run stands between two ticks; another command came first; the run is over.
    enum class End { stands, overtaken, over };
    using Done = std::function<void(End)>;

    /// Asked between two ticks; yes means that one more tick is played.
    bool may_go();

    void pause(Done done);
    /// Only of a run that is paused, or about to be, and not when one is under way; plays `ticks` and stands again.
    void step(std::uint64_t ticks, Done done);
    void resume();
    /// No tick will come any more.
    void close();

    /// A pause was asked for, and not taken back.
    bool paused() const { return mode_ != Mode::open; }
    bool stepping() const { return step_done_ != nullptr; }
    std::uint64_t ticks_left() const { return left_; }

private:
    enum class Mode { open, pausing, standing, stepping, closed };

    void end_pauses(End end);
    void end_step(End end);

    Mode mode_ = Mode::open;
    std::vector<Done> pauses_;
    Done step_done_;
    std::uint64_t left_ = 0;
};

}  // namespace dragoman
