#include "broker/sandbox/filter.hpp"

#include <asm/prctl.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/prctl.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <cerrno>

#include "broker/sandbox/filter_rules.hpp"

// Found by running LuaJIT, CPython, Node, OpenJDK, Go, Rust, C and C++ under strace, and their compilers; then given
// their close relatives. What is not here is refused: see verdict.cpp for how.

namespace dragoman {
namespace {

constexpr std::uint64_t bits_of_int = 0xffffffff;

/// Whatever their arguments are, these reach nothing but the script itself and what it may see.
void allow_the_harmless(Rules& rules) {
    rules.allow_all({"read", "readv", "pread64", "preadv", "preadv2", "write", "writev", "close", "close_range",
                     "lseek", "dup", "dup2", "dup3", "pipe", "sendfile", "fadvise64"});
    rules.allow_all({"stat", "lstat", "fstat", "newfstatat", "statx", "statfs", "fstatfs", "access", "faccessat",
                     "faccessat2", "readlink", "readlinkat", "getdents", "getdents64", "getcwd", "chdir", "fchdir",
                     "umask"});
    rules.allow_all({"poll", "ppoll", "select", "pselect6", "epoll_create", "epoll_create1", "epoll_ctl", "epoll_wait",
                     "epoll_pwait", "epoll_pwait2", "eventfd", "eventfd2", "signalfd", "signalfd4", "timerfd_create",
                     "timerfd_settime", "timerfd_gettime"});
    rules.allow_all({"brk", "munmap", "msync", "membarrier"});
    rules.allow_all({"rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "rt_sigpending", "rt_sigsuspend",
                     "rt_sigtimedwait", "sigaltstack", "pause", "restart_syscall"});
    rules.allow_all({"clock_gettime", "clock_getres", "clock_nanosleep", "nanosleep", "gettimeofday", "time", "times",
                     "alarm", "getitimer", "setitimer", "timer_create", "timer_settime", "timer_gettime",
                     "timer_getoverrun", "timer_delete"});
    rules.allow_all({"getpid",
                     "getppid",
                     "gettid",
                     "getpgid",
                     "getpgrp",
                     "getsid",
                     "getuid",
                     "geteuid",
                     "getgid",
                     "getegid",
                     "getresuid",
                     "getresgid",
                     "getgroups",
                     "capget",
                     "uname",
                     "sysinfo",
                     "getrusage",
                     "getrlimit",
                     "getpriority",
                     "getrandom",
                     "getcpu",
                     "sched_yield",
                     "sched_getaffinity",
                     "sched_getparam",
                     "sched_getscheduler",
                     "sched_get_priority_max",
                     "sched_get_priority_min"});
    rules.allow_all({"set_tid_address", "set_robust_list", "rseq", "exit", "exit_group", "execve"});
    rules.allow_all({"getsockname", "getpeername", "shutdown"});
}

void allow_opens(Rules& rules, const FilterOptions& options) {
    constexpr std::uint64_t tmpfile = O_TMPFILE & ~O_DIRECTORY;
    for (const auto& [call, flags] : {std::pair{"open", 1U}, std::pair{"openat", 2U}}) {
        const Condition changes_nothing = bits(flags, O_ACCMODE | O_CREAT | O_TRUNC | tmpfile, 0);
        if (options.writes && !options.told_opens) {
            rules.allow(call);
            continue;
        }
        if (options.told_opens)
            rules.tell(call, {changes_nothing});
        else
            rules.allow(call, {changes_nothing});
        if (!options.writes) continue;
        for (const std::uint64_t mode : {O_WRONLY, O_RDWR, O_ACCMODE})
            rules.allow(call, {bits(flags, O_ACCMODE, mode)});
        for (const std::uint64_t change : {std::uint64_t{O_CREAT}, std::uint64_t{O_TRUNC}, tmpfile})
            rules.allow(call, {bits(flags, change, change)});
    }
}

/// Memory is limited by RLIMIT_DATA, which sees neither what is shared nor what grows downwards.
void allow_memory(Rules& rules, const FilterOptions& options) {
#ifdef MAP_32BIT
    constexpr std::uint64_t low = MAP_32BIT;
#else
    constexpr std::uint64_t low = 0;
#endif
    constexpr std::uint64_t of_file = MAP_FIXED | MAP_FIXED_NOREPLACE | MAP_DENYWRITE | MAP_EXECUTABLE | MAP_NORESERVE |
                                      MAP_POPULATE | MAP_NONBLOCK | MAP_STACK | low;
    rules.allow("mmap", {bits(3, ~(of_file | MAP_ANONYMOUS), MAP_PRIVATE)});
    if (options.writes || options.shared_columns)
        rules.allow("mmap", {bits(3, ~of_file, MAP_SHARED)});
    else
        rules.allow("mmap", {bits(2, PROT_WRITE, 0), bits(3, ~of_file, MAP_SHARED)});
    rules.allow("mprotect", {bits(2, PROT_GROWSDOWN | PROT_GROWSUP, 0)});
    rules.allow("mremap", {bits(3, ~std::uint64_t{MREMAP_MAYMOVE | MREMAP_FIXED}, 0)});
    // All advice but MADV_MERGEABLE, with which one guesses at other processes' pages, and what needs privileges.
    for (const auto& [advice, last_bits] : {std::pair{0U, 7U}, {8U, 3U}, {16U, 7U}, {24U, 1U}, {14U, 1U}, {102U, 1U}})
        rules.allow("madvise", {bits(2, bits_of_int & ~std::uint64_t{last_bits}, advice)});
}

void allow_threads(Rules& rules, const FilterOptions& options) {
    constexpr std::uint64_t thread = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD;
    constexpr std::uint64_t free = CLONE_SYSVSEM | CLONE_SETTLS | CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID |
                                   CLONE_CHILD_SETTID | CLONE_DETACHED | CSIGNAL;
    constexpr std::uint64_t namespaces =
        CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET;
    if (options.processes)
        rules.allow("clone", {bits(0, namespaces | CLONE_PTRACE | CLONE_UNTRACED | CLONE_PARENT, 0)});
    else
        rules.allow("clone", {bits(0, bits_of_int & ~free, thread)});
    // Not the operations on mutexes that hand on a priority: half of the call's history of holes.
    for (const auto& [operation, last_bits] : {std::pair{0U, 1U}, {3U, 0U}, {4U, 1U}, {9U, 0U}, {10U, 0U}})
        rules.allow("futex", {bits(1, 0x7f & ~last_bits, operation)});
    for (const auto& [operation, last_bits] : {std::pair{6U, 1U}, {8U, 0U}, {11U, 0U}, {12U, 1U}})
        rules.fail("futex", ENOSYS, {bits(1, 0x7f & ~last_bits, operation)});
}

void allow_requests(Rules& rules, const FilterOptions& options) {
    // Not F_SETPIPE_SZ (kernel memory), F_SETOWN, F_SETSIG, F_NOTIFY (signals); locks are a channel between scripts.
    for (const std::uint32_t command :
         {F_DUPFD, F_DUPFD_CLOEXEC, F_GETFD, F_SETFD, F_GETFL, 1032 /* F_GETPIPE_SZ */, 1034 /* F_GET_SEALS */})
        rules.allow("fcntl", {is(1, command)});
    rules.allow("fcntl", {is(1, F_SETFL), bits(2, O_ASYNC, 0)});
    // Nothing that a terminal would take as typed (TIOCSTI), nor anything of a driver's.
    for (const std::uint32_t request :
         {0x5401U /* TCGETS */, 0x802c542aU /* TCGETS2 */, 0x5413U /* TIOCGWINSZ */, 0x541bU /* FIONREAD */,
          0x5421U /* FIONBIO */, 0x5450U /* FIONCLEX */, 0x5451U /* FIOCLEX */})
        rules.allow("ioctl", {is(1, request)});
    for (const std::uint32_t option : {PR_SET_NAME, PR_GET_NAME, PR_SET_VMA, PR_SET_TIMERSLACK, PR_GET_TIMERSLACK,
                                       PR_GET_DUMPABLE, PR_CAPBSET_READ, PR_GET_NO_NEW_PRIVS, PR_SET_NO_NEW_PRIVS})
        rules.allow("prctl", {is(0, option)});
    if (options.processes) rules.allow("prctl", {is(0, PR_SET_PDEATHSIG)});
    rules.allow("prlimit64", {is(0, 0), null(2)});
#ifdef __x86_64__
    rules.allow("arch_prctl", {bits(0, bits_of_int & ~7ULL, ARCH_SET_GS & ~7)});  // the thread's own registers
    rules.allow("arch_prctl", {bits(0, bits_of_int & ~7ULL, 0x1020)});            // ARCH_REQ_XCOMP_PERM: wide vectors
#endif
    constexpr std::uint64_t pipe_flags = O_CLOEXEC | O_NONBLOCK | O_DIRECT;
    rules.allow("pipe2", {bits(1, bits_of_int & ~pipe_flags, 0)});
}

/// Event loops wake themselves through a pair of sockets; nothing else is to be had. Without MSG_OOB, which nobody
/// needs here and which had holes.
void allow_socket_pairs(Rules& rules, const FilterOptions& options) {
    constexpr std::uint64_t type_flags = SOCK_CLOEXEC | SOCK_NONBLOCK;
    for (const std::uint64_t type : {SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET})
        rules.allow("socketpair", {is(0, AF_UNIX), bits(1, bits_of_int & ~type_flags, type), is(2, 0)});
    constexpr std::uint64_t out = MSG_DONTWAIT | MSG_NOSIGNAL | MSG_MORE | MSG_EOR;
    constexpr std::uint64_t in = MSG_DONTWAIT | MSG_NOSIGNAL | MSG_PEEK | MSG_WAITALL | MSG_TRUNC | MSG_CMSG_CLOEXEC;
    rules.allow("sendto", {bits(3, bits_of_int & ~out, 0), null(4)});
    rules.allow("recvfrom", {bits(3, bits_of_int & ~in, 0), null(4)});
    for (const std::uint32_t option : {SO_TYPE, SO_ERROR, SO_SNDBUF, SO_RCVBUF, SO_ACCEPTCONN, SO_PROTOCOL, SO_DOMAIN})
        rules.allow("getsockopt", {is(1, SOL_SOCKET), is(2, option)});
    rules.allow("sendmsg", {is(0, refusal_socket)});
    if (options.shared_columns) rules.allow("recvmsg", {bits(2, bits_of_int & ~in, 0)});
}

void allow_signals(Rules& rules, const FilterOptions& options) {
    if (options.pid_namespace) {
        rules.allow_all({"kill", "tkill", "tgkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo"});
    } else {
        for (const char* call : {"kill", "tgkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo"})
            rules.allow(call, {is(0, own_pid_marker)});
    }
}

void allow_processes(Rules& rules) {
    rules.allow_all({"fork", "vfork", "wait4", "waitid", "setpgid", "setsid"});
    rules.fail("prlimit64", EPERM, {is(0, 0), is(1, RLIMIT_STACK), not_null(2)});  // g++ and cargo ask for more
}

void allow_writes(Rules& rules) {
    rules.allow_all({"creat",     "mkdir",    "mkdirat",   "rmdir",     "unlink",          "unlinkat",
                     "rename",    "renameat", "renameat2", "link",      "linkat",          "symlink",
                     "symlinkat", "chmod",    "fchmod",    "fchmodat",  "truncate",        "ftruncate",
                     "fallocate", "pwrite64", "pwritev",   "pwritev2",  "copy_file_range", "fsync",
                     "fdatasync", "utime",    "utimes",    "futimesat", "utimensat",       "flock"});
    for (const std::uint32_t command : {F_GETLK, F_SETLK, F_SETLKW, F_OFD_GETLK, F_OFD_SETLK, F_OFD_SETLKW})
        rules.allow("fcntl", {is(1, command)});
    for (const char* call : {"chown", "fchown", "lchown", "fchownat"}) rules.fail(call, EPERM);
}

/// What run times try while they start, and do without: telling of it would blame honest scripts.
void refuse_quietly(Rules& rules, const FilterOptions& options) {
    for (const char* call : {"clone3", "pkey_alloc", "io_uring_setup", "openat2", "pidfd_open", "splice"})
        rules.fail(call, ENOSYS);
    if (!options.writes) rules.fail("copy_file_range", ENOSYS);
    for (const char* call : {"get_mempolicy", "set_mempolicy", "mbind"}) rules.fail(call, EPERM);  // OpenBLAS
    // Go, Node and Java raise their own limit of descriptors to the most that is allowed.
    rules.fail("prlimit64", EPERM, {is(0, 0), is(1, RLIMIT_NOFILE), not_null(2)});
    rules.fail("setrlimit", EPERM, {is(0, RLIMIT_NOFILE)});
    rules.fail("ioctl", ENOTTY, {is(1, TIOCGPGRP)});    // bash, of a terminal that is not there
    rules.fail("ioctl", EOPNOTSUPP, {is(1, FICLONE)});  // cp, which then copies
    // Java asks who the user is, and with that glibc its name service.
    rules.fail("socket", EACCES, {is(0, AF_UNIX), is(1, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK), is(2, 0)});
#ifdef __x86_64__
    // glibc asks for shadow stacks.
    rules.fail("arch_prctl", EINVAL, {bits(0, bits_of_int & ~0xfffULL, 0x3000)});
    rules.fail("arch_prctl", EINVAL, {bits(0, bits_of_int & ~0xfffULL, 0x5000)});
#endif
}

}  // namespace

std::vector<sock_filter> make_filter(const FilterOptions& options) {
    Rules rules(options.told);
    allow_the_harmless(rules);
    allow_opens(rules, options);
    allow_memory(rules, options);
    allow_threads(rules, options);
    allow_requests(rules, options);
    allow_socket_pairs(rules, options);
    allow_signals(rules, options);
    if (options.processes) allow_processes(rules);
    if (options.writes) allow_writes(rules);
    refuse_quietly(rules, options);
    if (!options.told) rules.judge_the_rest();
    return rules.program();
}

}  // namespace dragoman
