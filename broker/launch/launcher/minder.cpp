#include "broker/launch/launcher/minder.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>

namespace dragoman::launch {

void tell(int socket, Status status, pid_t script) {
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

namespace {

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
void take_down(pid_t script, const Household& house) {
    for (;;) {
        bool all = true;
        if (house.pid_namespaces)
            kill(-1, SIGKILL);  // all of the namespace but its pid 1, which is us
        else if (all = kill_children(); !all)
            kill(-script, SIGKILL);  // no /proc: those at least that stayed in its first process group
        int left = 0;
        for (pid_t pid = 0; (pid = waitpid(-1, nullptr, WNOHANG)) != 0;) {
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
void watch(int socket, pid_t script, const Household& house) {
    sigset_t child;
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    const int signals = signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
    pollfd events[3] = {{socket, POLLIN, 0}, {signals, POLLIN, 0}, {house.lifeline[0], 0, 0}};
    bool killing = false;
    for (;;) {
        rusage used{};
        int wait_status = 0;
        for (pid_t pid = 0; (pid = wait4(-1, &wait_status, WNOHANG, &used)) > 0;) {
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

}  // namespace

void join(const Household& house) {
    prctl(PR_SET_NAME, "dragoman-minder");
    close(house.lifeline[1]);
    // With a namespace of its own its death is that of all in it. Without one it has to live until it has killed them:
    // watch() sees the launcher's end.
    prctl(house.pid_namespaces ? PR_SET_PDEATHSIG : PR_SET_CHILD_SUBREAPER, house.pid_namespaces ? SIGKILL : 1);
    pollfd parent{house.lifeline[0], 0, 0};
    if (poll(&parent, 1, 0) != 0) _exit(0);  // the launcher was gone before we could tie ourselves to it
}

void mind(const Request& request, const Household& house) {
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
    watch(request.status, script, house);
    take_down(script, house);
    _exit(0);
}

}  // namespace dragoman::launch
