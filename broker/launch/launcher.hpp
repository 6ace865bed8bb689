#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "broker/launch/descriptor.hpp"
#include "broker/launch/request.hpp"

namespace dragoman {

/// What to execute. `arguments[0]` is a full path.
struct LaunchOrder {
    std::vector<std::string> arguments;
    std::filesystem::path directory;
    std::vector<std::string> environment;  // "NAME=value"
    int nice = 0;
};

/// The operating system refused something that the broker cannot do without.
struct LaunchError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// The broker's end of the launcher process (launcher/). Starting a script costs the broker one message,
/// whatever its size.
class Launcher {
public:
    /// Starts the launcher; throws LaunchError with the path and the reason.
    Launcher(boost::asio::io_context& io, std::filesystem::path executable);
    /// Ends the launcher, and with it all that it started.
    ~Launcher();
    Launcher(const Launcher&) = delete;

    /// Has `order` executed with `descriptors` as its 0, 1, 2, ...; returns the broker's end of the status socket.
    /// That the start itself failed comes as a Status. Throws LaunchError when the order is too large or the launcher
    /// cannot be had.
    Descriptor start(const LaunchOrder& order, std::span<const int> descriptors);

    /// Whether each script has a pid namespace of its own; if not, errno of the refusal.
    bool pid_namespaces() const { return greeting_.pid_namespaces != 0; }
    int pid_namespace_error() const { return greeting_.error; }

    boost::asio::io_context& io() { return io_; }
    /// Where readers of this launcher's processes read into, one at a time; `readable_behind` more bytes may be read
    /// behind it.
    std::span<char> scratch() { return {scratch_.get(), scratch_size}; }

    static constexpr std::size_t scratch_size = std::size_t{64} << 10;

private:
    void spawn();
    void reap();

    boost::asio::io_context& io_;
    std::filesystem::path executable_;
    Descriptor socket_;
    int pid_ = 0;
    launch::Greeting greeting_;
    std::unique_ptr<char[]> scratch_;
};

}  // namespace dragoman
