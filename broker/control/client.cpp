#include "broker/control/client.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <boost/asio/post.hpp>
#include <cerrno>

namespace dragoman {
namespace {

constexpr std::size_t read_size = 16 << 10;

/// Both ways, not only its own.
bool has_hung_up(int descriptor) {
    pollfd one{descriptor, 0, 0};
    return ::poll(&one, 1, 0) == 1 && (one.revents & (POLLHUP | POLLERR)) != 0;
}

}  // namespace

void ControlClient::turn_away(const ControlError& error) {
    send(control_answer(nullptr, error));
    close();
}

void ControlClient::close() {
    if (std::exchange(closed_, true)) return;
    boost::system::error_code ignored;
    socket_.close(ignored);
    std::exchange(host_, nullptr)->left(this);
}

void ControlClient::await_bytes() {
    socket_.async_wait(Socket::wait_read, [self = shared_from_this()](const boost::system::error_code& error) {
        if (error || self->closed_) return;
        self->host_->when_allowed([self] {
            if (!self->closed_) self->read();
        });
    });
}

void ControlClient::read() {
    std::array<char, read_size> bytes;
    const auto count = ::recv(socket_.native_handle(), bytes.data(), bytes.size(), MSG_DONTWAIT);
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) return await_bytes();
    if (count < 0) return close();
    if (count == 0 && has_hung_up(socket_.native_handle())) return close();
    no_more_requests_ = count == 0;
    received_.append(bytes.data(), static_cast<std::size_t>(count));
    go_on();
}

/// One request at a time, and the run's own events between two of them.
void ControlClient::go_on() {
    const auto end = received_.find('\n');
    if (end == std::string::npos && received_.size() > control::longest_request) {
        send(control_answer(
            nullptr, ControlError{"too_long",
                                  "a request's line may have " + std::to_string(control::longest_request) + " bytes"}));
        return close();
    }
    if (end == std::string::npos) return no_more_requests_ ? close_when_done() : await_bytes();
    host_->when_allowed([self = shared_from_this(), end] {
        if (self->closed_) return;
        const std::string line = self->received_.substr(0, end);
        self->received_.erase(0, end + 1);
        self->serve(line);
        if (self->closed_) return;
        boost::asio::post(self->socket_.get_executor(), [self] {
            if (!self->closed_) self->go_on();
        });
    });
}

void ControlClient::serve(std::string_view line) {
    if (line.size() > control::longest_request)
        return send(control_answer(
            nullptr, ControlError{"too_long",
                                  "a request's line may have " + std::to_string(control::longest_request) + " bytes"}));
    auto read = read_control_request(line);
    if (const auto* bad = std::get_if<BadRequest>(&read)) return send(control_answer(bad->id, bad->error));
    const auto& request = std::get<ControlRequest>(read);
    if (open_ >= most_open)
        return send(control_answer(
            request.id, ControlError{"busy", std::to_string(most_open) + " requests of yours are not done yet"}));
    try {
        ++open_;
        const auto result = host_->serve(
            request, [client = weak_from_this(), id = request.id](const std::variant<Json, ControlError>& result) {
                if (const auto self = client.lock()) self->finished(id, result);
            });
        if (!result) return;  // it is done later, or was done already
        --open_;
        send(control_answer(request.id, *result));
        if (!closed_ && request.command->name == "log" && request.flag("follow")) follow(request);
    } catch (const ControlError& error) {
        --open_;
        send(control_answer(request.id, error));
    }
}

void ControlClient::finished(const Json& id, const std::variant<Json, ControlError>& result) {
    if (closed_) return;
    --open_;
    if (const auto* error = std::get_if<ControlError>(&result))
        send(control_answer(id, *error));
    else
        send(control_answer(id, control_json(std::get<Json>(result))));
    if (!closed_ && no_more_requests_) close_when_done();
}

void ControlClient::follow(const ControlRequest& request) {
    follows_ = true;
    follow_id_ = control_json(request.id);
    follow_seat_ = request.seat();
    follow_next_ = host_->log().next();
}

void ControlClient::follow_up(std::uint64_t most) {
    const ControlLog& log = host_->log();
    std::string text;
    if (follow_next_ < log.oldest()) {
        text = "{\"id\":" + follow_id_ + ",\"lost\":" + std::to_string(log.oldest() - follow_next_) + "}\n";
        follow_next_ = log.oldest();
    }
    for (; follow_next_ < log.next() && most > 0; ++follow_next_, --most) {
        const LogLine& line = log.line(follow_next_);
        if (!follow_seat_.empty() && line.seat != follow_seat_) continue;
        text += "{\"id\":" + follow_id_ + ",\"line\":";
        append_json(text, line);
        text += "}\n";
    }
    if (!text.empty()) send(text);
}

void ControlClient::send(std::string_view text) {
    if (closed_) return;
    while (unsent_.empty() && !text.empty()) {
        const auto count = ::send(socket_.native_handle(), text.data(), text.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0 && errno == EAGAIN) break;
        if (count < 0) return close();
        text.remove_prefix(static_cast<std::size_t>(count));
    }
    if (text.empty()) return;
    if (unsent_.size() + text.size() > most_unsent && !unsent_.empty()) return close();
    unsent_ += text;
    flush();
}

void ControlClient::flush() {
    if (std::exchange(flushing_, true)) return;
    socket_.async_wait(Socket::wait_write, [self = shared_from_this()](const boost::system::error_code& error) {
        self->flushing_ = false;
        if (error || self->closed_) return;
        const auto count = ::send(self->socket_.native_handle(), self->unsent_.data(), self->unsent_.size(),
                                  MSG_DONTWAIT | MSG_NOSIGNAL);
        if (count < 0 && errno != EAGAIN && errno != EINTR) return self->close();
        if (count > 0) self->unsent_.erase(0, static_cast<std::size_t>(count));
        if (!self->unsent_.empty()) return self->flush();
        if (self->no_more_requests_) self->close_when_done();
    });
}

/// It has ended its side: what it asked for is still answered.
void ControlClient::close_when_done() {
    if (unsent_.empty() && open_ == 0 && !follows_) close();
}

}  // namespace dragoman
