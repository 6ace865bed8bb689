#include "broker/launch/launcher/minder.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
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
#include <new>

#include "broker/launch/launcher/refusals.hpp"
#include "broker/launch/launcher/root.hpp"
#include "broker/launch/launcher/self_test.hpp"

namespace dragoman::launch {

void tell(int socket, const Status& status, pid_t script) {
    iovec part{const_cast<Status*>(&status), sizeof status};
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

void tell_failure(int socket, const Failure& failure) {
    Status status;
    status.kind = StatusKind::failed;
    status.step = failure.step;
    status.error = failure.error;
    if (failure.path != nullptr) std::snprintf(status.path, sizeof status.path, "%s", failure.path);
    tell(socket, status);
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

/// Waits for the script's end or the broker's order, and answers what the filter tells. Returns when the script is
/// reaped or must go.
void watch(int socket, int listener, pid_t script, const Household& house) {
    sigset_t child;
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    const int signals = signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
    pollfd events[4] = {{socket, POLLIN, 0}, {signals, POLLIN, 0}, {house.lifeline[0], 0, 0}, {listener, POLLIN, 0}};
    Refusals refusals(listener, socket, script);
    bool killing = false;
    for (;;) {
        rusage used{};
        int wait_status = 0;
        for (pid_t pid = 0; (pid = wait4(-1, &wait_status, WNOHANG, &used)) > 0;) {
            if (pid != script) continue;  // an orphan of the script's
            report_end(socket, wait_status, used);
            return;
        }
        if (poll(events, 4, -1) < 0) {
            if (errno == EINTR) continue;
            return;
        }
        if ((events[3].revents & POLLIN) != 0) {
            if (!refusals.answer()) events[3].fd = -1;
        } else if (events[3].revents != 0) {
            events[3].fd = -1;  // nobody is left whom the filter holds
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

/// What is told by the child through memory has to be in memory that both have, also where it is forked.
Failure* shared_failure() {
    void* const page = mmap(nullptr, sizeof(Failure), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    return page == MAP_FAILED ? nullptr : new (page) Failure;
}

void mind(const Request& request, const Household& house, Root& root, Failure& failure) {
    sigset_t child;
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    sigprocmask(SIG_BLOCK, &child, nullptr);
    signal(SIGCHLD, SIG_DFL);

    const auto refused = [&](const Failure& why) {
        tell_failure(request.status, why);
        _exit(0);
    };
    if (failure.step != Step::none) refused(failure);
    if (house.roots && !enter_root(root, request, house, failure)) refused(failure);
    if (house.confines && prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
        refused((failure.at(Step::privileges, errno), failure));

    int refusals[2] = {-1, -1};
    const Entry entry = request.head.self_test != 0 ? self_test : house.entry;
    if ((request.head.told != 0 || entry != nullptr) &&
        socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, refusals) != 0)
        refused((failure.at(Step::clone, errno), failure));
    Failure* const shared = entry != nullptr ? shared_failure() : &failure;
    if (shared == nullptr) refused((failure.at(Step::clone, errno), failure));
    Failure& told = *shared;
    const pid_t script = start_script(request, house, refusals[1], entry, told);
    if (script < 0) told.at(Step::clone, errno);
    // Nothing of the script's may stay open here, or the broker would wait for an end of file that cannot come.
    for (int i = 0; i < request.descriptor_count; ++i) close(request.descriptors[i]);
    int listener = -1;
    if (refusals[0] >= 0) {
        close(refusals[1]);
        listener = take_listener(refusals[0]);
        close(refusals[0]);
    }
    if (told.step != Step::none) refused(told);
    Status started;
    started.kind = StatusKind::started;
    started.pid = script;
    tell(request.status, started, script);
    leave_outside(root);
    watch(request.status, listener, script, house);
    take_down(script, house);
    _exit(0);
}

}  // namespace dragoman::launch
