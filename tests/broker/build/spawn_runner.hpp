#pragma once
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <list>

#include "broker/build/command.hpp"
#include "tests/compilers/temporary_folder.hpp"

namespace dragoman::test {

/// Runs commands for real, side by side, their streams being files. For tests: the broker's own has an event loop.
class SpawnRunner : public CommandRunner {
public:
    int started = 0;
    std::size_t most_at_a_time = 0;

    void run(Command command, std::function<void(CommandResult)> done) override {
        const auto number = std::to_string(++started);
        const auto in = streams_.write(number + ".in", command.input);
        const auto out = streams_.write(number + ".out", "");
        const auto err = streams_.write(number + ".err", "");
        int report[2];
        if (::pipe2(report, O_CLOEXEC) != 0) std::abort();
        const auto pid = ::fork();
        if (pid == 0) become(command, in, out, err, report[1]);
        ::close(report[1]);
        int error = 0;
        const bool failed = ::read(report[0], &error, sizeof error) == sizeof error;
        ::close(report[0]);
        if (failed) {
            ::waitpid(pid, nullptr, 0);
            CommandResult result;
            result.ending = CommandResult::NotStarted{error};
            return done(result);
        }
        running_.push_back({pid, number, std::chrono::steady_clock::now() + command.timeout, false, std::move(done)});
        most_at_a_time = std::max(most_at_a_time, running_.size());
    }

    /// Until nothing runs any more.
    void wait() {
        while (!running_.empty()) {
            for (auto it = running_.begin(); it != running_.end();) {
                const auto here = it++;
                int status = 0;
                if (!here->is_late && std::chrono::steady_clock::now() > here->deadline) {
                    here->is_late = true;
                    ::kill(-here->pid, SIGKILL);
                }
                if (::waitpid(here->pid, &status, WNOHANG) != here->pid) continue;
                auto ended = std::move(*here);
                running_.erase(here);
                ended.done(result_of(ended, status));
                it = running_.begin();
            }
            ::usleep(1000);
        }
    }
    /// Ends everything without an answer.
    void drop() {
        for (const auto& each : running_) {
            ::kill(-each.pid, SIGKILL);
            ::waitpid(each.pid, nullptr, 0);
        }
        running_.clear();
    }
    ~SpawnRunner() override { drop(); }

private:
    struct Running {
        pid_t pid;
        std::string number;
        std::chrono::steady_clock::time_point deadline;
        bool is_late;
        std::function<void(CommandResult)> done;
    };

    [[noreturn]] static void become(const Command& command, const std::filesystem::path& in,
                                    const std::filesystem::path& out, const std::filesystem::path& err, int report) {
        ::setpgid(0, 0);
        for (const auto& [key, value] : command.environment) ::setenv(key.c_str(), value.c_str(), 1);
        ::dup2(::open(in.c_str(), O_RDONLY), 0);
        ::dup2(::open(out.c_str(), O_WRONLY), 1);
        ::dup2(::open(err.c_str(), O_WRONLY), 2);
        std::vector<char*> argv;
        for (const auto& word : command.argv) argv.push_back(const_cast<char*>(word.c_str()));
        argv.push_back(nullptr);
        if (::chdir(command.cwd.c_str()) == 0) ::execv(argv[0], argv.data());
        const int error = errno;
        if (::write(report, &error, sizeof error) < 0) ::_exit(126);
        ::_exit(127);
    }

    CommandResult result_of(const Running& ended, int status) const {
        CommandResult result;
        if (ended.is_late) {
            result.ending = CommandResult::TimedOut{};
        } else if (WIFSIGNALED(status)) {
            result.ending = CommandResult::Signalled{WTERMSIG(status)};
        } else {
            result.ending = CommandResult::Exited{WEXITSTATUS(status)};
        }
        result.output = streams_.read(ended.number + ".out");
        result.errors = streams_.read(ended.number + ".err");
        return result;
    }

    TemporaryFolder streams_;
    std::list<Running> running_;
};

}  // namespace dragoman::test
