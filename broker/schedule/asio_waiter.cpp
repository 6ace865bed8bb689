#include "broker/schedule/asio_waiter.hpp"

namespace dragoman {

using namespace std::chrono_literals;

void AsioWaiter::wait(Clock::time_point until) {
    if (until < rings_at_) {
        rings_at_ = until;
        alarm_.expires_at(until);
        alarm_.async_wait([this](const boost::system::error_code& error) {
            if (!error) rings_at_ = Clock::time_point::max();
        });
    }
    io_.run_one();
}

void AsioWaiter::poll() {
    const auto end = Clock::now() + 5ms;
    while (io_.poll_one() > 0 && Clock::now() < end) {
    }
}

}  // namespace dragoman
