#include "broker/reload/watch/inotify.hpp"

#include <sys/inotify.h>

#include <cerrno>
#include <cstring>

namespace dragoman::watch {

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

Inotify::Inotify(boost::asio::io_context& io, const InotifyCalls& calls) : calls_(calls), descriptor_(io) {
    const int number = calls_.open();
    if (number < 0)
        error_ = errno;
    else
        descriptor_.assign(number);
}

void Inotify::listen(std::function<void(std::span<const InotifyEvent>)> on_events) {
    on_events_ = std::move(on_events);
    if (descriptor_.is_open()) read();
}

void Inotify::read() {
    descriptor_.async_read_some(
        boost::asio::buffer(buffer_),
        [this, alive = std::weak_ptr(alive_)](const boost::system::error_code& error, std::size_t size) {
            if (error || alive.expired()) return;
            on_events_(parse_inotify({buffer_.data(), size}));
            if (!alive.expired() && descriptor_.is_open()) read();
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
}

}  // namespace dragoman::watch
