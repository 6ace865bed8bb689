#include "channel.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace dragoman {

namespace {

constexpr std::size_t first_capacity = 64 * 1024;  // what a pipe holds: most lines come in one read
constexpr int lowest_own_descriptor = 10;          // out of the way of scripts that count on small numbers

int own_copy(int descriptor) {
    const int copy = fcntl(descriptor, F_DUPFD_CLOEXEC, lowest_own_descriptor);
    return copy < 0 ? descriptor : copy;
}

void empty_stdin() {
    const int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (nothing > 0) {
        dup2(nothing, 0);
        close(nothing);
    }
}

/// The descriptor that DRAGOMAN_OUTPUT names, or -1.
int output_descriptor() {
    const char* text = getenv("DRAGOMAN_OUTPUT");
    if (text == nullptr || *text == '\0') return -1;
    char* end = nullptr;
    const long number = strtol(text, &end, 10);
    return *end == '\0' && number > 2 && number < 1 << 20 ? static_cast<int>(number) : -1;
}

void wait_for(int descriptor, short events) {
    pollfd wanted{descriptor, events, 0};
    poll(&wanted, 1, -1);
}

}  // namespace

Channel::Channel() {
    // A broker that is gone shows as an error of write(). A handler, unlike SIG_IGN, is not inherited by sub-processes.
    struct sigaction quiet {};
    quiet.sa_handler = [](int) {};
    quiet.sa_flags = SA_RESTART;
    sigaction(SIGPIPE, &quiet, nullptr);

    const int output = output_descriptor();
    in_ = own_copy(0);
    out_ = own_copy(1);
    empty_stdin();
    resize(first_capacity);
    if (output < 0) return;
    dup2(output, 1);
    close(output);
    unsetenv("DRAGOMAN_OUTPUT");
    shares_stdout_ = false;
}

Channel::~Channel() { free(buffer_); }

Channel::Line Channel::read_line() {
    if (__fpending(stdout) != 0) fflush(stdout);
    std::size_t searched = begin_;
    for (;;) {
        const auto* found = static_cast<char*>(memchr(buffer_ + searched, '\n', end_ - searched));
        if (found != nullptr) {
            char* const begin = buffer_ + begin_;
            char* end = buffer_ + (found - buffer_);
            begin_ = static_cast<std::size_t>(found - buffer_) + 1;
            if (end > begin && end[-1] == '\r') --end;
            *end = '\0';
            return {begin, end};
        }
        const std::size_t pending = end_ - begin_;
        if (!fill()) return {};
        searched = begin_ + pending;
    }
}

bool Channel::has_line() const { return end_ > begin_ && memchr(buffer_ + begin_, '\n', end_ - begin_) != nullptr; }

bool Channel::fill() {
    make_room();
    for (;;) {
        const ssize_t got = read(in_, buffer_ + end_, capacity_ - end_);
        if (got > 0) {
            end_ += static_cast<std::size_t>(got);
            return true;
        }
        if (got == 0) return false;
        if (errno == EAGAIN) {
            wait_for(in_, POLLIN);
        } else if (errno != EINTR) {
            return false;
        }
    }
}

void Channel::make_room() {
    if (begin_ == end_) begin_ = end_ = 0;
    if (end_ < capacity_) return;
    if (begin_ > 0) {
        memmove(buffer_, buffer_ + begin_, end_ - begin_);
        end_ -= begin_;
        begin_ = 0;
        return;
    }
    resize(capacity_ * 2);
}

void Channel::resize(std::size_t capacity) {
    capacity_ = capacity;
    buffer_ = static_cast<char*>(realloc(buffer_, capacity));
    if (buffer_ != nullptr) return;
    fputs("dragoman-lua: no memory for a line from the broker\n", stderr);
    exit(1);
}

bool Channel::write(std::string_view bytes) {
    if (__fpending(stdout) != 0) end_plain_line();
    while (!bytes.empty()) {
        const ssize_t put = ::write(out_, bytes.data(), bytes.size());
        if (put >= 0) {
            bytes.remove_prefix(static_cast<std::size_t>(put));
        } else if (errno == EAGAIN) {
            wait_for(out_, POLLOUT);
        } else if (errno != EINTR) {
            return false;
        }
    }
    return true;
}

// A header counts only at the start of a line: where both share a way, an unfinished line of the script is ended first.
void Channel::end_plain_line() const {
    if (shares_stdout_) putc('\n', stdout);
    fflush(stdout);
}

}  // namespace dragoman
