#pragma once
// What the broker and its launcher say to each other: one format, read by both ends.
//
// Broker -> launcher (SOCK_SEQPACKET): a RequestHead, then `cwd`, the arguments and the environment, each ended by NUL.
// With it travel descriptors: the script's end of its status socket, then what becomes descriptor 0, 1, 2, ... of the
// script.
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
/// Arguments, and environment variables.
inline constexpr std::size_t most_words = 4096;

struct RequestHead {
    std::uint32_t arguments = 0;
    std::uint32_t environment = 0;
    /// Added to the script's nice value: compilers run at low priority.
    std::int32_t nice = 0;
};

/// The steps between clone and exec, in their order.
enum class Step : std::uint32_t { none, clone, group, descriptors, limits, directory, privileges, execute };

enum class StatusKind : std::uint32_t {
    started,  // `pid` is the script's, as the broker sees it
    failed,   // `step` and `error`: nothing was executed
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
};

/// The launcher's first word to the broker.
struct Greeting {
    /// Each script gets a pid namespace of its own: nothing in it can outlive its minder.
    std::int32_t pid_namespaces = 0;
    std::int32_t error = 0;  // errno, where they are refused
};

}  // namespace dragoman::launch
