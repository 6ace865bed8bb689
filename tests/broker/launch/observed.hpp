#pragma once

#include <signal.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <functional>

#include "broker/broker.hpp"
#include "broker/launch/process.hpp"

namespace dragoman::test {

inline constexpr auto long_enough = std::chrono::seconds(20);

/// A launcher with an event loop.
struct Machine {
    Machine() { ::signal(SIGPIPE, SIG_IGN); }  // as a Broker does

    boost::asio::io_context io;
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work{io.get_executor()};
    Launcher launcher{io, {find_home() / "libexec" / "dragoman-launcher", "--serve", launch::tier::plain}};

    /// False when it has not become true in a time that no test needs.
    bool until(const std::function<bool()>& true_now) {
        const auto end = Clock::now() + long_enough;
        while (!true_now())
            if (Clock::now() > end)
                return false;
            else
                io.run_one_for(std::chrono::milliseconds(50));
        return true;
    }
};

/// A process and all that it told.
struct Observed : ProcessListener {
    Observed(Machine& machine, std::vector<std::string> arguments, Channel channel = Channel::Stdio,
             std::filesystem::path directory = {})
        : machine(machine) {
        LaunchOrder order;
        order.arguments = std::move(arguments);
        order.directory = std::move(directory);
        order.environment = {"PATH=/usr/bin:/bin"};
        process = Process::start(machine.launcher, std::move(order), channel, *this);
    }
    ~Observed() override {
        process->forget_listener();
        process->kill();
        machine.until([this] { return process->gone(); });
    }

    void on_bytes(Stream stream, std::string_view bytes) override { said[static_cast<std::size_t>(stream)] += bytes; }
    void on_end_of(Stream stream) override { ended[static_cast<std::size_t>(stream)] = true; }
    void on_input_closed() override { input_closed = true; }
    void on_start_failed(const std::string& what) override { not_started = what; }
    void on_end(const ProcessEnd& how) override {
        ++ends;
        said_at_end = said;
        end = how;
    }

    std::string& conversation() { return said[0]; }
    std::string& output() { return said[1]; }
    std::string& errors() { return said[2]; }
    bool ends_by_itself() {
        return machine.until([this] { return end || !not_started.empty(); });
    }
    bool is_gone() {
        return machine.until([this] { return process->gone(); });
    }
    bool says(const std::string& text) {
        return machine.until([&] { return process->pid() > 0 && conversation().find(text) != std::string::npos; });
    }

    Machine& machine;
    std::shared_ptr<Process> process;
    std::array<std::string, stream_count> said;
    std::array<std::string, stream_count> said_at_end;
    std::array<bool, stream_count> ended{};
    bool input_closed = false;
    std::string not_started;
    std::optional<ProcessEnd> end;
    int ends = 0;
};

/// A shell script of one line, or several.
inline std::vector<std::string> shell(const std::string& commands) { return {"/bin/sh", "-c", commands}; }

}  // namespace dragoman::test
