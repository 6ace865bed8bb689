#pragma once

#include <sched.h>
#include <sys/types.h>

#include <string>
#include <string_view>
#include <vector>

#include "broker/launch/descriptor.hpp"

namespace dragoman::bench {

/// A process without a broker: pipes on its stdin and stdout, nothing else.
class Child {
public:
    /// Throws std::runtime_error where it cannot be started.
    explicit Child(std::vector<std::string> arguments);
    ~Child();
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;

    void write(std::string_view bytes);
    /// Reads until the child has sent `size` bytes.
    void read(std::size_t size);
    /// Reads a line, byte by byte. Empty at the end of the stream.
    std::string line();
    int pid() const { return pid_; }

private:
    Descriptor input_;
    Descriptor output_;
    pid_t pid_ = 0;
};

/// Starts a program and waits for its end.
void run(const std::vector<std::string>& arguments);

/// KB of a process that are its own.
double private_memory(const std::string& pid);

/// This process, and what it starts from now on, on one core for as long as this lives.
class OneCore {
public:
    /// Does nothing where `wanted` is false.
    explicit OneCore(bool wanted);
    ~OneCore();
    OneCore(const OneCore&) = delete;
    OneCore& operator=(const OneCore&) = delete;

private:
    bool wanted_;
    cpu_set_t before_;
};

}  // namespace dragoman::bench
