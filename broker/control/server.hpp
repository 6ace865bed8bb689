#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <vector>

#include "broker/control/allowance.hpp"
#include "broker/control/client.hpp"
#include "broker/control/log.hpp"
#include "broker/control/place.hpp"
#include "broker/control/target.hpp"

namespace dragoman {

/// Serves who controls a run: docs/control.md. Nothing that clients do holds up the run: nobody is waited for, and all
/// of them together get a small share of its time.
class ControlServer final : ControlHost {
public:
    static constexpr std::size_t most_clients = 64;

    /// All of these must live as long, and `target` must call nobody back after that.
    ControlServer(boost::asio::io_context& io, ControlPlace place, ControlTarget& target, ControlLog& log);
    /// Who follows the log gets its last lines.
    ~ControlServer() override;
    ControlServer(const ControlServer&) = delete;

    const std::filesystem::path& path() const { return place_.path(); }

private:
    using Acceptor = boost::asio::local::stream_protocol::acceptor;

    void when_allowed(std::function<void()> act) override;
    std::optional<std::string> serve(const ControlRequest& request, ControlDone done) override;
    const ControlLog& log() const override { return log_; }
    void left(const void* client) override;

    void await_clients();
    void accept_all();
    void welcome(int descriptor);
    void act(const std::function<void()>& act);
    void act_later();
    void log_grew();
    std::string tail(const ControlRequest& request) const;

    std::shared_ptr<char> life_ = std::make_shared<char>();  // handlers may come when this object has gone
    boost::asio::io_context& io_;
    ControlPlace place_;
    ControlTarget& target_;
    ControlLog& log_;
    Acceptor acceptor_;
    boost::asio::steady_timer acceptor_pause_;
    std::vector<std::shared_ptr<ControlClient>> clients_;
    Allowance allowance_;
    std::deque<std::function<void()>> waiting_;
    boost::asio::steady_timer waiting_timer_;
    boost::asio::steady_timer follow_timer_;
    bool follow_timer_runs_ = false;
};

}  // namespace dragoman
