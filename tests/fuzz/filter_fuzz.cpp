// For any call with any arguments, what the filter lets through is what docs/security.md says it lets through. The
// rules are told here a second time, as the kernel reads arguments: an int is the lower half of a register. For x86-64.

#include <fcntl.h>
#include <fuzzer/FuzzedDataProvider.h>
#include <linux/prctl.h>
#include <sched.h>
#include <signal.h>
#include <simdjson.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "broker/sandbox/filter.hpp"
#include "tests/broker/sandbox/evaluate.hpp"
#include "tests/fuzz/require.hpp"

using namespace dragoman;

namespace {

struct Variant {
    FilterOptions options;
    std::vector<sock_filter> program;
};

std::vector<Variant> all_variants() {
    std::vector<Variant> variants;
    for (unsigned bits = 0; bits < 64; ++bits) {
        FilterOptions options;
        options.processes = (bits & 1) != 0;
        options.writes = (bits & 2) != 0;
        options.pid_namespace = (bits & 4) != 0;
        options.told = (bits & 8) != 0;
        options.told_opens = (bits & 16) != 0;
        options.shared_columns = (bits & 32) != 0;
        variants.push_back({options, make_filter(options)});
    }
    return variants;
}

/// Flags and numbers that rules are about; random bits alone would hardly ever meet one.
constexpr std::uint64_t words[] = {0,
                                   1,
                                   2,
                                   3,
                                   4,
                                   5,
                                   6,
                                   7,
                                   8,
                                   16,
                                   1000,
                                   0x7f,
                                   0xffffffff,
                                   ~0ULL,
                                   1ULL << 32,
                                   own_pid_marker,
                                   O_CREAT,
                                   O_TRUNC,
                                   O_TMPFILE,
                                   O_CLOEXEC,
                                   O_NONBLOCK,
                                   O_ASYNC,
                                   MAP_PRIVATE,
                                   MAP_SHARED,
                                   MAP_ANONYMOUS,
                                   MAP_PRIVATE | MAP_ANONYMOUS,
                                   MAP_GROWSDOWN,
                                   MAP_HUGETLB,
                                   MAP_LOCKED,
                                   MAP_NORESERVE,
                                   PROT_GROWSDOWN,
                                   CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD,
                                   CLONE_NEWUSER,
                                   CLONE_NEWNS,
                                   CLONE_NEWPID,
                                   CLONE_NEWNET,
                                   CLONE_PTRACE,
                                   CLONE_PARENT,
                                   CLONE_SETTLS,
                                   CLONE_VFORK,
                                   SIGCHLD,
                                   F_SETPIPE_SZ,
                                   F_DUPFD_CLOEXEC,
                                   F_SETOWN,
                                   0x5401,
                                   0x5412,
                                   0x5421,
                                   PR_SET_NAME,
                                   PR_SET_SECCOMP,
                                   PR_SET_VMA,
                                   0x1002,
                                   0x3001,
                                   SOCK_STREAM | SOCK_CLOEXEC,
                                   MSG_OOB,
                                   MSG_NOSIGNAL};

std::uint64_t argument(FuzzedDataProvider& data) {
    std::uint64_t value = 0;
    switch (data.ConsumeIntegralInRange(0, 4)) {
        case 0:
            return data.ConsumeIntegral<std::uint64_t>();
        case 1:
            return data.ConsumeIntegral<std::uint32_t>();
        case 2:
            return data.PickValueInArray(words) | data.PickValueInArray(words);
        case 3:
            return data.PickValueInArray(words) ^ (1ULL << data.ConsumeIntegralInRange(0, 63));
        default:
            value = data.PickValueInArray(words);
    }
    return value;
}

seccomp_data any_call(FuzzedDataProvider& data) {
    constexpr int constrained[] = {
        SYS_open,    SYS_openat,     SYS_mmap,  SYS_mprotect,  SYS_mremap,     SYS_madvise, SYS_clone,     SYS_futex,
        SYS_fcntl,   SYS_ioctl,      SYS_prctl, SYS_prlimit64, SYS_socketpair, SYS_sendto,  SYS_recvfrom,  SYS_sendmsg,
        SYS_recvmsg, SYS_getsockopt, SYS_kill,  SYS_tgkill,    SYS_tkill,      SYS_socket,  SYS_setrlimit, SYS_pipe2};
    seccomp_data call{};
    call.arch = tests::own_architecture;
    switch (data.ConsumeIntegralInRange(0, 9)) {
        case 0:
            call.nr = data.ConsumeIntegral<int>();
            break;
        case 1:
            call.nr = 0x40000000 | data.ConsumeIntegralInRange(0, 600);
            break;
        case 2:
            call.nr = data.ConsumeIntegralInRange(0, 600), call.arch = data.ConsumeIntegral<std::uint32_t>();
            break;
        case 3:
        case 4:
            call.nr = data.ConsumeIntegralInRange(0, 600);
            break;
        default:
            call.nr = data.PickValueInArray(constrained);
    }
    for (auto& value : call.args) value = argument(data);
    return call;
}

std::uint32_t low(std::uint64_t argument) { return static_cast<std::uint32_t>(argument); }

void require_harmless_mapping(const FilterOptions& options, const seccomp_data& call) {
    const std::uint64_t flags = call.args[3];
    const std::uint64_t kind = flags & MAP_TYPE;
    require(kind == MAP_PRIVATE || kind == MAP_SHARED, "a mapping is private or shared");
    require((flags & (MAP_GROWSDOWN | MAP_HUGETLB | MAP_LOCKED)) == 0, "a mapping that escapes the limit");
    if (kind == MAP_PRIVATE) return;
    require((flags & MAP_ANONYMOUS) == 0, "shared memory without a file");
    require((call.args[2] & PROT_WRITE) == 0 || options.writes || options.shared_columns, "shared memory to write to");
}

void require_harmless_clone(const FilterOptions& options, std::uint32_t flags) {
    constexpr std::uint32_t namespaces =
        CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET;
    constexpr std::uint32_t thread = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD;
    require((flags & (namespaces | CLONE_PTRACE | CLONE_UNTRACED | CLONE_PARENT)) == 0, "a clone into a namespace");
    require(options.processes || (flags & thread) == thread, "a new process");
}

/// `call` was let through.
void require_harmless(const FilterOptions& options, const seccomp_data& call) {
    const auto* const a = call.args;
    require(!verdict_of(call.nr).fatal, "a fatal call is let through");
    require(call.nr >= 0 && call.nr <= 448, "an unknown call is let through");
    switch (call.nr) {
        case SYS_open:
        case SYS_openat: {
            const bool reads = opens_to_read(call.nr, reinterpret_cast<const std::uint64_t*>(call.args));
            require(options.writes || reads, "an open that writes");
            require(!options.told_opens || !reads, "an open that is not told");
            break;
        }
        case SYS_mmap:
            require_harmless_mapping(options, call);
            break;
        case SYS_mprotect:
            require((a[2] & (PROT_GROWSDOWN | PROT_GROWSUP)) == 0, "protection that grows");
            break;
        case SYS_mremap:
            require((a[3] & ~3ULL) == 0, "mremap with other flags");
            break;
        case SYS_madvise:
            require(low(a[2]) != MADV_MERGEABLE && low(a[2]) != MADV_HWPOISON, "bad advice");
            break;
        case SYS_clone:
            require_harmless_clone(options, low(a[0]));
            break;
        case SYS_futex: {
            constexpr std::array fine{0U, 1U, 3U, 4U, 5U, 9U, 10U};
            require(std::find(fine.begin(), fine.end(), a[1] & 0x7f) != fine.end(), "a futex of another kind");
            break;
        }
        case SYS_fork:
        case SYS_vfork:
        case SYS_wait4:
        case SYS_setsid:
            require(options.processes, "a new process");
            break;
        case SYS_fcntl: {
            constexpr std::array fine{F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_SETFL, F_DUPFD_CLOEXEC, 1032, 1034};
            constexpr std::array locks{F_GETLK, F_SETLK, F_SETLKW, 36, 37, 38};
            const int command = static_cast<int>(low(a[1]));
            require(std::find(fine.begin(), fine.end(), command) != fine.end() ||
                        (options.writes && std::find(locks.begin(), locks.end(), command) != locks.end()),
                    "fcntl with another command");
            require(command != F_SETFL || (a[2] & O_ASYNC) == 0, "signals from a descriptor");
            break;
        }
        case SYS_ioctl: {
            constexpr std::array fine{0x5401U, 0x802c542aU, 0x5413U, 0x541bU, 0x5421U, 0x5450U, 0x5451U};
            require(std::find(fine.begin(), fine.end(), low(a[1])) != fine.end(), "ioctl with another request");
            break;
        }
        case SYS_prctl:
            require(low(a[0]) != PR_SET_SECCOMP && low(a[0]) != PR_SET_DUMPABLE && low(a[0]) != PR_SET_MM, "prctl");
            break;
        case SYS_prlimit64:
            require(low(a[0]) == 0 && a[2] == 0, "a limit is set, or another's read");
            break;
        case SYS_socketpair:
            require(low(a[0]) == AF_UNIX, "a pair of foreign sockets");
            break;
        case SYS_sendto:
        case SYS_recvfrom:
            require(a[4] == 0 && (a[3] & MSG_OOB) == 0, "an address, or out of band");
            break;
        case SYS_sendmsg:
            require(low(a[0]) == refusal_socket, "a message through another socket");
            break;
        case SYS_recvmsg:
            require(options.shared_columns, "descriptors are received");
            break;
        case SYS_getsockopt:
            require(low(a[1]) == SOL_SOCKET, "an option of a protocol");
            break;
        case SYS_kill:
        case SYS_tgkill:
        case SYS_rt_sigqueueinfo:
        case SYS_rt_tgsigqueueinfo:
            require(options.pid_namespace || low(a[0]) == own_pid_marker, "a signal to somebody else");
            break;
        case SYS_tkill:
            require(options.pid_namespace, "a signal to somebody else");
            break;
        case SYS_copy_file_range:
        case SYS_unlink:
        case SYS_rename:
        case SYS_mkdir:
        case SYS_chmod:
        case SYS_ftruncate:
        case SYS_pwrite64:
        case SYS_flock:
            require(options.writes, "a change to a file");
            break;
        case SYS_socket:
        case SYS_connect:
        case SYS_bind:
        case SYS_execveat:
        case SYS_clone3:
        case SYS_memfd_create:
        case SYS_shmget:
        case SYS_keyctl:
        case SYS_seccomp:
        case SYS_setrlimit:
            require(false, "never let through");
            break;
        default:
            break;
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    static const std::vector<Variant> variants = all_variants();
    FuzzedDataProvider data(bytes, size);
    const seccomp_data call = any_call(data);
    constexpr std::uint32_t x32 = 0x40000000;  // and what lies above it
    const bool foreign = call.arch != tests::own_architecture || static_cast<std::uint32_t>(call.nr) >= x32;
    bool allowed[64];
    for (std::size_t i = 0; i < variants.size(); ++i) {
        const FilterOptions& options = variants[i].options;
        const std::uint32_t action = tests::evaluate(variants[i].program, call);
        allowed[i] = action == SECCOMP_RET_ALLOW;
        if (foreign && call.nr != -1) require(action == SECCOMP_RET_KILL_PROCESS, "a foreign ABI lives");
        switch (action & SECCOMP_RET_ACTION_FULL) {
            case SECCOMP_RET_ALLOW:
                require_harmless(options, call);
                break;
            case SECCOMP_RET_USER_NOTIF:
                require(options.told || options.told_opens, "told to nobody");
                break;
            case SECCOMP_RET_ERRNO:
                require((action & SECCOMP_RET_DATA) != 0, "an error that is none");
                break;
            case SECCOMP_RET_KILL_PROCESS:
                require(foreign || (!options.told && verdict_of(call.nr).fatal), "killed for nothing");
                break;
            default:
                require(false, "an action that nobody asked for");
        }
    }
    // Whether somebody listens changes nothing of what is let through.
    for (std::size_t i = 0; i < variants.size(); ++i)
        require(allowed[i] == allowed[i ^ 8], "telling lets more or less through");

    RefusedCall refused;
    refused.number = call.nr;
    std::copy(std::begin(call.args), std::end(call.args), refused.arguments.begin());
    refused.path = data.ConsumeRemainingBytesAsString();
    const std::string text = describe(refused);
    require(simdjson::validate_utf8(text.data(), text.size()), "a description that is not UTF-8");
    require(std::none_of(text.begin(), text.end(), [](char c) { return c >= 0 && c < ' '; }), "control characters");
    return 0;
}
