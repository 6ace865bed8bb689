#pragma once

#include <linux/filter.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <chrono>
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

/// What a script sees at `target`: what the machine has at `source`. Full paths; `source` without symbolic links.
struct Mount {
    char kind;  // of launch::mount_kind
    std::filesystem::path target;
    std::filesystem::path source;
    std::vector<std::string> entries{};  // of a folder of which it sees these alone; in order
};

/// What to execute. `arguments[0]` is a full path.
struct LaunchOrder {
    std::vector<std::string> arguments;
    std::filesystem::path directory;
    std::vector<std::string> environment;  // "NAME=value"
    int nice = 0;
    /// The script's ends of its data plane: plane socket, `go` and `done`. It gets them behind its channel's
    /// descriptors.
    std::vector<int> plane{};
    // What the launcher can hold it with depends on the launcher.
    std::vector<Mount> mounts{};
    std::shared_ptr<const std::vector<sock_filter>> filter{};
    bool told = false;  // the filter has a listener
    bool runs_programs = false;
    bool self_test = false;
    launch::RequestLimits limits{};
};

/// The operating system refused something that the broker cannot do without.
struct LaunchError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// "making a process for": what was being done, ahead of a program's name.
const char* describe(launch::Step step);

/// How the launcher's own process is started.
struct LauncherStart {
    /// "NAME=value"; empty: the broker's own.
    std::vector<std::string> environment{};
    /// The constructor does not wait until it is ready: greets() tells. It gets no terminal and none of the broker's
    /// own descriptors; what it prints is last_words().
    bool in_background = false;
};

/// The broker's end of the launcher process (launcher/). Starting a script costs the broker one message,
/// whatever its size.
class Launcher {
public:
    /// `command` is the launcher and what it serves as, perhaps behind a program that puts a cage around it. Starts it;
    /// throws LaunchError with the path and the reason.
    Launcher(boost::asio::io_context& io, std::vector<std::string> command, LauncherStart start = {});
    /// Ends the launcher, and with it all that it started.
    ~Launcher();
    Launcher(const Launcher&) = delete;

    /// Has `order` executed with `descriptors` as its 0, 1, 2, ...; returns the broker's end of the status socket.
    /// That the start itself failed comes as a Status. Throws LaunchError when the order is too large or the launcher
    /// cannot be had.
    Descriptor start(const LaunchOrder& order, std::span<const int> descriptors);

    /// Whether it has greeted: from then on it can start scripts. Waits for at most `patience`; one that was not
    /// started in the background has greeted.
    bool greets(std::chrono::milliseconds patience = {});
    /// It has ended, or closed its socket.
    bool gone() const;
    /// Ends it, and with it all that it started. begin_again() starts it anew, in the background.
    void end();
    void begin_again() { spawn(); }
    /// The last of what it printed, where it was started in the background.
    std::string last_words() const;

    const launch::Greeting& greeting() const { return greeting_; }
    /// Whether each script has a pid namespace of its own.
    bool pid_namespaces() const { return greeting_.pid_namespaces != 0; }
    /// How often it had to be started again because somebody killed it.
    unsigned restarts() const { return restarts_; }

    boost::asio::io_context& io() { return io_; }
    /// Where readers of this launcher's processes read into, one at a time; `readable_behind` more bytes may be read
    /// behind it.
    std::span<char> scratch() { return {scratch_.get(), scratch_size}; }

    static constexpr std::size_t scratch_size = std::size_t{64} << 10;

private:
    void spawn();
    void spawn_process(int socket, int input, int output);
    void wait_for_greeting();

    boost::asio::io_context& io_;
    std::vector<std::string> command_;
    LauncherStart start_;
    Descriptor socket_;
    Descriptor words_;
    bool greeted_ = false;
    int pid_ = 0;
    unsigned restarts_ = 0;
    launch::Greeting greeting_;
    std::unique_ptr<char[]> scratch_;
};

}  // namespace dragoman
