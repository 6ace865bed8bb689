#include "broker/launch/launcher/spares.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <iterator>

#include "broker/launch/launcher/landlock.hpp"
#include "broker/launch/launcher/minder.hpp"
#include "broker/launch/launcher/root.hpp"

namespace dragoman::launch {
namespace {

Request request;  // static storage: nothing is allocated between two starts

/// A minder made ahead of time: the next start has to wait for neither a clone nor a namespace. All of them wait at the
/// broker's socket, and the kernel gives each request to one.
struct Spare {
    pid_t pid = 0;
    void make(const Household& house, int socket, int taken, unsigned char number);
};
Spare spares[2];
/// A script is started within that time, if the machine has any to spare.
constexpr int quiet_time_ms = 3;

/// What prepare_to_receive() does, for the stack: as deep as the way to a script goes.
__attribute__((noinline)) void touch_stack() {
    volatile char room[32 << 10];
    for (std::size_t at = 0; at < sizeof room; at += 4096) room[at] = 0;
}

[[noreturn]] void wait_for_a_request(Household house, int socket, int taken, unsigned char number) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);  // while there is no script to take down
    join(house);
    Failure failure;
    Root root;
    if (house.roots) prepare_root(root, failure);
    if (!house.roots || root.entered()) house.ruleset = prepare_landlock(house);
    bool valid = false;
    prepare_to_receive(request);
    touch_stack();
    if (!receive_request(socket, request, valid)) _exit(0);
    (void)!write(taken, &number, 1);
    close(taken);
    close(socket);
    if (!valid) _exit(0);
    if (!house.pid_namespaces) prctl(PR_SET_PDEATHSIG, 0);  // see join()
    mind(request, house, root, failure);
}

void Spare::make(const Household& house, int socket, int taken, unsigned char number) {
    const unsigned long flags = (house.pid_namespaces ? CLONE_NEWPID : 0) | (house.roots ? CLONE_NEWNS : 0) | SIGCHLD;
    // Not by fork(), which knows no flags. Its handlers run when the minder forks the script's process.
    pid = static_cast<pid_t>(syscall(SYS_clone, flags, nullptr, nullptr, nullptr, nullptr));
    if (pid == 0) wait_for_a_request(house, socket, taken, number);
}

/// No minder can be made: whoever asks is told why.
bool refuse_request(int socket, int error) {
    bool valid = false;
    if (!receive_request(socket, request, valid)) return false;
    Failure failure;
    failure.at(Step::clone, error);
    if (valid) tell_failure(request.status, failure);
    if (request.status >= 0) close(request.status);
    for (int i = 0; i < request.descriptor_count; ++i) close(request.descriptors[i]);
    return true;
}

/// Scripts' minders end by themselves when the broker's end of their status sockets is gone.
void end_spares() {
    for (const Spare& spare : spares)
        if (spare.pid > 0) kill(spare.pid, SIGKILL);
    while (waitpid(-1, nullptr, 0) > 0 || errno == EINTR) {
    }
}

bool waits(const Spare& spare) { return spare.pid > 0; }

/// Returns errno of the last one that could not be made.
int make_missing(const Household& house, int socket, int taken) {
    int error = 0;
    unsigned char number = 0;
    for (Spare& spare : spares) {
        if (!waits(spare)) spare.make(house, socket, taken, number);
        if (spare.pid < 0) error = errno;
        ++number;
    }
    return error;
}

void keep_up(int socket, const Household& house, int taken[2], int signals) {
    int error = 0;
    bool quiet = true;
    for (;;) {
        // The one that was just taken is on its way to a script: making another beside it would cost it time.
        if (quiet || std::none_of(std::begin(spares), std::end(spares), waits))
            error = make_missing(house, socket, taken[1]);
        const bool any = std::any_of(std::begin(spares), std::end(spares), waits);
        const bool all = std::all_of(std::begin(spares), std::end(spares), waits);
        pollfd events[3] = {
            {socket, static_cast<short>(any ? 0 : POLLIN), 0}, {taken[0], POLLIN, 0}, {signals, POLLIN, 0}};
        const int count = poll(events, 3, all ? -1 : any ? quiet_time_ms : 1000);
        if (count < 0 && errno != EINTR) return;
        quiet = count == 0;
        if ((events[0].revents & (POLLHUP | POLLERR)) != 0) return;  // the broker is gone
        if (!any && (events[0].revents & POLLIN) != 0 && !refuse_request(socket, error)) return;
        for (unsigned char number = 0; read(taken[0], &number, 1) == 1;)
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

void serve(int socket, const Household& house) {
    int taken[2];
    if (pipe2(taken, O_CLOEXEC | O_NONBLOCK) != 0) return;
    sigset_t child;
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    sigprocmask(SIG_BLOCK, &child, nullptr);
    const int signals = signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
    if (signals < 0) return;
    keep_up(socket, house, taken, signals);
    end_spares();
}

}  // namespace dragoman::launch
