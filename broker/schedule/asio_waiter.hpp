#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "broker/schedule/scheduler.hpp"
#include "broker/schedule/signal.hpp"

namespace dragoman {

/// Waits by running an io_context.
///
/// A wait with a time-out of its own would program the machine's timer in every tick, which costs a virtual machine
/// more than the rest of the tick. So there is one alarm, set for the earliest time that was asked for and left alone
/// until it goes off: quick ticks pass under it, and a wait that it ends early is simply taken up again.
class AsioWaiter final : public Waiter {
public:
    explicit AsioWaiter(boost::asio::io_context& io) : io_(io), alarm_(io) {}

    Clock::time_point now() override { return Clock::now(); }
    void wait(Clock::time_point until) override;
    /// Bounded: as long as one script floods there is always something ready.
    void poll() override;
    bool stopping() const override { return stopping_; }
    void stop() { stopping_ = true; }

    /// Until this is called with nullptr, wait() looks at the signal too: without pause for `spin` from now on, then
    /// before it sleeps.
    void watch(Signal* signal, Clock::duration spin = {});
    /// Whether it came to that since watch().
    bool slept() const { return slept_; }

private:
    boost::asio::io_context& io_;
    boost::asio::steady_timer alarm_;
    Clock::time_point rings_at_ = Clock::time_point::max();  // max: it is not set
    bool stopping_ = false;
    Signal* signal_ = nullptr;
    Clock::time_point spins_until_{};
    bool slept_ = false;

    bool spin(Clock::time_point until);
};

}  // namespace dragoman
