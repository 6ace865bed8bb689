#include "broker/launch/launcher/child.hpp"

#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/seccomp.h>
#include <linux/securebits.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <ctime>

#include "broker/launch/launcher/landlock.hpp"
#include "broker/sandbox/verdict.hpp"

// The script's process, from its first instruction to exec: one visible sequence, in become_script(). Each step is
// checked; one that fails ends the process, and the broker is told which and why. It may be vforked: it writes nothing
// that its parent would miss.

namespace dragoman::launch {
namespace {

/// A group of its own, not a session: each session is a scheduling group of its own (sched_autogroup), and crossing
/// between two costs every tick of a script 1 to 2 us. The terminal was given up by the launcher.
bool new_group() { return setpgid(0, 0) == 0; }

/// Kernels before 5.9, and sandboxes that do not know the call, have no close_range. The launcher holds few
/// descriptors.
bool close_range_of(unsigned first, unsigned last, bool must) {
    if (first > last || syscall(SYS_close_range, first, last, 0U) == 0) return true;
    if (must) return false;
    for (unsigned number = first; number < std::min(last, 256U); ++number) close(static_cast<int>(number));
    return true;
}

/// Where the ruleset that was prepared lies until it is used; -1: none was.
int ruleset_of(const Household& house, int refusals) {
    return house.ruleset >= 0 && refusals >= 0 ? refusal_socket + 1 : -1;
}

/// Moves the script's descriptors to 0, 1, 2, ... and closes all others, but for the socket of the refusals and the
/// ruleset, which exec closes.
bool take_descriptors(const Request& request, const Household& house, int refusals) {
    const unsigned count = static_cast<unsigned>(request.descriptor_count);
    int moved[most_descriptors];
    for (unsigned i = 0; i < count; ++i) {
        moved[i] = fcntl(request.descriptors[i], F_DUPFD, static_cast<int>(most_descriptors));
        if (moved[i] < 0) return false;
    }
    const int ruleset = ruleset_of(house, refusals);
    const int last = std::max(refusal_socket, ruleset);
    if (refusals >= 0) {
        rlimit files{};
        if (getrlimit(RLIMIT_NOFILE, &files) != 0) return false;
        if (files.rlim_cur <= static_cast<rlim_t>(last)) {
            files.rlim_cur = static_cast<rlim_t>(last) + 1;
            files.rlim_max = std::max(files.rlim_max, files.rlim_cur);
            if (setrlimit(RLIMIT_NOFILE, &files) != 0) return false;
        }
        if (dup3(refusals, refusal_socket, O_CLOEXEC) < 0) return false;
        if (ruleset >= 0 && dup3(house.ruleset, ruleset, O_CLOEXEC) < 0) return false;
    }
    for (unsigned i = 0; i < count; ++i)
        if (dup2(moved[i], static_cast<int>(i)) < 0) return false;
    const bool must = house.confines;
    if (refusals < 0) return close_range_of(count, ~0U, must);
    return close_range_of(count, refusal_socket - 1, must) &&
           close_range_of(static_cast<unsigned>(last) + 1, ~0U, must);
}

/// In the tier without mounts of its own a compiler's folder, which is the broker's, has to become its own.
bool give_folders(const Request& request, const Household& house) {
    for (std::uint32_t i = 0; i + 1 < request.head.mounts; i += 2)
        if (request.mounts[i][0] == mount_kind::write &&
            (chown(request.mounts[i + 1], house.script_uid, house.script_uid) != 0 ||
             chmod(request.mounts[i + 1], 0755) != 0))  // for the tiers that give it to nobody
            return false;
    return true;
}

/// Over the change of the user. Without the secure bit access() would not know of them: gcc asks it of the folder for
/// its own files, and so would not write there.
bool keep_capabilities() {
    return prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP | SECBIT_NO_SETUID_FIXUP_LOCKED, 0, 0, 0) == 0 ||
           prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) == 0;
}

bool set_capabilities(unsigned which) {
    __user_cap_header_struct head{_LINUX_CAPABILITY_VERSION_3, 0};
    const __user_cap_data_struct data[2] = {{which, which, which}, {}};
    return syscall(SYS_capset, &head, data) == 0;
}

/// As root: somebody else, who owns nothing. Then a user namespace in which nobody is mapped, so that no uid can be
/// taken ever again, and in which its processes and threads are counted apart from everybody's (RLIMIT_NPROC).
bool become_nobody(const Request& request, const Household& house) {
    if (!house.confines) return true;
    if (house.script_uid != 0) {
        const uid_t uid = house.script_uid;
        if (!house.roots && (!give_folders(request, house) || !keep_capabilities())) return false;
        if (setgroups(0, nullptr) != 0 || setresgid(uid, uid, uid) != 0 || setresuid(uid, uid, uid) != 0) return false;
        // The folders that Landlock shows are often root's alone, and no mount can say that they are the script's.
        if (!house.roots) return set_capabilities(1U << CAP_DAC_READ_SEARCH);
    }
    return !house.roots || unshare(CLONE_NEWUSER) == 0;
}

bool limit(int what, std::uint64_t most) {
    const rlimit both{most, most};
    return setrlimit(static_cast<__rlimit_resource_t>(what), &both) == 0;
}

bool set_limits(const Request& request, const Household& house) {
    const RequestLimits& limits = request.head.limits;
    if (!limit(RLIMIT_CORE, 0)) return false;
    // The broker has raised its own; programs that close "all" descriptors one by one expect the usual.
    rlimit files{};
    if (getrlimit(RLIMIT_NOFILE, &files) != 0) return false;
    files.rlim_cur = std::min<rlim_t>(files.rlim_max, limits.files != 0 ? limits.files : 1024);
    if (house.confines) files.rlim_max = files.rlim_cur = std::min<rlim_t>(files.rlim_cur, refusal_socket);
    if (setrlimit(RLIMIT_NOFILE, &files) != 0) return false;
    if (limits.memory != 0 && !limit(RLIMIT_DATA, limits.memory)) return false;
    if (limits.address_space != 0 && !limit(RLIMIT_AS, limits.address_space)) return false;
    if (limits.file_size != 0 && !limit(RLIMIT_FSIZE, limits.file_size)) return false;
    if (limits.stack_kb != 0 && !limit(RLIMIT_STACK, std::uint64_t{limits.stack_kb} << 10)) return false;
    if (limits.cpu_seconds != 0 && !limit(RLIMIT_CPU, limits.cpu_seconds)) return false;
    if (house.confines) {
        if (!limit(RLIMIT_MEMLOCK, 0) || !limit(RLIMIT_MSGQUEUE, 0) || !limit(RLIMIT_SIGPENDING, 256)) return false;
        // Without a user namespace of its own it would be counted together with all that the user runs.
        if (limits.tasks != 0 && house.roots && !limit(RLIMIT_NPROC, limits.tasks)) return false;
    }
    if (request.head.nice == 0) return true;
    errno = 0;
    return nice(request.head.nice) != -1 || errno == 0;
}

bool enter_directory(const Request& request) { return request.cwd[0] == '\0' || chdir(request.cwd) == 0; }

/// All that is left of root's powers within its own user namespace, now and over every exec. In the tier without
/// namespaces, as root, one power stays: to read what Landlock shows, whoever owns it.
bool drop_capabilities(const Household& house) {
    const bool reads = !house.roots && house.script_uid != 0;
    if (house.roots || reads) {
        if (reads && prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_DAC_READ_SEARCH, 0, 0) != 0) return false;
        if (reads) return true;  // setting secure bits takes a capability that it does not have
        // The bounding set stays: emptying it takes 41 calls (45 us), and no exec can gain from it what no_new_privs,
        // these bits and a user namespace that maps nobody each forbid.
        constexpr unsigned long bits = SECBIT_NOROOT | SECBIT_NOROOT_LOCKED | SECBIT_NO_SETUID_FIXUP |
                                       SECBIT_NO_SETUID_FIXUP_LOCKED | SECBIT_KEEP_CAPS_LOCKED |
                                       SECBIT_NO_CAP_AMBIENT_RAISE | SECBIT_NO_CAP_AMBIENT_RAISE_LOCKED;
        if (prctl(PR_SET_SECUREBITS, bits, 0, 0, 0) != 0) return false;
    }
    return set_capabilities(0);
}

bool forbid_new_privileges(const Household& house) {
    sigset_t none;
    sigemptyset(&none);
    struct sigaction normal {};
    normal.sa_handler = SIG_DFL;
    return sigaction(SIGPIPE, &normal, nullptr) == 0 && sigprocmask(SIG_SETMASK, &none, nullptr) == 0 &&
           (!house.confines || drop_capabilities(house)) && prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 &&
           prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
}

/// Descriptors under way count against a user's limit, and many starts have some: then it waits until they arrive.
bool send_in_turn(int socket, const msghdr& message) {
    constexpr timespec moment{0, 1'000'000};
    for (int tries = 0; tries < 5000; ++tries) {
        if (sendmsg(socket, &message, MSG_NOSIGNAL) == 1) return true;
        if (errno != ETOOMANYREFS) return false;
        nanosleep(&moment, nullptr);
    }
    return false;
}

bool send_descriptor(int socket, int descriptor) {
    char nothing = 0;
    iovec part{&nothing, 1};
    alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    cmsghdr* const head = CMSG_FIRSTHDR(&message);
    head->cmsg_level = SOL_SOCKET;
    head->cmsg_type = SCM_RIGHTS;
    head->cmsg_len = CMSG_LEN(sizeof(int));
    std::memcpy(CMSG_DATA(head), &descriptor, sizeof descriptor);
    return send_in_turn(socket, message);
}

/// From here on only what the filter allows: the listener's way to the minder, and exec.
bool load_filter(const Request& request, const Household& house) {
    if (request.head.filter == 0) return true;
    if (!house.pid_namespaces) patch_own_pid(const_cast<sock_filter*>(request.filter), request.head.filter, getpid());
    const sock_fprog program{static_cast<unsigned short>(request.head.filter),
                             const_cast<sock_filter*>(request.filter)};
    if (request.head.told == 0) return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) == 0;
    constexpr unsigned long killable = 1UL << 5;  // SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV, Linux 5.19
    long listener =
        syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER | killable, &program);
    if (listener < 0 && errno == EINVAL)
        listener = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &program);
    if (listener < 0 || !send_descriptor(refusal_socket, static_cast<int>(listener))) return false;
    close(static_cast<int>(listener));  // exec would; an entry must not have it either
    return true;
}

/// For an entry, what exec does: nothing of the launcher's stays in reach, and the process may be looked at again by
/// whoever may look at other scripts.
bool leave_launcher(const Household& house, Entry entry) {
    return entry == nullptr || !house.confines || prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) == 0;
}

[[noreturn]] void go_to(Entry entry, const Request& request, int refusals, Failure& failure) {
    munmap(&failure, sizeof failure);  // a page of its own, which the minder reads
    if (refusals >= 0) close(refusal_socket);
    entry(request);
    _exit(127);
}

[[noreturn]] void become_script(const Request& request, const Household& house, int refusals, Entry entry,
                                Failure& failure) {
    Step step = Step::group;
    if (new_group() &&  //
        (step = Step::descriptors, take_descriptors(request, house, refusals)) &&
        (step = Step::user, become_nobody(request, house)) &&  //
        (step = Step::limits, set_limits(request, house)) && (step = Step::directory, enter_directory(request)) &&
        (step = Step::privileges, forbid_new_privileges(house)) &&
        (step = Step::landlock,
         !house.confines || restrict_by_landlock(request, house, ruleset_of(house, refusals), failure)) &&
        (step = Step::privileges, leave_launcher(house, entry)) && (step = Step::filter, load_filter(request, house))) {
        step = Step::execute;
        if (entry != nullptr) go_to(entry, request, refusals, failure);
        execve(request.arguments[0], request.arguments, request.environment);
    }
    failure.error = errno;
    failure.step = step;
    _exit(127);
}

}  // namespace

__attribute__((noinline)) pid_t start_script(const Request& request, const Household& house, int refusals, Entry entry,
                                             Failure& failure) {
    const pid_t pid = entry != nullptr ? fork() : vfork();
    if (pid == 0) become_script(request, house, refusals, entry, failure);
    return pid;
}

}  // namespace dragoman::launch
