#include "broker/schedule/asio_waiter.hpp"

#include "broker/schedule/pause.hpp"

namespace dragoman {

using namespace std::chrono_literals;

namespace {

/// Looks at the signal between two looks at the clock: about as long as the clock takes, some ten times over.
constexpr int looks = 64;

}  // namespace

void AsioWaiter::watch(Signal* signal, Clock::duration spin) {
    signal_ = signal;
    slept_ = false;
    if (signal != nullptr) spins_until_ = Clock::now() + spin;
}

/// True when there is no need to sleep: the signal has come, or something by a descriptor.
bool AsioWaiter::spin(Clock::time_point until) {
    auto next_poll = Clock::now() + 50us;
    for (auto now = Clock::now(); now < spins_until_ && now < until; now = Clock::now()) {
        for (int i = 0; i < looks; ++i) {
            if (signal_->happened()) return true;
            pause_core();
        }
        if (now < next_poll) continue;
        if (io_.poll_one() > 0) return true;
        next_poll = now + 50us;
    }
    return signal_->happened();
}

void AsioWaiter::wait(Clock::time_point until) {
    if (signal_ != nullptr) {
        if (spin(until)) return;
        signal_->sleeping(true);
        if (signal_->happened()) return signal_->sleeping(false);
        slept_ = true;
    }
    if (until < rings_at_) {
        rings_at_ = until;
        alarm_.expires_at(until);
        alarm_.async_wait([this](const boost::system::error_code& error) {
            if (!error) rings_at_ = Clock::time_point::max();
        });
    }
    io_.run_one();
    if (signal_ != nullptr) {
        signal_->sleeping(false);
        signal_->happened();
    }
}

void AsioWaiter::poll() {
    const auto end = Clock::now() + 5ms;
    while (io_.poll_one() > 0 && Clock::now() < end) {
    }
}

}  // namespace dragoman
