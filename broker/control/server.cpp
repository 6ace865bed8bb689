#include "broker/control/server.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <time.h>

#include <algorithm>
#include <boost/asio/local/stream_protocol.hpp>
#include <cerrno>

#include "broker/launch/descriptor.hpp"

namespace dragoman {
namespace {

using namespace std::chrono_literals;
using Clock = Allowance::Clock;

/// Of the run's time, and at most at a time.
constexpr double share = 0.05;
constexpr auto burst = 5ms;
/// Who follows the log gets its lines so often, and so many at most: more than anybody can read.
constexpr auto follow_every = 50ms;
constexpr std::uint64_t follow_lines = 200;
/// No descriptor is left for a client: look again later.
constexpr auto accept_pause = 100ms;

/// Of this thread: on a busy machine, the time in which it had no core is nobody's.
std::chrono::nanoseconds cpu_time() {
    timespec time{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

/// The same user, or root.
bool may_control(int descriptor) {
    ucred peer{};
    socklen_t size = sizeof peer;
    if (::getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return false;
    return peer.uid == ::geteuid() || peer.uid == 0;
}

}  // namespace

ControlServer::ControlServer(boost::asio::io_context& io, ControlPlace place, ControlTarget& target, ControlLog& log)
    : io_(io),
      place_(std::move(place)),
      target_(target),
      log_(log),
      acceptor_(io, boost::asio::local::stream_protocol(), ::fcntl(place_.listener(), F_DUPFD_CLOEXEC, 0)),
      acceptor_pause_(io),
      allowance_(share, burst),
      waiting_timer_(io),
      follow_timer_(io) {
    log_.added = [this] { log_grew(); };
    await_clients();
}

ControlServer::~ControlServer() {
    log_.added = nullptr;
    waiting_.clear();
    for (const auto& client : std::vector(clients_))
        if (client->follows()) client->follow_up(log_.next());
    while (!clients_.empty()) clients_.back()->close();
}

void ControlServer::await_clients() {
    acceptor_.async_wait(Acceptor::wait_read,
                         [this, life = std::weak_ptr(life_)](const boost::system::error_code& error) {
                             if (!error && !life.expired()) when_allowed([this] { accept_all(); });
                         });
}

void ControlServer::accept_all() {
    for (int i = 0; i < 8; ++i) {
        const int descriptor = ::accept4(acceptor_.native_handle(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
        if (descriptor >= 0) {
            welcome(descriptor);
        } else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
            acceptor_pause_.expires_after(accept_pause);
            acceptor_pause_.async_wait([this, life = std::weak_ptr(life_)](const boost::system::error_code& error) {
                if (!error && !life.expired()) await_clients();
            });
            return;
        } else if (errno == EAGAIN) {
            break;
        }
    }
    await_clients();
}

void ControlServer::welcome(int descriptor) {
    const bool is_allowed = may_control(descriptor);
    const auto client =
        std::make_shared<ControlClient>(ControlClient::Socket(io_, ControlClient::Socket::protocol_type(), descriptor),
                                        static_cast<ControlHost&>(*this));
    if (!is_allowed) return client->turn_away({"denied", "this run belongs to another user"});
    if (clients_.size() >= most_clients)
        return client->turn_away({"too_many_clients", std::to_string(most_clients) + " clients are there already"});
    clients_.push_back(client);
    client->start();
}

void ControlServer::left(const void* client) {
    std::erase_if(clients_, [&](const auto& one) { return one.get() == client; });
}

void ControlServer::when_allowed(std::function<void()> what) {
    if (waiting_.empty() && allowance_.wait(Clock::now()) == Clock::duration::zero()) return act(what);
    waiting_.push_back(std::move(what));
    if (waiting_.size() == 1) act_later();
}

void ControlServer::act(const std::function<void()>& what) {
    const auto began = cpu_time();
    what();
    allowance_.spend(cpu_time() - began);
}

void ControlServer::act_later() {
    waiting_timer_.expires_after(allowance_.wait(Clock::now()));
    waiting_timer_.async_wait([this, life = std::weak_ptr(life_)](const boost::system::error_code& error) {
        if (error || life.expired() || waiting_.empty()) return;
        const auto what = std::move(waiting_.front());
        waiting_.pop_front();
        act(what);
        if (!waiting_.empty()) act_later();
    });
}

std::optional<std::string> ControlServer::serve(const ControlRequest& request, ControlDone done) {
    const std::string_view command = request.command->name;
    const std::string seat = request.seat();
    if (request.members.contains("seat")) {
        const auto seats = target_.seats();
        if (std::find(seats.begin(), seats.end(), seat) == seats.end()) {
            std::string list;
            for (const std::string& one : seats) (list += list.empty() ? "" : ", ") += one;
            throw ControlError{"unknown_seat", "there is no seat \"" + seat.substr(0, 100) + "\"; there are: " + list};
        }
    }
    const auto now = [&](auto act) {
        act();
        return std::string("{}");
    };
    try {
        if (command == "status") return control_json(target_.status());
        if (command == "versions") return control_json(target_.versions(seat));
        if (command == "log") return tail(request);
        if (command == "help") return control_json(control_help());
        if (command == "reload") return now([&] { target_.reload(seat); });
        if (command == "resume") return now([&] { target_.resume(); });
        if (command == "stop") return now([&] { target_.stop(); });
        if (command == "rollback")
            return now([&] {
                const auto version = request.count("version");
                target_.rollback(seat, version ? std::optional(static_cast<int>(*version)) : std::nullopt);
            });
        if (command == "pause") {
            target_.pause(std::move(done));
            return std::nullopt;
        }
        if (command == "step") {
            target_.step(static_cast<std::uint64_t>(request.count("ticks").value_or(1)), std::move(done));
            return std::nullopt;
        }
    } catch (const std::exception& error) {
        throw ControlError{"internal", error.what()};
    }
    throw ControlError{"internal", std::string(command) + " is not served"};
}

std::string ControlServer::tail(const ControlRequest& request) const {
    const auto count = request.count("lines").value_or(control::usual_lines);
    std::string result = "{\"lines\":[";
    const char* between = "";
    for (const LogLine* line : log_.tail(static_cast<std::size_t>(count), request.seat())) {
        result += std::exchange(between, ",");
        append_json(result, *line);
    }
    return result + "],\"next\":" + std::to_string(log_.next()) + "}";
}

/// What many lines at once cost is kept from the run: they are told together, and not too often.
void ControlServer::log_grew() {
    if (follow_timer_runs_) return;
    if (std::none_of(clients_.begin(), clients_.end(), [](const auto& client) { return client->follows(); })) return;
    follow_timer_runs_ = true;
    follow_timer_.expires_after(follow_every);
    follow_timer_.async_wait([this, life = std::weak_ptr(life_)](const boost::system::error_code& error) {
        if (error || life.expired()) return;
        follow_timer_runs_ = false;
        bool more = false;
        for (const auto& client : std::vector(clients_)) {
            if (!client->follows()) continue;
            client->follow_up(follow_lines);
            more = more || client->is_behind();
        }
        if (more) log_grew();
    });
}

}  // namespace dragoman
