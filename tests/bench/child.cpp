#include "tests/bench/child.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <system_error>

extern char** environ;

namespace dragoman::bench {
namespace {

pid_t spawn(const std::vector<std::string>& arguments, const posix_spawn_file_actions_t* actions) {
    std::vector<char*> pointers;
    for (const auto& argument : arguments) pointers.push_back(const_cast<char*>(argument.c_str()));
    pointers.push_back(nullptr);
    pid_t pid = 0;
    if (const int error = posix_spawn(&pid, pointers[0], actions, nullptr, pointers.data(), environ); error != 0)
        throw std::runtime_error("cannot start " + arguments.front() + ": " + std::generic_category().message(error));
    return pid;
}

std::array<Descriptor, 2> pipe() {
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("cannot make a pipe");
    return {Descriptor(ends[0]), Descriptor(ends[1])};
}

}  // namespace

Child::Child(std::vector<std::string> arguments) {
    auto input = pipe();
    auto output = pipe();
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, input[0].get(), 0);
    posix_spawn_file_actions_adddup2(&actions, output[1].get(), 1);
    pid_ = spawn(arguments, &actions);
    posix_spawn_file_actions_destroy(&actions);
    input_ = std::move(input[1]);
    output_ = std::move(output[0]);
}

Child::~Child() {
    input_.reset();
    ::kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
}

void Child::write(std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t size = ::write(input_.get(), bytes.data(), bytes.size());
        if (size < 0) throw std::runtime_error("a child of the benchmark has ended");
        bytes.remove_prefix(static_cast<std::size_t>(size));
    }
}

void Child::read(std::size_t size) {
    std::array<char, 4096> room;
    while (size > 0) {
        const ssize_t got = ::read(output_.get(), room.data(), std::min(room.size(), size));
        if (got <= 0) throw std::runtime_error("a child of the benchmark has ended");
        size -= static_cast<std::size_t>(got);
    }
}

std::string Child::line() {
    std::string line;
    for (char c = 0; ::read(output_.get(), &c, 1) == 1 && c != '\n';) line += c;
    return line;
}

void run(const std::vector<std::string>& arguments) {
    const pid_t pid = spawn(arguments, nullptr);
    int status = 0;
    waitpid(pid, &status, 0);
    if (status != 0) throw std::runtime_error(arguments.front() + " failed");
}

OneCore::OneCore(bool wanted) : wanted_(wanted) {
    if (!wanted) return;
    sched_getaffinity(0, sizeof before_, &before_);
    int last = 0;
    for (int core = 0; core < CPU_SETSIZE; ++core)
        if (CPU_ISSET(core, &before_)) last = core;
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(last, &one);
    sched_setaffinity(0, sizeof one, &one);
}

OneCore::~OneCore() {
    if (wanted_) sched_setaffinity(0, sizeof before_, &before_);
}

}  // namespace dragoman::bench
