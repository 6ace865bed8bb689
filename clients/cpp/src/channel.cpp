#include "channel.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>
#include <cerrno>
#include <cstdio>
#include <cstdlib>

namespace dragoman::channel {
namespace {

int in = 0;
int out = 1;

void wait_for(int descriptor, short events) {
    pollfd wanted{descriptor, events, 0};
    while (poll(&wanted, 1, -1) < 0 && errno == EINTR) {
    }
}

/// Section 2 of the protocol: from here on nothing that the script prints can get into the conversation.
/// Runs before any other constructor of the program, so also before those of the script's globals.
__attribute__((constructor(101))) void move_away() {
    const char* variable = getenv("DRAGOMAN_OUTPUT");
    if (variable != nullptr) {
        const int plain = std::atoi(variable);
        const int from_broker = fcntl(0, F_DUPFD_CLOEXEC, 10);
        const int to_broker = fcntl(1, F_DUPFD_CLOEXEC, 10);
        const int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
        if (plain > 2 && from_broker >= 0 && to_broker >= 0 && nothing >= 0 && dup2(plain, 1) == 1) {
            dup2(nothing, 0);
            in = from_broker;
            out = to_broker;
            close(plain);
        }
        if (nothing > 2) close(nothing);
        unsetenv("DRAGOMAN_OUTPUT");
    }
    // A line that was printed is seen, also when the script then hangs or crashes.
    setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);
}

}  // namespace

std::size_t read_some(char* into, std::size_t room) {
    while (true) {
        const ssize_t count = read(in, into, room);
        if (count >= 0) return static_cast<std::size_t>(count);
        if (errno == EAGAIN)
            wait_for(in, POLLIN);
        else if (errno != EINTR)
            return 0;
    }
}

void write_all(std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t count = write(out, bytes.data(), bytes.size());
        if (count >= 0)
            bytes.remove_prefix(static_cast<std::size_t>(count));
        else if (errno == EAGAIN)
            wait_for(out, POLLOUT);
        else if (errno != EINTR)
            std::exit(0);
    }
}

bool is_terminal() { return isatty(in) != 0; }

int descriptor() { return in; }

}  // namespace dragoman::channel
