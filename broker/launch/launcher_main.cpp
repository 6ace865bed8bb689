// dragoman-launcher: the broker's fork server.
//
// A small process, started once. The broker never clones itself (with 1 GiB resident that costs 35 ms); it asks the
// launcher, which clones a minder for each script. The minder is pid 1 of a pid namespace of its own where the kernel
// allows it, else a subreaper; it starts the script, waits for its end, tells the broker, and takes down whatever the
// script left behind. Broker, launcher and minder each die with the one before: no script survives a kill -9 of any of
// them.

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "broker/launch/request.hpp"

namespace {

using namespace dragoman::launch;

struct Request {
    RequestHead head;
    const char* cwd = nullptr;
    char* arguments[most_words + 1];
    char* environment[most_words + 1];
    int status = -1;
    int descriptors[most_descriptors];
    int descriptor_count = 0;
};

struct Launcher {
    bool pid_namespaces = false;
    int lifeline[2] = {-1, -1};  // a pipe whose reading end hangs up when the launcher is gone
    char buffer[largest_request];
    Request request;
};

Launcher launcher;  // static storage: nothing is allocated between two starts

// --- the child, between clone and exec
// ---------------------------------------------------------------------------------------

/// vfork: the child borrows the minder's memory, so this is how it says what went wrong. Volatile, since g++ 12 sees
/// that the writer never returns and concludes that whoever goes on can read nothing new.
struct Failure {
    volatile Step step = Step::none;
    volatile int error = 0;
};

/// A group of its own, not a session: each session is a scheduling group of its own (sched_autogroup), and crossing
/// between two costs every tick of a script 1 to 2 us. The terminal was given up by the launcher.
bool new_group() { return setpgid(0, 0) == 0; }

/// Kernels before 5.9, and sandboxes that do not know the call, have no close_range. The launcher holds few
/// descriptors.
void close_from(unsigned first) {
    if (syscall(SYS_close_range, first, ~0U, 0U) == 0) return;
    for (unsigned number = first; number < 256; ++number) close(static_cast<int>(number));
}

/// Moves the script's descriptors to 0, 1, 2, ... and closes all others.
bool take_descriptors(const Request& request) {
    int moved[most_descriptors];
    for (int i = 0; i < request.descriptor_count; ++i) {
        moved[i] = fcntl(request.descriptors[i], F_DUPFD, static_cast<int>(most_descriptors) * 4);
        if (moved[i] < 0) return false;
    }
    for (int i = 0; i < request.descriptor_count; ++i)
        if (dup2(moved[i], i) < 0) return false;
    close_from(static_cast<unsigned>(request.descriptor_count));
    return true;
}

bool set_limits(const Request& request) {
    const rlimit none{0, 0};
    if (setrlimit(RLIMIT_CORE, &none) != 0) return false;
    if (request.head.nice == 0) return true;
    errno = 0;
    return nice(request.head.nice) != -1 || errno == 0;
}

bool enter_directory(const Request& request) { return request.cwd[0] == '\0' || chdir(request.cwd) == 0; }

bool forbid_new_privileges() {
    sigset_t none;
    sigemptyset(&none);
    struct sigaction normal {};
    normal.sa_handler = SIG_DFL;
    return sigaction(SIGPIPE, &normal, nullptr) == 0 && sigprocmask(SIG_SETMASK, &none, nullptr) == 0 &&
           prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
}

[[noreturn]] void become_script(const Request& request, Failure& failure) {
    Step step = Step::group;
    if (new_group() && (step = Step::descriptors, take_descriptors(request)) &&
        (step = Step::limits, set_limits(request)) && (step = Step::directory, enter_directory(request)) &&
        (step = Step::privileges, forbid_new_privileges())) {
        step = Step::execute;
        execve(request.arguments[0], request.arguments, request.environment);
    }
    failure.error = errno;
    failure.step = step;
    _exit(127);
}

__attribute__((noinline)) pid_t start_script(const Request& request, Failure& failure) {
    const pid_t pid = vfork();
    if (pid == 0) become_script(request, failure);
    return pid;
}

// --- the minder
// ------------------------------------------------------------------------------------------------------------------

/// Sends the script's pid as a credential too: the kernel translates it into the broker's pid namespace.
void tell(int socket, Status status, pid_t script = 0) {
    iovec part{&status, sizeof status};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    alignas(cmsghdr) char control[CMSG_SPACE(sizeof(ucred))] = {};
    if (script > 0) {
        message.msg_control = control;
        message.msg_controllen = sizeof control;
        cmsghdr* const head = CMSG_FIRSTHDR(&message);
        head->cmsg_level = SOL_SOCKET;
        head->cmsg_type = SCM_CREDENTIALS;
        head->cmsg_len = CMSG_LEN(sizeof(ucred));
        const ucred credentials{script, geteuid(), getegid()};
        std::memcpy(CMSG_DATA(head), &credentials, sizeof credentials);
        if (sendmsg(socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT) >= 0) return;
        message.msg_control = nullptr;  // not allowed to name another's pid: then we share the broker's namespace
        message.msg_controllen = 0;
    }
    (void)!sendmsg(socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
}

/// SIGKILL for every child of this process, as the kernel lists them. False where it does not.
bool kill_children() {
    char path[64];
    std::snprintf(path, sizeof path, "/proc/self/task/%d/children", static_cast<int>(getpid()));
    const int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return false;
    char text[8192];
    const ssize_t size = read(file, text, sizeof text - 1);
    close(file);
    text[size > 0 ? size : 0] = '\0';
    for (char* at = text; *at != '\0';) {
        char* end = at;
        const long pid = std::strtol(at, &end, 10);
        if (end == at) break;
        if (pid > 0) kill(static_cast<pid_t>(pid), SIGKILL);
        at = end;
    }
    return size >= 0;
}

/// Kills and reaps everything that the script started, until there is no child left.
void take_down(pid_t script) {
    for (;;) {
        bool all = true;
        if (launcher.pid_namespaces)
            kill(-1, SIGKILL);  // all of the namespace but its pid 1, which is us
        else if (all = kill_children(); !all)
            kill(-script, SIGKILL);  // no /proc: those at least that stayed in its session's first group
        int left = 0;
        for (pid_t pid; (pid = waitpid(-1, nullptr, WNOHANG)) != 0;) {
            if (pid < 0) return;  // ECHILD
            ++left;
        }
        if (left > 0) continue;
        siginfo_t who{};
        const timespec moment{0, 1'000'000};
        sigset_t child;
        sigemptyset(&child);
        sigaddset(&child, SIGCHLD);
        if (sigtimedwait(&child, &who, &moment) < 0 && !all) return;  // what is left cannot be found
    }
}

void report_end(int socket, int wait_status, const rusage& used) {
    Status status;
    status.kind = StatusKind::ended;
    status.wait_status = wait_status;
    status.cpu_us =
        (used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1'000'000LL + used.ru_utime.tv_usec + used.ru_stime.tv_usec;
    status.peak_kb = used.ru_maxrss;
    tell(socket, status);
}

/// Waits for the script's end or the broker's order. Returns when the script is reaped or must go.
void watch(int socket, pid_t script) {
    sigset_t child;
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    const int signals = signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
    pollfd events[3] = {{socket, POLLIN, 0}, {signals, POLLIN, 0}, {launcher.lifeline[0], 0, 0}};
    bool killing = false;
    for (;;) {
        rusage used{};
        int wait_status = 0;
        for (pid_t pid; (pid = wait4(-1, &wait_status, WNOHANG, &used)) > 0;) {
            if (pid != script) continue;  // an orphan of the script's
            report_end(socket, wait_status, used);
            return;
        }
        if (poll(events, 3, -1) < 0) {
            if (errno == EINTR) continue;
            return;
        }
        if (events[1].revents != 0) {
            signalfd_siginfo ignored;
            while (read(signals, &ignored, sizeof ignored) > 0) {
            }
        }
        if ((events[0].revents | events[2].revents) != 0 && !killing) {
            killing = true;
            kill(script, SIGKILL);
            events[0].fd = events[2].fd = -1;  // its end is told where somebody still listens
        }
    }
}

[[noreturn]] void mind(const Request& request) {
    prctl(PR_SET_NAME, "dragoman-minder");
    close(launcher.lifeline[1]);
    // With a namespace of its own its death is that of all in it. Without one it has to live until it has killed them:
    // watch() sees the launcher's end.
    prctl(launcher.pid_namespaces ? PR_SET_PDEATHSIG : PR_SET_CHILD_SUBREAPER, launcher.pid_namespaces ? SIGKILL : 1);
    pollfd parent{launcher.lifeline[0], 0, 0};
    if (poll(&parent, 1, 0) != 0) _exit(0);  // the launcher was gone before we could tie ourselves to it
    sigset_t child;
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    sigprocmask(SIG_BLOCK, &child, nullptr);
    signal(SIGCHLD, SIG_DFL);

    Failure failure;
    const pid_t script = start_script(request, failure);
    // Nothing of the script's may stay open here, or the broker would wait for an end of file that cannot come.
    for (int i = 0; i < request.descriptor_count; ++i) close(request.descriptors[i]);
    if (script < 0 || failure.step != Step::none) {
        Status status;
        status.kind = StatusKind::failed;
        status.step = script < 0 ? Step::clone : failure.step;
        status.error = script < 0 ? errno : failure.error;
        tell(request.status, status);
        _exit(0);
    }
    Status started;
    started.kind = StatusKind::started;
    started.pid = script;
    tell(request.status, started, script);
    watch(request.status, script);
    take_down(script);
    _exit(0);
}

// --- the launcher
// ----------------------------------------------------------------------------------------------------------------

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
    launcher.pid_namespaces = true;
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

void serve(int socket) {
    alignas(cmsghdr) static char control[CMSG_SPACE(sizeof(int) * (most_descriptors + 1))];
    for (;;) {
        iovec part{launcher.buffer, sizeof launcher.buffer};
        msghdr message{};
        message.msg_iov = &part;
        message.msg_iovlen = 1;
        message.msg_control = control;
        message.msg_controllen = sizeof control;
        const ssize_t size = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
        if (size < 0 && errno == EINTR) continue;
        if (size <= 0) return;  // the broker is gone
        if (read_request(static_cast<std::size_t>(size), message)) {
            const pid_t minder = clone_minder(launcher.pid_namespaces);
            if (minder == 0) {
                close(socket);
                mind(launcher.request);
            }
            if (minder < 0) {
                Status status;
                status.kind = StatusKind::failed;
                status.step = Step::clone;
                status.error = errno;
                tell(launcher.request.status, status);
            }
        }
        if (launcher.request.status >= 0) close(launcher.request.status);
        for (int i = 0; i < launcher.request.descriptor_count; ++i) close(launcher.request.descriptors[i]);
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
    if (pipe2(launcher.lifeline, O_CLOEXEC) != 0) return 1;
    Greeting greeting;
    greeting.error = find_out_namespaces();
    signal(SIGCHLD, SIG_IGN);                             // minders are reaped by the kernel
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) return 1;  // again: new credentials clear it
    greeting.pid_namespaces = launcher.pid_namespaces ? 1 : 0;
    if (send(launcher_socket, &greeting, sizeof greeting, MSG_NOSIGNAL) < 0) return 1;
    serve(launcher_socket);
    return 0;
}
