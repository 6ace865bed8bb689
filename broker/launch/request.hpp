#pragma once
// What the broker and its launcher say to each other: one format, read by both ends.
//
// Broker -> launcher (SOCK_SEQPACKET): a RequestHead; the filter's instructions (sock_filter); then texts, each ended
// by NUL: `cwd`, the arguments, the environment, the mounts. With it travel descriptors: the script's end of its status
// socket, then what becomes descriptor 0, 1, 2, ... of the script.
//
// Minder -> broker (the status socket, SOCK_SEQPACKET): Status messages. The minder is the launcher's child that holds
// one script: the script's parent, and the last of its processes to go. End of file on the broker's side of the socket,
// for whatever reason, is the minder's order to kill all that the script started; end of file on the minder's side
// means that all of it is gone.

#include <cstddef>
#include <cstdint>

namespace dragoman::launch {

/// The descriptor on which the launcher finds its socket.
inline constexpr int launcher_socket = 3;
inline constexpr std::size_t most_descriptors = 8;
/// Arguments and environment together; what the kernel's default for socket buffers lets through.
inline constexpr std::size_t largest_request = std::size_t{192} << 10;
/// Arguments, environment variables.
inline constexpr std::size_t most_words = 4096;
/// Of mounts, two for each.
inline constexpr std::size_t most_mount_texts = 16384;
inline constexpr std::size_t longest_filter = 4096;

/// How a launcher holds its scripts: its argument behind --serve.
namespace tier {
/// Not at all: limits only.
inline constexpr const char* plain = "plain";
/// Namespaces, a root of its own for each script, Landlock where there is one, the filter.
inline constexpr const char* cage = "cage";
/// Landlock and the filter, without namespaces.
inline constexpr const char* landlock = "landlock";
}  // namespace tier

/// A mount is two texts: one of these and the full path at which the script sees it; the full path of what it sees,
/// without symbolic links.
namespace mount_kind {
inline constexpr char read = 'r';
/// The same; need not exist.
inline constexpr char read_if_there = 'o';
inline constexpr char write = 'w';
/// A folder of the script's own, of which it sees nothing but the entries that follow.
inline constexpr char folder = 'f';
/// One of them: its name, and nothing. What has another name, or came later, is not there.
inline constexpr char entry = 'e';
/// A symbolic link; the second text is what it says.
inline constexpr char link = 'l';
/// A file in one of the others that the script may not open.
inline constexpr char mask = 'm';
}  // namespace mount_kind

/// Zeros leave the launcher's own limit in place.
struct RequestLimits {
    std::uint64_t memory = 0;         // RLIMIT_DATA, bytes
    std::uint64_t address_space = 0;  // RLIMIT_AS, bytes
    std::uint64_t file_size = 0;      // RLIMIT_FSIZE, bytes
    std::uint64_t scratch = 0;        // a /tmp of its own, bytes; 0: none
    std::uint32_t cpu_seconds = 0;    // RLIMIT_CPU
    std::uint32_t files = 0;          // RLIMIT_NOFILE
    std::uint32_t tasks = 0;          // RLIMIT_NPROC: processes and threads, where it has a user namespace of its own
    std::uint32_t stack_kb = 0;       // RLIMIT_STACK
};

struct RequestHead {
    std::uint32_t arguments = 0;
    std::uint32_t environment = 0;
    std::uint32_t mounts = 0;
    /// Instructions; 0: none.
    std::uint32_t filter = 0;
    /// Added to the script's nice value: compilers run at low priority.
    std::int32_t nice = 0;
    /// May execute every program that it sees, not only its own.
    std::uint32_t runs_programs = 0;
    /// Nothing is executed: the process tries to get out (self_test.hpp).
    std::uint32_t self_test = 0;
    /// The filter has a listener: refused calls are told.
    std::uint32_t told = 0;
    RequestLimits limits;
};
static_assert(sizeof(RequestHead) % 8 == 0, "the filter's instructions follow");

/// What the launcher and its children do on the way to a script, in their order.
enum class Step : std::uint32_t {
    none,
    // the launcher, once
    user_namespace,
    namespaces,
    stage,
    devices,
    mapped_mounts,
    landlock_there,
    // the minder
    clone,
    root,
    mounts,
    pivot,
    // the script's process, up to exec
    group,
    descriptors,
    user,
    limits,
    directory,
    privileges,
    landlock,
    filter,
    execute,
};

enum class StatusKind : std::uint32_t {
    started,  // `pid` is the script's, as the broker sees it
    failed,   // `step`, `error` and perhaps `path`: nothing was executed
    refused,  // `call`, `arguments`, `path`: a system call that was not let through, or an open that was
    ended,    // `wait_status`, `cpu_us`, `peak_kb`; what it left behind is being killed
};

struct Status {
    StatusKind kind{};
    Step step{};
    std::int32_t pid = 0;
    std::int32_t error = 0;
    std::int32_t wait_status = 0;
    std::int64_t cpu_us = 0;
    std::int64_t peak_kb = 0;
    std::int32_t call = 0;
    std::int32_t fatal = 0;
    std::uint64_t arguments[6] = {};
    char path[256] = {};  // ended by NUL; cut where it is longer
};

/// The launcher's first word to the broker.
struct Greeting {
    /// Each script gets a pid namespace of its own: nothing in it can outlive its minder.
    std::int32_t pid_namespaces = 0;
    /// 0 where Landlock is not there or not asked for.
    std::int32_t landlock = 0;
    /// As root: the uid that scripts run as; and whether folders that only root may read can be shown to it.
    std::uint32_t script_uid = 0;
    std::int32_t mapped_mounts = 0;
    /// Where the tier cannot be had (or, for the plain one, pid namespaces): which step, and errno.
    Step step{};
    std::int32_t error = 0;
};

}  // namespace dragoman::launch
