#include "broker/sandbox/call_words.hpp"

#include <fcntl.h>
#include <linux/prctl.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <array>
#include <cstdio>
#include <cstring>
#include <span>

namespace dragoman {
namespace {

struct Constant {
    std::uint64_t value;
    const char* name;
};
// NOLINTNEXTLINE(cppcoreguidelines-macro-usage)
#define NAMED(name) \
    Constant { static_cast<std::uint64_t>(name), #name }

constexpr std::array domains{
    NAMED(AF_UNIX),      NAMED(AF_INET),    NAMED(AF_INET6),     NAMED(AF_NETLINK), NAMED(AF_PACKET),
    NAMED(AF_ALG),       NAMED(AF_VSOCK),   NAMED(AF_BLUETOOTH), NAMED(AF_CAN),     NAMED(AF_TIPC),
    NAMED(AF_KCM),       NAMED(AF_QIPCRTR), NAMED(AF_SMC),       NAMED(AF_XDP),     NAMED(AF_KEY),
    NAMED(AF_IUCV),      NAMED(AF_RXRPC),   NAMED(AF_NFC),       NAMED(AF_CAIF),    NAMED(AF_RDS),
    NAMED(AF_APPLETALK), NAMED(AF_X25),     NAMED(AF_AX25),      NAMED(AF_IPX),     NAMED(AF_PHONET)};
constexpr std::array sockets{NAMED(SOCK_STREAM), NAMED(SOCK_DGRAM),     NAMED(SOCK_RAW),
                             NAMED(SOCK_RDM),    NAMED(SOCK_SEQPACKET), NAMED(SOCK_PACKET)};
constexpr std::array socket_flags{NAMED(SOCK_CLOEXEC), NAMED(SOCK_NONBLOCK)};
constexpr std::array open_flags{NAMED(O_CREAT),  NAMED(O_EXCL),    NAMED(O_NOCTTY),    NAMED(O_TRUNC),
                                NAMED(O_APPEND), NAMED(O_TMPFILE), NAMED(O_DIRECTORY), NAMED(O_NOFOLLOW),
                                NAMED(O_PATH),   NAMED(O_DIRECT),  NAMED(O_NOATIME),   NAMED(O_ASYNC)};
constexpr std::array protections{NAMED(PROT_READ), NAMED(PROT_WRITE), NAMED(PROT_EXEC), NAMED(PROT_GROWSDOWN)};
constexpr std::array mapping_flags{
    NAMED(MAP_FIXED),    NAMED(MAP_ANONYMOUS), NAMED(MAP_GROWSDOWN), NAMED(MAP_LOCKED),  NAMED(MAP_NORESERVE),
    NAMED(MAP_POPULATE), NAMED(MAP_NONBLOCK),  NAMED(MAP_STACK),     NAMED(MAP_HUGETLB), NAMED(MAP_FIXED_NOREPLACE)};
constexpr std::array clone_flags{
    NAMED(CLONE_NEWNS),   NAMED(CLONE_NEWCGROUP), NAMED(CLONE_NEWUTS),  NAMED(CLONE_NEWIPC),
    NAMED(CLONE_NEWUSER), NAMED(CLONE_NEWPID),    NAMED(CLONE_NEWNET),  NAMED(CLONE_VM),
    NAMED(CLONE_FS),      NAMED(CLONE_FILES),     NAMED(CLONE_SIGHAND), NAMED(CLONE_PTRACE),
    NAMED(CLONE_VFORK),   NAMED(CLONE_PARENT),    NAMED(CLONE_THREAD),  NAMED(CLONE_UNTRACED)};
constexpr std::array traces{
    Constant{0, "PTRACE_TRACEME"},   Constant{1, "PTRACE_PEEKTEXT"}, Constant{2, "PTRACE_PEEKDATA"},
    Constant{4, "PTRACE_POKETEXT"},  Constant{5, "PTRACE_POKEDATA"}, Constant{7, "PTRACE_CONT"},
    Constant{8, "PTRACE_KILL"},      Constant{12, "PTRACE_GETREGS"}, Constant{13, "PTRACE_SETREGS"},
    Constant{16, "PTRACE_ATTACH"},   Constant{17, "PTRACE_DETACH"},  Constant{24, "PTRACE_SYSCALL"},
    Constant{0x4206, "PTRACE_SEIZE"}};
constexpr std::array process_options{
    NAMED(PR_SET_PDEATHSIG), NAMED(PR_SET_DUMPABLE),        NAMED(PR_SET_KEEPCAPS),
    NAMED(PR_SET_NAME),      NAMED(PR_SET_SECCOMP),         NAMED(PR_CAPBSET_DROP),
    NAMED(PR_SET_TSC),       NAMED(PR_SET_SECUREBITS),      NAMED(PR_SET_MM),
    NAMED(PR_SET_PTRACER),   NAMED(PR_SET_CHILD_SUBREAPER), NAMED(PR_SET_NO_NEW_PRIVS),
    NAMED(PR_CAP_AMBIENT),   NAMED(PR_SET_THP_DISABLE),     NAMED(PR_SET_SPECULATION_CTRL),
    NAMED(PR_SCHED_CORE)};
constexpr std::array commands{NAMED(F_SETFL),     NAMED(F_GETLK),      NAMED(F_SETLK),    NAMED(F_SETLKW),
                              NAMED(F_SETOWN),    NAMED(F_GETOWN),     NAMED(F_SETSIG),   NAMED(F_OFD_GETLK),
                              NAMED(F_OFD_SETLK), NAMED(F_OFD_SETLKW), NAMED(F_SETLEASE), NAMED(F_GETLEASE),
                              NAMED(F_NOTIFY),    NAMED(F_SETPIPE_SZ), NAMED(F_ADD_SEALS)};
constexpr std::array requests{NAMED(TIOCSTI),   NAMED(TCSETS),    NAMED(TCSETSW),    NAMED(TCSETSF),
                              NAMED(TIOCSCTTY), NAMED(TIOCNOTTY), NAMED(TIOCSWINSZ), NAMED(TIOCGPGRP),
                              NAMED(TIOCSPGRP), NAMED(TIOCLINUX), NAMED(TIOCSETD),   NAMED(FIOASYNC)};
constexpr std::array limits{NAMED(RLIMIT_CPU),      NAMED(RLIMIT_FSIZE), NAMED(RLIMIT_DATA),   NAMED(RLIMIT_STACK),
                            NAMED(RLIMIT_CORE),     NAMED(RLIMIT_RSS),   NAMED(RLIMIT_NPROC),  NAMED(RLIMIT_NOFILE),
                            NAMED(RLIMIT_MEMLOCK),  NAMED(RLIMIT_AS),    NAMED(RLIMIT_LOCKS),  NAMED(RLIMIT_SIGPENDING),
                            NAMED(RLIMIT_MSGQUEUE), NAMED(RLIMIT_NICE),  NAMED(RLIMIT_RTPRIO), NAMED(RLIMIT_RTTIME)};
#undef NAMED

std::string hex(std::uint64_t value) {
    char text[24];
    std::snprintf(text, sizeof text, "0x%llx", static_cast<unsigned long long>(value));
    return text;
}

std::string name_in(std::span<const Constant> constants, std::uint64_t value) {
    for (const Constant& constant : constants)
        if (constant.value == value) return constant.name;
    return hex(value);
}

/// Adds the names of the bits that are set, and what is left as a number.
std::string with_bits(std::string text, std::span<const Constant> constants, std::uint64_t value) {
    const auto add = [&](const std::string& word) { text += (text.empty() ? "" : "|") + word; };
    for (const Constant& constant : constants) {
        if ((value & constant.value) != constant.value) continue;
        add(constant.name);
        value &= ~constant.value;
    }
    if (value != 0 || text.empty()) add(text.empty() && value == 0 ? "0" : hex(value));
    return text;
}

std::string opened(std::uint64_t flags) {
    // glibc adds these by itself; they say nothing about what was wanted.
    flags &= ~std::uint64_t{O_CLOEXEC | 0100000 /* O_LARGEFILE */ | O_NONBLOCK};
    constexpr std::array access{"O_RDONLY", "O_WRONLY", "O_RDWR", "O_RDWR|O_WRONLY"};
    return with_bits(access[flags & O_ACCMODE], open_flags, flags & ~std::uint64_t{O_ACCMODE});
}

std::string mapped(std::uint64_t flags) {
    constexpr std::array kinds{"", "MAP_SHARED", "MAP_PRIVATE", "MAP_SHARED_VALIDATE"};
    const std::uint64_t kind = flags & MAP_TYPE;
    return with_bits(kind < kinds.size() ? kinds[kind] : hex(kind), mapping_flags, flags & ~std::uint64_t{MAP_TYPE});
}

std::string cloned(std::uint64_t flags) {
    constexpr std::uint64_t of_the_library =
        CLONE_SETTLS | CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID | CLONE_CHILD_SETTID | CLONE_SYSVSEM | CSIGNAL;
    return with_bits("", clone_flags, flags & ~of_the_library);
}

std::string signalled(std::uint64_t number) {
    const char* const name = sigabbrev_np(static_cast<int>(number));
    return name != nullptr ? "SIG" + std::string(name) : std::to_string(static_cast<int>(number));
}

}  // namespace

std::string written(Word word, std::uint64_t argument) {
    const std::uint64_t as_int = argument & 0xffffffff;
    constexpr std::uint64_t flags_of_socket = SOCK_CLOEXEC | SOCK_NONBLOCK;
    switch (word) {
        case Word::number:
            return std::to_string(static_cast<int>(as_int));
        case Word::folder:
            return static_cast<int>(as_int) == AT_FDCWD ? "AT_FDCWD" : written(Word::number, as_int);
        case Word::path:
            return argument == 0 ? "NULL" : hex(argument);
        case Word::hex:
            return argument == 0 ? "0" : hex(argument);
        case Word::mode: {
            char text[16];
            std::snprintf(text, sizeof text, "0%o", static_cast<unsigned>(as_int));
            return text;
        }
        case Word::open:
            return opened(as_int);
        case Word::domain:
            return name_in(domains, as_int);
        case Word::socket:
            return with_bits(name_in(sockets, as_int & ~flags_of_socket), socket_flags, as_int & flags_of_socket);
        case Word::signal:
            return signalled(as_int);
        case Word::protection:
            return argument == 0 ? "PROT_NONE" : with_bits("", protections, argument);
        case Word::mapping:
            return mapped(argument);
        case Word::clone:
            return cloned(as_int);
        case Word::trace:
            return name_in(traces, argument);
        case Word::process:
            return name_in(process_options, as_int);
        case Word::command:
            return name_in(commands, as_int);
        case Word::request:
            return name_in(requests, as_int);
        case Word::limit:
            return name_in(limits, as_int);
    }
    return hex(argument);
}

}  // namespace dragoman
