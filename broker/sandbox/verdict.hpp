#pragma once

#include <linux/filter.h>
#include <sys/types.h>

#include <cstddef>
#include <cstdint>

// What the filter and the launcher, which answers the calls that are told to it, have to agree on. Needs nothing but
// the language: the launcher is built without its library.

namespace dragoman {

/// What becomes of a call that the filter does not allow.
struct Verdict {
    /// SIGKILL for the script.
    bool fatal = false;
    /// Otherwise the call fails with this: ENOSYS where run times fall back to an older call, EPERM elsewhere.
    int error = 0;
};

/// `number`: of a system call of this machine's own ABI.
Verdict verdict_of(int number);

/// An open or openat that changes nothing: what FilterOptions::told_opens tells, to be let through.
bool opens_to_read(int number, const std::uint64_t* arguments);

/// The one descriptor through which the filter lets messages out: the child hands the listener to its minder there,
/// between filter and exec. RLIMIT_NOFILE is at most this, so that no script can own the number.
inline constexpr int refusal_socket = 1000;

/// Stands in the filter for the script's own pid, which nobody knows when the filter is made.
inline constexpr std::uint32_t own_pid_marker = 0x7ffffffd;
/// Writes `own` where the marker is. Only a filter without a pid namespace has it.
void patch_own_pid(sock_filter* instructions, std::size_t count, pid_t own);

}  // namespace dragoman
