// dragoman-launcher: the broker's fork server.
//
// A small process, started once. The broker never clones itself (with 1 GiB resident that costs 35 ms); it asks the
// launcher, which clones a minder for each script. The minder is pid 1 of a pid namespace of its own where the kernel
// allows it, else a subreaper; it starts the script, waits for its end, tells the broker, and takes down whatever the
// script left behind. Broker, launcher and minder each die with the one before: no script survives a kill -9 of any of
// them.

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <iterator>

#include "broker/launch/launcher/minder.hpp"

namespace {

using namespace dragoman::launch;

struct Launcher {
    Household house;
    char buffer[largest_request];
    Request request;
};

Launcher launcher;  // static storage: nothing is allocated between two starts

/// An ordinary user may make pid namespaces inside a user namespace of his own, in which he keeps his uid.
bool own_user_namespace() {
    const unsigned uid = geteuid();
    const unsigned gid = getegid();
    if (unshare(CLONE_NEWUSER) != 0) return false;
    const auto write_to = [](const char* path, const char* format, unsigned id) {
        char text[64];
        const int size = std::snprintf(text, sizeof text, format, id, id);
        const int file = open(path, O_WRONLY | O_CLOEXEC);
        if (file < 0) return false;
        const bool written = write(file, text, static_cast<std::size_t>(size)) == size;
        const int error = errno;
        close(file);
        errno = error;
        return written;
    };
    return write_to("/proc/self/setgroups", "deny", 0) && write_to("/proc/self/gid_map", "%u %u 1", gid) &&
           write_to("/proc/self/uid_map", "%u %u 1", uid);
}

pid_t clone_minder(bool pid_namespace) {
    return static_cast<pid_t>(
        syscall(SYS_clone, (pid_namespace ? CLONE_NEWPID : 0) | SIGCHLD, nullptr, nullptr, nullptr, nullptr));
}

/// Tries in a process of its own, once: a namespace that turns out to be of no use cannot be left again, and a start
/// later cannot fail for it. Returns errno, or 0.
int try_namespaces(bool own_users) {
    const pid_t probe = clone_minder(false);
    if (probe < 0) return errno;
    if (probe == 0) {
        errno = EPERM;
        if (own_users && !own_user_namespace()) _exit(errno);
        const pid_t inner = clone_minder(true);
        if (inner == 0) _exit(0);
        _exit(inner < 0 ? errno : 0);
    }
    int status = 0;
    while (waitpid(probe, &status, 0) < 0)
        if (errno != EINTR) return errno;
    return WIFEXITED(status) ? WEXITSTATUS(status) : EPERM;
}

int find_out_namespaces() {
    const bool own_users = geteuid() != 0;
    if (const int error = try_namespaces(own_users)) return error;
    if (own_users && !own_user_namespace()) return errno;
    launcher.house.pid_namespaces = true;
    return 0;
}

/// Cuts a request into its parts. False for what the broker never sends.
bool read_request(std::size_t size, const msghdr& message) {
    Request& request = launcher.request;
    request.status = -1;
    request.descriptor_count = 0;
    for (cmsghdr* head = CMSG_FIRSTHDR(&message); head != nullptr;
         head = CMSG_NXTHDR(const_cast<msghdr*>(&message), head)) {
        if (head->cmsg_level != SOL_SOCKET || head->cmsg_type != SCM_RIGHTS) continue;
        const std::size_t count = (head->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        int received[most_descriptors + 1];
        std::memcpy(received, CMSG_DATA(head), count * sizeof(int));
        request.status = received[0];
        for (std::size_t i = 1; i < count; ++i) request.descriptors[request.descriptor_count++] = received[i];
    }
    if (request.status < 0 || size < sizeof request.head) return false;
    std::memcpy(&request.head, launcher.buffer, sizeof request.head);
    if (request.head.arguments == 0 || request.head.arguments > most_words) return false;
    if (request.head.environment > most_words) return false;
    char* at = launcher.buffer + sizeof request.head;
    char* const end = launcher.buffer + size;
    const auto next = [&]() -> char* {
        char* const text = at;
        void* const stop = at < end ? std::memchr(at, '\0', static_cast<std::size_t>(end - at)) : nullptr;
        if (stop == nullptr) return nullptr;
        at = static_cast<char*>(stop) + 1;
        return text;
    };
    request.cwd = next();
    for (std::uint32_t i = 0; i < request.head.arguments; ++i) request.arguments[i] = next();
    for (std::uint32_t i = 0; i < request.head.environment; ++i) request.environment[i] = next();
    request.arguments[request.head.arguments] = nullptr;
    request.environment[request.head.environment] = nullptr;
    const bool whole = request.cwd != nullptr && request.arguments[request.head.arguments - 1] != nullptr &&
                       (request.head.environment == 0 || request.environment[request.head.environment - 1] != nullptr);
    return whole && at == end;
}

/// A ctrl-C in the terminal is the broker's to handle, and no script may read from the terminal or type into it
/// (TIOCSTI).
void give_up_terminal() {
    setpgid(0, 0);
    const int terminal = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
    if (terminal < 0) return;  // there is none
    ioctl(terminal, TIOCNOTTY);
    close(terminal);
}

/// One request from the broker, into launcher.request. False at the socket's end; `valid` is false for what the broker
/// never sends.
bool receive_request(int socket, bool& valid) {
    alignas(cmsghdr) static char control[CMSG_SPACE(sizeof(int) * (most_descriptors + 1))];
    iovec part{launcher.buffer, sizeof launcher.buffer};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    ssize_t size = 0;
    do size = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
    while (size < 0 && errno == EINTR);
    if (size <= 0) return false;
    valid = read_request(static_cast<std::size_t>(size), message);
    return true;
}

/// A minder made ahead of time: the next start has to wait for neither a clone nor a namespace. All of them wait at the
/// broker's socket, and the kernel gives each request to one.
struct Spare {
    pid_t pid = 0;
    void make(int socket, int taken, unsigned char number);
};
Spare spares[2];

[[noreturn]] void wait_for_a_request(int socket, int taken, unsigned char number) {
    join(launcher.house);
    bool valid = false;
    if (!receive_request(socket, valid)) _exit(0);
    (void)!write(taken, &number, 1);
    close(taken);
    close(socket);
    if (!valid) _exit(0);
    mind(launcher.request, launcher.house);
}

void Spare::make(int socket, int taken, unsigned char number) {
    pid = clone_minder(launcher.house.pid_namespaces);
    if (pid == 0) wait_for_a_request(socket, taken, number);
}

/// No minder can be made: whoever asks is told why.
bool refuse_request(int socket, int error) {
    bool valid = false;
    if (!receive_request(socket, valid)) return false;
    Status status;
    status.kind = StatusKind::failed;
    status.step = Step::clone;
    status.error = error;
    if (valid) tell(launcher.request.status, status);
    if (launcher.request.status >= 0) close(launcher.request.status);
    for (int i = 0; i < launcher.request.descriptor_count; ++i) close(launcher.request.descriptors[i]);
    return true;
}

/// Scripts' minders end by themselves when the broker's end of their status sockets is gone.
void end_spares() {
    for (const Spare& spare : spares)
        if (spare.pid > 0) kill(spare.pid, SIGKILL);
    while (waitpid(-1, nullptr, 0) > 0 || errno == EINTR) {
    }
}

/// Keeps the spares up until the broker is gone.
void serve(int socket) {
    int taken[2];
    if (pipe2(taken, O_CLOEXEC | O_NONBLOCK) != 0) return;
    sigset_t child;
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    sigprocmask(SIG_BLOCK, &child, nullptr);
    const int signals = signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
    for (;;) {
        int error = 0;
        bool any = false;
        unsigned char number = 0;
        for (Spare& spare : spares) {
            if (spare.pid <= 0) spare.make(socket, taken[1], number);
            if (spare.pid < 0) error = errno;
            any = any || spare.pid > 0;
            ++number;
        }
        pollfd events[3] = {
            {socket, static_cast<short>(any ? 0 : POLLIN), 0}, {taken[0], POLLIN, 0}, {signals, POLLIN, 0}};
        if (poll(events, 3, any ? -1 : 1000) < 0 && errno != EINTR) return;
        if ((events[0].revents & (POLLHUP | POLLERR)) != 0) return;  // the broker is gone
        if (!any && (events[0].revents & POLLIN) != 0 && !refuse_request(socket, error)) return;
        while (read(taken[0], &number, 1) == 1)
            if (number < std::size(spares)) spares[number].pid = 0;
        signalfd_siginfo ignored;
        while (read(signals, &ignored, sizeof ignored) > 0) {
        }
        for (pid_t pid = 0; (pid = waitpid(-1, nullptr, WNOHANG)) > 0;)
            for (Spare& spare : spares)
                if (spare.pid == pid) spare.pid = 0;
    }
}

}  // namespace

int main(int count, char** arguments) {
    if (count != 2 || std::strcmp(arguments[1], "--serve") != 0) {
        std::fprintf(stderr, "dragoman-launcher starts scripts for a dragoman broker; it is not run by hand\n");
        return 2;
    }
    // Before anything else: die with the broker. The socket tells us where it died before this line.
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) return 1;
    prctl(PR_SET_NAME, "dragoman-launch");
    give_up_terminal();
    signal(SIGPIPE, SIG_IGN);
    signal(SIGCHLD, SIG_DFL);
    if (pipe2(launcher.house.lifeline, O_CLOEXEC) != 0) return 1;
    Greeting greeting;
    greeting.error = find_out_namespaces();
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) return 1;  // again: new credentials clear it
    greeting.pid_namespaces = launcher.house.pid_namespaces ? 1 : 0;
    if (send(launcher_socket, &greeting, sizeof greeting, MSG_NOSIGNAL) < 0) return 1;
    serve(launcher_socket);
    end_spares();
    return 0;
}
