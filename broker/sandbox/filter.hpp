#pragma once

#include <linux/filter.h>

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "broker/sandbox/verdict.hpp"

namespace dragoman {

/// Which system calls a script may make. Allowed is what the run times need; all else is refused: in a way that lets
/// them fall back (ENOSYS, EPERM), or, for what no honest program tries (ptrace, mount, foreign ABIs), with its end.
struct FilterOptions {
    /// fork, vfork, clone; wait, groups and sessions. (exec is let through always: the filter is loaded before it.
    /// Which programs there are to execute is up to the mounts and Landlock.)
    bool processes = false;
    /// Open for writing, create, rename, remove, chmod: the mounts and Landlock say where.
    bool writes = false;
    /// It has a pid namespace of its own; without one it may signal nobody but itself, and patch_own_pid() has to say
    /// who that is.
    bool pid_namespace = true;
    /// What is refused is told to the minder (SECCOMP_RET_USER_NOTIF), which names it to the script's author and
    /// answers in the kernel's place; but for what run times try at each start and do without. False: the kernel
    /// answers by itself.
    bool told = true;
    /// Every open for reading is told too (and then let through), so that it can be said what a script looked for and
    /// did not find.
    bool told_opens = false;
    /// Descriptors can be received, and mapped shared and writable: columns of the world.
    bool shared_columns = false;
};

/// The filter as the kernel takes it. Built by libseccomp; throws std::runtime_error where it cannot be.
std::vector<sock_filter> make_filter(const FilterOptions& options);

/// A system call as it was refused.
struct RefusedCall {
    int number = 0;
    std::array<std::uint64_t, 6> arguments{};
    /// What its path argument pointed to, where it has one and it could be read.
    std::string path;
    /// It cost the script its life.
    bool fatal = false;
};

/// As its author would have written it: `open("/etc/passwd", O_WRONLY)`, `socket(AF_INET, SOCK_STREAM)`, `fork()`.
std::string describe(const RefusedCall& call);
/// A new process was asked for, not a thread.
bool makes_process(const RefusedCall& call);

}  // namespace dragoman
