#pragma once

#include <boost/asio/local/stream_protocol.hpp>
#include <functional>
#include <memory>
#include <string>

#include "broker/control/log.hpp"
#include "broker/control/request.hpp"

namespace dragoman {

/// What a client's connection needs of the server.
class ControlHost {
public:
    virtual ~ControlHost() = default;
    /// Calls it when control may take time of the run: at once, or later.
    virtual void when_allowed(std::function<void()> act) = 0;
    /// Carries out what does not wait, and says the result as JSON; nothing where `done` will be called. Throws
    /// ControlError.
    virtual std::optional<std::string> serve(const ControlRequest& request, ControlDone done) = 0;
    virtual const ControlLog& log() const = 0;
    virtual void left(const void* client) = 0;
};

/// One who controls the run: reads requests, writes answers, and never waits for anybody.
class ControlClient : public std::enable_shared_from_this<ControlClient> {
public:
    using Socket = boost::asio::local::stream_protocol::socket;

    /// What it may leave unread before it is dropped, and how many of its pauses and steps may be under way.
    static constexpr std::size_t most_unsent = 1 << 20;
    static constexpr int most_open = 16;

    ControlClient(Socket socket, ControlHost& host) : socket_(std::move(socket)), host_(&host) {}

    void start() { await_bytes(); }
    /// For one who is not served: says why, and ends.
    void turn_away(const ControlError& error);
    void close();

    bool follows() const { return follows_; }
    /// Sends what the log has had since, at most `most` lines; what is not kept any more is counted.
    void follow_up(std::uint64_t most);
    /// There is more to send.
    bool is_behind() const { return !closed_ && follow_next_ < host_->log().next(); }

private:
    void await_bytes();
    void read();
    /// Serves the next whole line, if there is one.
    void go_on();
    void serve(std::string_view line);
    void follow(const ControlRequest& request);
    void finished(const Json& id, const std::variant<Json, ControlError>& result);
    void send(std::string_view text);
    void flush();
    void close_when_done();

    Socket socket_;
    ControlHost* host_;
    std::string received_;
    std::string unsent_;
    bool closed_ = false;
    bool no_more_requests_ = false;
    bool flushing_ = false;
    int open_ = 0;
    bool follows_ = false;
    std::string follow_id_;  // JSON
    std::string follow_seat_;
    std::uint64_t follow_next_ = 0;
};

}  // namespace dragoman
