#include "broker/sandbox/filter.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <linux/prctl.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <cerrno>
#include <string>
#include <vector>

#include "tests/broker/sandbox/evaluate.hpp"

// Rule by rule, without the kernel: what a filter says of a call. filter_kernel_test.cpp loads it. On x86-64 only:
// other architectures have no open, fork and their like, and no 32-bit calls among their own.
#ifdef __x86_64__

using namespace dragoman;

namespace {

using Arguments = std::array<std::uint64_t, 6>;
constexpr std::uint64_t here = static_cast<std::uint32_t>(AT_FDCWD);

/// "allowed", "told", "killed" or the name of an errno.
std::string said(const std::vector<sock_filter>& filter, const char* name, const Arguments& arguments) {
    seccomp_data call{};
    call.nr = seccomp_syscall_resolve_name(name);
    REQUIRE_MESSAGE(call.nr >= 0, name);
    call.arch = tests::own_architecture;
    std::copy(arguments.begin(), arguments.end(), call.args);
    const std::uint32_t action = tests::evaluate(filter, call);
    switch (action & SECCOMP_RET_ACTION_FULL) {
        case SECCOMP_RET_ALLOW:
            return "allowed";
        case SECCOMP_RET_USER_NOTIF:
            return "told";
        case SECCOMP_RET_KILL_PROCESS:
            return "killed";
        case SECCOMP_RET_ERRNO:
            return strerrorname_np(static_cast<int>(action & SECCOMP_RET_DATA));
        default:
            return "something else";
    }
}

struct Filter {
    std::vector<sock_filter> silent;
    std::vector<sock_filter> telling;

    explicit Filter(FilterOptions options = {}) {
        options.told = false;
        silent = make_filter(options);
        options.told = true;
        telling = make_filter(options);
    }
    bool allows(const char* name, const Arguments& arguments = {}) const {
        const std::string one = said(silent, name, arguments);
        const std::string other = said(telling, name, arguments);
        CHECK_MESSAGE((one == "allowed") == (other == "allowed"), name, ": silent ", one, ", telling ", other);
        return one == "allowed";
    }
    /// What a script is told that is not: by the kernel alone, then where a minder listens.
    std::string refuses(const char* name, const Arguments& arguments = {}) const {
        return said(silent, name, arguments) + " or " + said(telling, name, arguments);
    }
};

const Filter& plain() {
    static const Filter filter;
    return filter;
}
const Filter& building() {
    static const Filter filter({.processes = true, .writes = true});
    return filter;
}

}  // namespace

TEST_CASE("files are opened for reading only") {
    for (const std::uint64_t flags : {O_RDONLY, O_RDONLY | O_CLOEXEC | O_DIRECTORY | O_NOFOLLOW, O_PATH}) {
        CHECK(plain().allows("openat", {here, 1, flags}));
        CHECK(plain().allows("open", {1, flags}));
    }
    for (const std::uint64_t flags : {O_WRONLY, O_RDWR, O_ACCMODE, O_CREAT, O_TRUNC, O_TMPFILE, O_TMPFILE | O_RDWR}) {
        CHECK(plain().refuses("openat", {here, 1, flags}) == "EPERM or told");
        CHECK(plain().refuses("open", {1, flags}) == "EPERM or told");
        CHECK(building().allows("openat", {here, 1, flags}));
    }
    // The upper half of an int is not looked at by the kernel.
    CHECK(plain().refuses("openat", {here, 1, (1ULL << 32) | O_WRONLY}) == "EPERM or told");
    CHECK(plain().refuses("openat2", {here, 1}) == "ENOSYS or ENOSYS");
    CHECK(plain().refuses("open_by_handle_at", {}) == "killed or told");
}

TEST_CASE("each open for reading is told where somebody wants to know") {
    for (const bool writes : {false, true}) {
        const auto filter = make_filter({.writes = writes, .told_opens = true});
        CHECK(said(filter, "openat", {here, 1, O_RDONLY | O_CLOEXEC}) == "told");
        CHECK(said(filter, "open", {1, O_DIRECTORY}) == "told");
        for (const std::uint64_t flags : {O_WRONLY, O_RDWR, O_CREAT, O_RDWR | O_CREAT | O_TRUNC, O_TMPFILE | O_RDWR})
            CHECK(said(filter, "openat", {here, 1, flags}) == (writes ? "allowed" : "told"));
    }
}

TEST_CASE("nothing in the file system changes, unless it may write") {
    for (const char* call :
         {"creat", "mkdir", "mkdirat", "rmdir", "unlink", "unlinkat", "rename", "renameat2", "link", "symlink", "chmod",
          "fchmodat", "truncate", "ftruncate", "fallocate", "utimensat", "pwrite64", "flock", "fsync"}) {
        CHECK(plain().refuses(call) == "EPERM or told");
        CHECK(building().allows(call));
    }
    for (const char* call :
         {"mknod", "mknodat", "setxattr", "inotify_init1", "fanotify_init", "name_to_handle_at", "sync", "syncfs"}) {
        CHECK(plain().refuses(call) == "EPERM or told");
        CHECK(building().refuses(call) == "EPERM or told");
    }
    CHECK(building().refuses("chown") == "EPERM or EPERM");
}

TEST_CASE("memory is its own: neither shared nor growing downwards nor locked") {
    const auto mmap = [](std::uint64_t protection, std::uint64_t flags) {
        return Arguments{0, 4096, protection, flags, 3, 0};
    };
    constexpr std::uint64_t both = PROT_READ | PROT_WRITE;
    const Filter columns({.shared_columns = true});
    CHECK(plain().allows("mmap", mmap(both, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK)));
    CHECK(plain().allows("mmap", mmap(both | PROT_EXEC, MAP_PRIVATE | MAP_FIXED)));
    CHECK(plain().allows("mmap", mmap(PROT_READ, MAP_SHARED)));
    CHECK_FALSE(plain().allows("mmap", mmap(both, MAP_SHARED)));
    CHECK(columns.allows("mmap", mmap(both, MAP_SHARED)));
    CHECK(building().allows("mmap", mmap(both, MAP_SHARED)));
    for (const std::uint64_t flags : {MAP_SHARED | MAP_ANONYMOUS, MAP_SHARED_VALIDATE, MAP_PRIVATE | MAP_GROWSDOWN,
                                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, MAP_PRIVATE | MAP_LOCKED, 0x08, 0})
        for (const Filter* filter : {&plain(), &columns, &building()}) {
            CHECK_FALSE(filter->allows("mmap", mmap(both, flags)));
            CHECK_FALSE(filter->allows("mmap", mmap(PROT_READ, flags)));
        }
    CHECK(plain().allows("mprotect", {0, 4096, both | PROT_EXEC}));
    CHECK_FALSE(plain().allows("mprotect", {0, 4096, both | PROT_GROWSDOWN}));
    CHECK(plain().allows("mremap", {0, 4096, 8192, MREMAP_MAYMOVE}));
    CHECK_FALSE(plain().allows("mremap", {0, 4096, 4096, MREMAP_MAYMOVE | 4 /* MREMAP_DONTUNMAP */}));
    for (const std::uint64_t advice : {MADV_DONTNEED, MADV_FREE, MADV_DONTFORK, MADV_HUGEPAGE, MADV_DONTDUMP,
                                       MADV_WIPEONFORK, MADV_POPULATE_WRITE, 25, 102})
        CHECK(plain().allows("madvise", {0, 4096, advice}));
    for (const std::uint64_t advice : {MADV_MERGEABLE, MADV_HWPOISON})
        CHECK_FALSE(plain().allows("madvise", {0, 4096, advice}));
    CHECK_FALSE(plain().allows("madvise", {0, 4096, (1ULL << 32) | MADV_MERGEABLE}));
    for (const char* call :
         {"mlock", "mlock2", "mlockall", "remap_file_pages", "move_pages", "shmget", "shmat", "mincore"})
        CHECK(plain().refuses(call) == "EPERM or told");
    CHECK(plain().refuses("memfd_create") == "ENOSYS or told");
    CHECK(plain().refuses("userfaultfd") == "ENOSYS or told");
}

TEST_CASE("threads, but no processes") {
    constexpr std::uint64_t thread = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM;
    constexpr std::uint64_t of_glibc = CLONE_SETTLS | CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID;
    for (const std::uint64_t flags : {thread, thread | of_glibc, thread | of_glibc | CLONE_DETACHED}) {
        CHECK(plain().allows("clone", {flags}));
        CHECK(building().allows("clone", {flags}));
    }
    for (const std::uint64_t flags :
         {std::uint64_t{SIGCHLD}, std::uint64_t{SIGCHLD} | CLONE_VM | CLONE_VFORK, std::uint64_t{SIGCHLD} | CLONE_VM}) {
        CHECK(plain().refuses("clone", {flags}) == "EPERM or told");
        CHECK(building().allows("clone", {flags}));
    }
    CHECK_FALSE(plain().allows("clone", {thread & ~std::uint64_t{CLONE_FILES}}));
    for (const std::uint64_t bad : {CLONE_NEWUSER, CLONE_NEWNS, CLONE_NEWPID, CLONE_NEWNET, CLONE_NEWIPC, CLONE_NEWUTS,
                                    CLONE_NEWCGROUP, CLONE_PTRACE, CLONE_PARENT, CLONE_UNTRACED}) {
        CHECK_FALSE(plain().allows("clone", {thread | bad}));
        CHECK_FALSE(building().allows("clone", {SIGCHLD | bad}));
    }
    for (const char* call : {"fork", "vfork", "wait4", "waitid", "setsid", "setpgid"}) {
        CHECK(plain().refuses(call) == "EPERM or told");
        CHECK(building().allows(call));
    }
    for (const Filter* filter : {&plain(), &building()}) {
        CHECK(filter->refuses("clone3") == "ENOSYS or ENOSYS");
        CHECK(filter->refuses("unshare", {CLONE_NEWUSER}) == "killed or told");
        CHECK(filter->refuses("setns") == "killed or told");
        CHECK(filter->refuses("execveat") == "EPERM or told");
        CHECK(filter->allows("execve"));
    }
    for (const std::uint64_t operation : {FUTEX_WAIT_PRIVATE, FUTEX_WAKE, FUTEX_CMP_REQUEUE, FUTEX_WAKE_OP,
                                          FUTEX_WAIT_BITSET_PRIVATE | FUTEX_CLOCK_REALTIME, FUTEX_WAKE_BITSET})
        CHECK(plain().allows("futex", {0, operation}));
    for (const std::uint64_t operation : {FUTEX_LOCK_PI, FUTEX_UNLOCK_PI, FUTEX_WAIT_REQUEUE_PI, FUTEX_CMP_REQUEUE_PI})
        CHECK(plain().refuses("futex", {0, operation | FUTEX_PRIVATE_FLAG}) == "ENOSYS or ENOSYS");
}

TEST_CASE("sockets come in pairs and talk to each other only") {
    CHECK(plain().allows("socketpair", {AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, 1}));
    CHECK(plain().allows("socketpair", {AF_UNIX, SOCK_SEQPACKET, 0, 1}));
    CHECK_FALSE(plain().allows("socketpair", {AF_UNIX, SOCK_RAW, 0, 1}));
    CHECK_FALSE(plain().allows("socketpair", {AF_TIPC, SOCK_STREAM, 0, 1}));
    CHECK(plain().allows("sendto", {3, 1, 1, MSG_NOSIGNAL, 0, 0}));
    CHECK_FALSE(plain().allows("sendto", {3, 1, 1, 0, 0x1000, 16}));
    CHECK_FALSE(plain().allows("sendto", {3, 1, 1, 0, 1ULL << 32, 16}));
    CHECK_FALSE(plain().allows("sendto", {3, 1, 1, MSG_OOB, 0, 0}));
    CHECK(plain().allows("recvfrom", {3, 1, 1, MSG_DONTWAIT, 0, 0}));
    CHECK_FALSE(plain().allows("recvfrom", {3, 1, 1, MSG_OOB, 0, 0}));
    CHECK_FALSE(plain().allows("recvfrom", {3, 1, 1, 0, 0x1000, 0x1000}));
    for (std::uint64_t family = 0; family < AF_MAX; ++family)
        for (const std::uint64_t type : {SOCK_STREAM, SOCK_DGRAM, SOCK_RAW, SOCK_SEQPACKET})
            CHECK(building().refuses("socket", {family, type, 0}) == "EPERM or told");
    CHECK(plain().refuses("socket", {AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0}) == "EACCES or EACCES");
    for (const char* call : {"connect", "bind", "listen", "accept", "accept4", "setsockopt", "sendmmsg", "recvmmsg"})
        CHECK(plain().refuses(call) == "EPERM or told");
    CHECK(plain().allows("getsockopt", {3, SOL_SOCKET, SO_ERROR}));
    CHECK_FALSE(plain().allows("getsockopt", {3, SOL_SOCKET, 77 /* SO_PEERPIDFD */}));
    CHECK_FALSE(plain().allows("getsockopt", {3, 6 /* TCP */, 11}));
}

TEST_CASE("descriptors leave only through the one number that no script can own") {
    CHECK(plain().allows("sendmsg", {refusal_socket, 1, 0}));
    for (const std::uint64_t descriptor : {0ULL, 3ULL, 999ULL, 1001ULL, 0xffffffffULL})
        CHECK_FALSE(plain().allows("sendmsg", {descriptor, 1, 0}));
    CHECK_FALSE(plain().allows("recvmsg", {3, 1, 0}));
    CHECK(Filter({.shared_columns = true}).allows("recvmsg", {3, 1, MSG_CMSG_CLOEXEC}));
}

TEST_CASE("signals stay in its own pid namespace, or with itself") {
    const Filter alone({.pid_namespace = false});
    constexpr std::uint64_t everybody = static_cast<std::uint64_t>(-1);
    CHECK(plain().allows("kill", {everybody, SIGKILL}));
    CHECK(plain().allows("tgkill", {12, 13, SIGURG}));
    for (const char* call : {"kill", "tgkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo"}) {
        CHECK(alone.allows(call, {own_pid_marker, SIGUSR1}));
        for (const std::uint64_t pid : {std::uint64_t{0}, std::uint64_t{1}, everybody, std::uint64_t{0xffffffff}})
            CHECK_FALSE(alone.allows(call, {pid, SIGKILL}));
    }
    CHECK_FALSE(alone.allows("tkill", {12, SIGKILL}));
}

TEST_CASE("of fcntl, ioctl, prctl and limits only what run times need") {
    for (const std::uint64_t command : {F_DUPFD, F_DUPFD_CLOEXEC, F_GETFD, F_SETFD, F_GETFL})
        CHECK(plain().allows("fcntl", {3, command}));
    CHECK(plain().allows("fcntl", {3, F_SETFL, O_NONBLOCK}));
    CHECK_FALSE(plain().allows("fcntl", {3, F_SETFL, O_ASYNC}));
    for (const std::uint64_t command :
         {F_SETPIPE_SZ, F_SETOWN, F_SETSIG, F_NOTIFY, F_SETLEASE, F_ADD_SEALS, F_SETOWN_EX})
        CHECK_FALSE(building().allows("fcntl", {3, command}));
    for (const std::uint64_t command : {F_SETLK, F_SETLKW, F_GETLK, F_OFD_SETLK}) {
        CHECK_FALSE(plain().allows("fcntl", {3, command}));
        CHECK(building().allows("fcntl", {3, command}));
    }
    CHECK(plain().allows("ioctl", {0, 0x5401 /* TCGETS */}));
    CHECK(plain().allows("ioctl", {0, 0x5421 /* FIONBIO */}));
    for (const std::uint64_t request : {0x5412 /* TIOCSTI */, 0x541c /* TIOCLINUX */, 0x540e /* TIOCSCTTY */, 0x5402})
        CHECK_FALSE(building().allows("ioctl", {0, request}));
    CHECK_FALSE(plain().allows("ioctl", {0, (1ULL << 32) | 0x5412}));
    CHECK(plain().allows("prctl", {PR_SET_NAME, 1}));
    for (const std::uint64_t option : {PR_SET_DUMPABLE, PR_SET_SECCOMP, PR_SET_PTRACER, PR_SET_MM, PR_SET_TSC,
                                       PR_SET_CHILD_SUBREAPER, PR_SET_PDEATHSIG, PR_CAPBSET_DROP, PR_SCHED_CORE})
        CHECK_FALSE(plain().allows("prctl", {option, 1}));
    CHECK(plain().allows("prlimit64", {0, RLIMIT_STACK, 0, 1}));
    CHECK(plain().refuses("prlimit64", {0, RLIMIT_STACK, 1, 0}) == "EPERM or told");
    CHECK(plain().refuses("prlimit64", {0, RLIMIT_NOFILE, 1, 0}) == "EPERM or EPERM");
    CHECK(plain().refuses("prlimit64", {1, RLIMIT_NOFILE, 0, 1}) == "EPERM or told");
    CHECK(plain().refuses("setrlimit", {RLIMIT_NPROC, 1}) == "EPERM or told");
    CHECK(plain().allows("pipe2", {1, O_CLOEXEC | O_NONBLOCK}));
    CHECK_FALSE(plain().allows("pipe2", {1, O_EXCL /* O_NOTIFICATION_PIPE */}));
}

TEST_CASE("all else is refused, with the verdict that the launcher would give") {
    for (const char* call : {"ptrace",
                             "process_vm_readv",
                             "process_vm_writev",
                             "pidfd_getfd",
                             "mount",
                             "umount2",
                             "pivot_root",
                             "chroot",
                             "open_tree",
                             "move_mount",
                             "fsopen",
                             "fsmount",
                             "mount_setattr",
                             "kexec_load",
                             "init_module",
                             "finit_module",
                             "delete_module",
                             "reboot",
                             "swapon",
                             "quotactl",
                             "acct",
                             "iopl",
                             "ioperm",
                             "modify_ldt"})
        CHECK(building().refuses(call) == "killed or told");
    for (const char* call : {"keyctl",        "add_key",
                             "request_key",   "msgget",
                             "semget",        "mq_open",
                             "seccomp",       "personality",
                             "setuid",        "setresuid",
                             "capset",        "setgroups",
                             "setpriority",   "sched_setscheduler",
                             "sched_setattr", "sched_setaffinity",
                             "ioprio_set",    "kcmp",
                             "sethostname",   "clock_settime",
                             "settimeofday",  "adjtimex",
                             "syslog",        "getxattr"})
        CHECK(building().refuses(call) == "EPERM or told");
    for (const char* call : {"bpf", "perf_event_open", "io_uring_enter", "io_uring_register", "memfd_secret",
                             "landlock_create_ruleset", "vmsplice", "tee"})
        CHECK(building().refuses(call) == "ENOSYS or told");
}

TEST_CASE("a call of a foreign ABI is the script's end") {
    for (const std::vector<sock_filter>& filter : {plain().silent, plain().telling, building().telling}) {
        seccomp_data call{};
        call.arch = AUDIT_ARCH_I386;
        CHECK(tests::evaluate(filter, call) == SECCOMP_RET_KILL_PROCESS);
        call.arch = AUDIT_ARCH_X86_64;
        call.nr = 0x40000000;  // x32: read
        CHECK(tests::evaluate(filter, call) == SECCOMP_RET_KILL_PROCESS);
    }
}

TEST_CASE("a filter is small enough to be loaded for each script") {
    for (const bool told : {false, true})
        CHECK(make_filter({.processes = true, .writes = true, .told = told, .shared_columns = true}).size() < 1000);
}

#endif
