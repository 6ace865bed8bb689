#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <variant>
#include <vector>

namespace dragoman {

struct Language;

/// One run of a helper program, a compiler for example.
struct Command {
    std::vector<std::string> argv;                    // argv[0] is a full path
    std::filesystem::path cwd;                        // also the only folder that it needs to write to
    std::filesystem::path self;                       // what /proc/self/exe names; argv[0] where empty
    std::vector<std::filesystem::path> reads;         // what it must see beyond the system's, the language's and `cwd`
    const Language* language = nullptr;               // whose files it sees; may be nullptr
    std::vector<std::filesystem::path> asked;         // what the language asks for, if it may
    std::filesystem::path script;                     // what is compiled, if anything
    std::map<std::string, std::string> environment;   // in addition to the few that all see
    std::string input;                                // its stdin: this, then end of file
    std::chrono::milliseconds timeout{60'000};        // past it, it is ended with everything that it started
    std::size_t output_limit = std::size_t{1} << 20;  // bytes kept of each stream; the rest is read and dropped
};

struct CommandResult {
    struct Exited {
        int code;
    };
    struct Signalled {
        int signal;
    };
    struct TimedOut {};
    struct WroteTooMuch {
        std::uint64_t limit;  // bytes, of all files in its folder
    };
    struct NotStarted {
        int error;          // an errno
        std::string why{};  // more than that, where more is known
    };
    using Ending = std::variant<Exited, Signalled, TimedOut, WroteTooMuch, NotStarted>;

    Ending ending = NotStarted{0};
    std::string output;  // its stdout
    std::string errors;  // its stderr
    std::chrono::milliseconds wall{0};
    std::chrono::milliseconds cpu{0};

    bool succeeded() const;
    /// "exit code 1", "signal 11 (Segmentation fault)", "took longer than 60s"
    std::string how_it_ended(const Command& command) const;
};

/// What building needs of the outside world. `done` is called once, on the caller's thread; it may be called from
/// within run(). A runner that is destroyed drops what it has not answered.
struct CommandRunner {
    virtual ~CommandRunner() = default;
    virtual void run(Command command, std::function<void(CommandResult)> done) = 0;
};

}  // namespace dragoman
