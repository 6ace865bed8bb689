#pragma once

#include <array>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dragoman::watch {

/// One event as the kernel tells it.
struct InotifyEvent {
    int watch = -1;
    std::uint32_t what = 0;  // IN_...
    std::string_view name;   // in the watched folder; empty for the folder itself
};

/// Cuts what was read. The names point into it.
std::vector<InotifyEvent> parse_inotify(std::span<const char> bytes);

/// The kernel's calls; a test puts others in their place. Both return -1 and set errno.
struct InotifyCalls {
    std::function<int()> open;
    std::function<int(int descriptor, const char* folder, std::uint32_t what)> watch;

    static InotifyCalls real();
};

/// An inotify descriptor in an event loop. A flood of events does not take all of the loop's time: past some hundred of
/// them within 10 ms the rest waits in the kernel, which tells when it had to drop some.
class Inotify {
public:
    Inotify(boost::asio::io_context& io, const InotifyCalls& calls);
    Inotify(const Inotify&) = delete;

    /// Why there is none; 0 when there is one.
    int error() const { return error_; }

    /// From now on `on_events` is called with all that came at a time. The names are gone when it returns. It may
    /// destroy this.
    void listen(std::function<void(std::span<const InotifyEvent>)> on_events);

    /// The folder's number, always the same for the same folder; what is asked for is added to what was asked for
    /// before. A negative errno when it cannot be watched.
    int add(const std::string& folder, std::uint32_t what);
    void remove(int watch);
    void close();

private:
    void read();
    /// Or later, when that was too much.
    void read_on(std::size_t events);

    InotifyCalls calls_;
    boost::asio::posix::stream_descriptor descriptor_;
    int error_ = 0;
    boost::asio::steady_timer pause_;
    std::chrono::steady_clock::time_point window_{};
    std::size_t in_window_ = 0;
    std::function<void(std::span<const InotifyEvent>)> on_events_;
    alignas(8) std::array<char, 16 * 1024> buffer_;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace dragoman::watch
