#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/message.hpp"
#include "protocol/outcome.hpp"

namespace dragoman {

using Clock = std::chrono::steady_clock;
using Milliseconds = std::chrono::duration<double, std::milli>;

/// Why a script lost its seat.
struct Failure {
    Outcome outcome = Outcome::ok;
    std::string message;
    std::uint64_t tick = 0;
    int round = 0;
    int signal = 0;
    std::optional<int> exit_code;
    /// What it had used of what it was given when it failed; unset where time played no part.
    std::optional<Milliseconds> used;
    std::optional<Milliseconds> allowed;
    std::string file;
    std::string source;
    std::string trace;
    int line = 0;  // from 1; 0 where unknown
};

/// Where a script stands in its conversation.
enum class Phase {
    starting,   // not READY yet
    idle,       // owes nothing
    owing,      // has a message that it has not answered
    overdue,    // the same, and its deadline has passed: what comes is dropped
    resetting,  // said RESET; READY is due
    lost,       // failed, or has ended
};

/// All that the scheduler needs to know about a script. Live scripts, replays and tests' fakes are scripts.
class Script {
public:
    virtual ~Script() = default;

    virtual Phase phase() const = 0;
    /// Why it is lost; nothing while it is not, or where it was told to end.
    virtual const std::optional<Failure>& failure() const = 0;

    /// Opens an exchange: `json` goes out as it is, behind `header`. Only when idle.
    virtual void send(Header header, std::string_view json) = 0;
    /// The answer to the last exchange: JSON, or empty where there is none (it was late, said RESET, or is lost). Valid
    /// until the next send().
    virtual std::string_view answer() const = 0;
    /// From the beginning of the write to the answer's arrival.
    virtual std::optional<Clock::duration> latency() const = 0;

    /// Called once a while after send() when no answer has come yet: from here on CPU time is counted. (Reading the
    /// clock at each send would cost quick scripts more than it tells.)
    virtual void mark_cpu() = 0;
    /// CPU time used since mark_cpu(), where it can be told.
    virtual std::optional<Clock::duration> cpu_in_exchange() const = 0;
    /// The state letter of its process: 'R' running, 'S' sleeping, 'T' stopped, '?' unknown.
    virtual char state() const = 0;
    /// It could compute but got no core: a busy machine, not a slow script.
    virtual bool starved() const = 0;

    /// Takes its seat where it has used more time than it may. When it can be over a limit at the earliest; the end of
    /// time where nothing is limited.
    virtual Clock::time_point check_limits(Clock::time_point) { return Clock::time_point::max(); }

    /// The deadline has passed: the tick goes on without its answer. Only when owing.
    virtual void overdue() = 0;
    /// Takes its seat away and ends its process.
    virtual void fail(Failure failure) = 0;
};

}  // namespace dragoman
