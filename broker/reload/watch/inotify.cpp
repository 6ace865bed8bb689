#include "broker/reload/watch/inotify.hpp"

#include <sys/inotify.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace dragoman::watch {

namespace {

constexpr std::chrono::milliseconds window{10};
constexpr std::size_t most_in_window = 300;

}  // namespace

std::vector<InotifyEvent> parse_inotify(std::span<const char> bytes) {
    std::vector<InotifyEvent> events;
    while (bytes.size() >= sizeof(inotify_event)) {
        inotify_event head;
        std::memcpy(&head, bytes.data(), sizeof head);
        const auto rest = bytes.subspan(sizeof head);
        if (rest.size() < head.len) break;
        // The name is filled up with zeros.
        events.push_back({head.wd, head.mask, {rest.data(), ::strnlen(rest.data(), head.len)}});
        bytes = rest.subspan(head.len);
    }
    return events;
}

InotifyCalls InotifyCalls::real() {
    return {[] { return ::inotify_init1(IN_CLOEXEC | IN_NONBLOCK); }, ::inotify_add_watch};
}

Inotify::Inotify(boost::asio::io_context& io, const InotifyCalls& calls) : calls_(calls), descriptor_(io), pause_(io) {
    const int number = calls_.open();
    if (number < 0) {
        error_ = errno;
        return;
    }
    boost::system::error_code error;
    descriptor_.assign(number, error);
    if (!error) return;
    error_ = error.value();
    ::close(number);
}

void Inotify::listen(std::function<void(std::span<const InotifyEvent>)> on_events) {
    on_events_ = std::move(on_events);
    if (descriptor_.is_open()) read();
}

void Inotify::read() {
    const auto then = [this, alive = std::weak_ptr(alive_)](const boost::system::error_code& error, std::size_t size) {
        if (error || alive.expired()) return;
        const auto events = parse_inotify({buffer_.data(), size});
        on_events_(events);
        if (!alive.expired() && descriptor_.is_open()) read_on(events.size());
    };
    descriptor_.async_read_some(boost::asio::buffer(buffer_), then);
}

void Inotify::read_on(std::size_t events) {
    const auto now = std::chrono::steady_clock::now();
    if (now - window_ >= window) {
        window_ = now;
        in_window_ = 0;
    }
    in_window_ += events;
    if (in_window_ < most_in_window) return read();
    pause_.expires_at(window_ + window);
    pause_.async_wait([this, alive = std::weak_ptr(alive_)](const boost::system::error_code& error) {
        if (!error && !alive.expired() && descriptor_.is_open()) read();
    });
}

int Inotify::add(const std::string& folder, std::uint32_t what) {
    if (!descriptor_.is_open()) return -EBADF;
    const int watch = calls_.watch(descriptor_.native_handle(), folder.c_str(), what | IN_MASK_ADD);
    return watch < 0 ? -errno : watch;
}

void Inotify::remove(int watch) {
    if (descriptor_.is_open()) ::inotify_rm_watch(descriptor_.native_handle(), watch);
}

void Inotify::close() {
    boost::system::error_code ignored;
    descriptor_.close(ignored);
    pause_.cancel();
}

}  // namespace dragoman::watch
