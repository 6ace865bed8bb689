#include "broker/sandbox/verdict.hpp"

#include <fcntl.h>
#include <sys/syscall.h>

#include <cerrno>

namespace dragoman {
namespace {

// Numbers that this machine's headers may not know yet. From 424 on they are the same on every architecture.
constexpr int last_old_number = 448;
constexpr int open_tree_attr = 467;

/// No honest program tries these: they reach into other processes or take the machine apart.
bool is_fatal(int number) {
    switch (number) {
        case SYS_ptrace:
        case SYS_process_vm_readv:
        case SYS_process_vm_writev:
        case SYS_process_madvise:
        case SYS_pidfd_getfd:
        case SYS_mount:
        case SYS_umount2:
        case SYS_pivot_root:
        case SYS_chroot:
        case SYS_open_tree:
        case open_tree_attr:
        case SYS_move_mount:
        case SYS_fsopen:
        case SYS_fsconfig:
        case SYS_fsmount:
        case SYS_fspick:
        case SYS_mount_setattr:
        case SYS_unshare:
        case SYS_setns:
        case SYS_open_by_handle_at:
        case SYS_kexec_load:
        case SYS_init_module:
        case SYS_finit_module:
        case SYS_delete_module:
        case SYS_reboot:
        case SYS_swapon:
        case SYS_swapoff:
        case SYS_quotactl:
        case SYS_quotactl_fd:
        case SYS_acct:
        case SYS_vhangup:
#ifdef SYS_kexec_file_load
        case SYS_kexec_file_load:
#endif
#ifdef __x86_64__
        case SYS_iopl:
        case SYS_ioperm:
        case SYS_modify_ldt:
        case SYS_create_module:
        case SYS_query_module:
        case SYS_get_kernel_syms:
        case SYS_nfsservctl:
#endif
            return true;
        default:
            return false;
    }
}

/// Programs try these first and an older call next, which they do only where the kernel "does not know" the first; and
/// what is new may be tried by tomorrow's run times.
bool is_optional(int number) {
    switch (number) {
        case SYS_clone3:
        case SYS_openat2:
        case SYS_memfd_create:
        case SYS_pidfd_open:
        case SYS_pidfd_send_signal:
        case SYS_io_uring_setup:
        case SYS_io_uring_enter:
        case SYS_io_uring_register:
        case SYS_userfaultfd:
        case SYS_bpf:
        case SYS_perf_event_open:
        case SYS_copy_file_range:
        case SYS_splice:
        case SYS_tee:
        case SYS_vmsplice:
        case SYS_pkey_alloc:
        case SYS_pkey_free:
        case SYS_pkey_mprotect:
        case SYS_futex:  // the priority-inheriting ones: no such mutexes here
        case SYS_process_mrelease:
        case SYS_landlock_create_ruleset:
        case SYS_landlock_add_rule:
        case SYS_landlock_restrict_self:
#ifdef SYS_memfd_secret
        case SYS_memfd_secret:
#endif
            return true;
        default:
            return number < 0 || number > last_old_number;
    }
}

}  // namespace

Verdict verdict_of(int number) {
    // Keys (add_key, request_key, keyctl) are not fatal: libraries that look for a Kerberos ticket try them.
    if (is_fatal(number)) return {true, EPERM};
    return {false, is_optional(number) ? ENOSYS : EPERM};
}

bool opens_to_read(int number, const std::uint64_t* arguments) {
    constexpr std::uint64_t changes = O_ACCMODE | O_CREAT | O_TRUNC | (O_TMPFILE & ~O_DIRECTORY);
    if (number == SYS_openat) return (arguments[2] & changes) == 0;
#ifdef SYS_open
    if (number == SYS_open) return (arguments[1] & changes) == 0;
#endif
    return false;
}

void patch_own_pid(sock_filter* instructions, std::size_t count, pid_t own) {
    for (std::size_t i = 0; i < count; ++i)
        if (instructions[i].code == (BPF_JMP | BPF_JEQ | BPF_K) && instructions[i].k == own_pid_marker)
            instructions[i].k = static_cast<std::uint32_t>(own);
}

}  // namespace dragoman
