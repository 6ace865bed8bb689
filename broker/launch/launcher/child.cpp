#include "broker/launch/launcher/child.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>

// The child, between clone and exec: one visible sequence, in become_script().

namespace dragoman::launch {
namespace {

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
        moved[i] = fcntl(request.descriptors[i], F_DUPFD, static_cast<int>(most_descriptors));
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
    // The broker has raised its own; programs that close "all" descriptors one by one expect the usual.
    rlimit files{};
    if (getrlimit(RLIMIT_NOFILE, &files) != 0) return false;
    files.rlim_cur = std::min<rlim_t>(files.rlim_max, 1024);
    if (setrlimit(RLIMIT_NOFILE, &files) != 0) return false;
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

}  // namespace

__attribute__((noinline)) pid_t start_script(const Request& request, Failure& failure) {
    const pid_t pid = vfork();
    if (pid == 0) become_script(request, failure);
    return pid;
}

}  // namespace dragoman::launch
