#pragma once

#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <functional>
#include <memory>
#include <vector>

#include "broker/broker.hpp"

namespace dragoman::command {

/// The first of these signals calls `noted` and stops the broker. It lives shorter than the broker whose loop it waits
/// in.
inline std::unique_ptr<boost::asio::signal_set> stop_on_signals(Broker& broker,
                                                                const std::vector<int>& numbers = {SIGINT, SIGTERM},
                                                                std::function<void()> noted = {}) {
    auto signals = std::make_unique<boost::asio::signal_set>(broker.io());
    for (const int number : numbers) signals->add(number);
    signals->async_wait([&broker, noted = std::move(noted)](const boost::system::error_code& error, int) {
        if (error) return;
        if (noted) noted();
        broker.stop();
    });
    return signals;
}

}  // namespace dragoman::command
