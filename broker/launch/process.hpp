#pragma once

#include <array>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "broker/launch/launcher.hpp"
#include "broker/sandbox/filter.hpp"
#include "compilers/language.hpp"

namespace dragoman {

/// Which of a script's descriptors bytes came from.
enum class Stream { conversation, standard_output, standard_error };
inline constexpr std::size_t stream_count = 3;

/// How a process ended, and what it used in all. Known once it is reaped.
struct ProcessEnd {
    int exit_code = 0;
    int signal = 0;  // 0 where it exited
    /// It was taken down together with its minder: by the launcher's end, not by its own doing.
    bool from_outside = false;
    std::chrono::microseconds cpu{0};
    std::uint64_t peak_memory = 0;  // bytes, resident
};

/// What a process tells its owner. Called from the io_context's thread only.
class ProcessListener {
public:
    virtual ~ProcessListener() = default;
    /// `bytes` are followed by LineSplitter::padding readable ones; valid during the call.
    virtual void on_bytes(Stream stream, std::string_view bytes) = 0;
    virtual void on_end_of(Stream stream) = 0;
    /// The script reads no more: its end of the pipe is closed.
    virtual void on_input_closed() = 0;
    /// Nothing was executed; `what` names the step and the reason.
    virtual void on_start_failed(const std::string& what) = 0;
    /// The sandbox did not let a system call through. Of many, only the first are told.
    virtual void on_refused(const RefusedCall&) {}
    /// All that it ever wrote has been handed on. Comes once for each process that was started.
    virtual void on_end(const ProcessEnd& end) = 0;
};

/// A script's process and its pipes. Passive: it moves bytes and knows no deadline. All pipes are always drained, so
/// that a full one can block nobody. Kept by shared_ptr, since operations may be under way when its owner lets it go.
class Process : public std::enable_shared_from_this<Process> {
public:
    /// Starts `order` (to which the variables of the channel are added). Throws LaunchError, or boost's system_error.
    static std::shared_ptr<Process> start(Launcher& launcher, LaunchOrder order, Channel channel,
                                          ProcessListener& listener);
    ~Process();

    /// Writes at once what the pipe takes, the rest as it drains.
    void write(std::string_view bytes) { write({bytes}); }
    /// The parts one behind the other, in one system call where the pipe has room.
    void write(std::initializer_list<std::string_view> parts);
    /// Bytes that the pipe has not taken yet.
    std::size_t unsent() const { return unsent_.size() - sent_; }
    /// End of file for the script, after what is unsent.
    void close_input();
    /// SIGKILL for the script and all that it started. Returns at once; on_end follows.
    void kill();
    /// SIGTERM for the script alone.
    void terminate();
    /// Tells the listener what was refused up to now. The script learned of it after the broker could.
    void take_refusals();
    /// No more calls to the listener.
    void forget_listener() { listener_ = nullptr; }

    /// Its main process as the broker's namespace numbers it; 0 until it is known.
    int pid() const { return pid_; }
    /// All of it is gone, with everything that it started.
    bool gone() const { return gone_; }
    const std::optional<ProcessEnd>& end() const { return end_; }
    /// CPU time used so far by all its threads, if it can be told (one system call).
    std::optional<std::chrono::nanoseconds> cpu_time() const;
    /// The state letter of /proc/<pid>/stat ('R' running, 'S' sleeping, 'T' stopped), or '?'.
    char state() const;

private:
    using Pipe = boost::asio::posix::stream_descriptor;

    Process(Launcher& launcher, ProcessListener& listener, std::string program);
    void watch(std::size_t stream);
    bool drain(std::size_t stream);
    void watch_status();
    bool take_status();
    void drain_rest();
    void watch_input();
    void send_unsent();
    void shut_input();

    Launcher& launcher_;
    ProcessListener* listener_;
    std::string program_;
    Pipe input_;
    Pipe status_;
    std::array<std::optional<Pipe>, stream_count> outputs_;
    std::string unsent_;
    std::size_t sent_ = 0;
    bool closing_ = false;
    bool waiting_to_write_ = false;
    bool gone_ = false;
    int pid_ = 0;
    std::optional<ProcessEnd> end_;
};

}  // namespace dragoman
