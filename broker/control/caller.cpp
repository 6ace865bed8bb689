#include "broker/control/caller.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "broker/control/place.hpp"
#include "broker/control/request.hpp"

namespace dragoman {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

/// False when the time is over.
bool wait_for(int descriptor, short what, std::optional<Clock::time_point> until) {
    for (;;) {
        int time = -1;
        if (until) {
            const auto left = std::chrono::ceil<milliseconds>(*until - Clock::now()).count();
            time = static_cast<int>(std::max<std::int64_t>(left, 0));
        }
        pollfd one{descriptor, what, 0};
        const int count = ::poll(&one, 1, time);
        if (count > 0) return true;
        if (count == 0) return false;
        if (errno != EINTR) return true;  // what is wrong will be told by the call that follows
    }
}

}  // namespace

ControlCaller::ControlCaller(const std::filesystem::path& path) : path_(path), socket_(connect_control(path)) {}

void ControlCaller::send(const Json& request) {
    const std::string line = control_json(request) + "\n";
    std::string_view left = line;
    while (!left.empty()) {
        const auto count = ::send(socket_.get(), left.data(), left.size(), MSG_NOSIGNAL);
        if (count >= 0)
            left.remove_prefix(static_cast<std::size_t>(count));
        else if (errno == EAGAIN)
            wait_for(socket_.get(), POLLOUT, std::nullopt);
        else if (errno != EINTR)
            return;  // perhaps it has said why: receive() tells
    }
}

std::optional<Json> ControlCaller::receive(std::optional<milliseconds> time) {
    const auto until = time ? std::optional(Clock::now() + *time) : std::nullopt;
    for (;;) {
        if (const auto end = received_.find('\n'); end != std::string::npos) {
            const std::string line = received_.substr(0, end);
            received_.erase(0, end + 1);
            Json answer = Json::parse(line, nullptr, false);
            if (!answer.is_object()) throw ControlError{"no_answer", path_.string() + ": this is no dragoman run"};
            return answer;
        }
        if (!wait_for(socket_.get(), POLLIN, until))
            throw ControlError{"no_answer", path_.string() + ": the run does not answer"};
        std::array<char, 16 << 10> bytes;
        const auto count = ::recv(socket_.get(), bytes.data(), bytes.size(), 0);
        if (count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR)) return std::nullopt;
        if (count > 0) received_.append(bytes.data(), static_cast<std::size_t>(count));
    }
}

Json ControlCaller::ask(const Json& request, std::optional<milliseconds> time) {
    send(request);
    const auto answer = receive(time);
    if (!answer) throw ControlError{"over", "the run has ended"};
    if (answer->value("ok", false)) return answer->value("result", Json());
    const Json error = answer->value("error", Json::object());
    throw ControlError{error.value("code", "internal"), error.value("message", "?")};
}

}  // namespace dragoman
