#include "broker/launch/launcher/refusals.hpp"

#include <fcntl.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <bit>
#include <cerrno>
#include <cstdint>
#include <cstring>

#include "broker/launch/launcher/minder.hpp"
#include "broker/sandbox/verdict.hpp"

namespace dragoman::launch {
namespace {

/// More than that of one script interests nobody; they are still refused.
constexpr int most_told = 64;
/// Of the opens that are only looked at: a run time's own start makes hundreds.
constexpr int most_opens_told = 4096;

/// Which argument of a call is a path; -1: none.
int path_argument(int number) {
    switch (number) {
#ifdef SYS_open
        case SYS_open:
        case SYS_creat:
        case SYS_unlink:
        case SYS_mkdir:
        case SYS_rmdir:
        case SYS_rename:
        case SYS_link:
        case SYS_symlink:
        case SYS_chmod:
        case SYS_chown:
        case SYS_lchown:
        case SYS_mknod:
#endif
        case SYS_chroot:
        case SYS_truncate:
        case SYS_execve:
            return 0;
        case SYS_openat:
        case SYS_openat2:
        case SYS_unlinkat:
        case SYS_mkdirat:
        case SYS_mknodat:
        case SYS_renameat2:
        case SYS_linkat:
        case SYS_fchmodat:
        case SYS_fchownat:
        case SYS_execveat:
        case SYS_mount:
            return 1;
        default:
            return -1;
    }
}

void read_path(pid_t pid, std::uint64_t address, char* to, std::size_t room) {
    const iovec here{to, room - 1};
    // Not past the page: what lies behind it may not be there.
    const std::size_t page_rest = 4096 - address % 4096;
    const iovec there{std::bit_cast<void*>(static_cast<std::uintptr_t>(address)),
                      room - 1 < page_rest ? room - 1 : page_rest};
    const ssize_t size = process_vm_readv(pid, &here, 1, &there, 1, 0);
    to[size > 0 ? size : 0] = '\0';
}

}  // namespace

int take_listener(int socket) {
    char nothing = 0;
    iovec part{&nothing, 1};
    alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))];
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    if (recvmsg(socket, &message, MSG_CMSG_CLOEXEC) <= 0) return -1;
    const cmsghdr* const head = CMSG_FIRSTHDR(&message);
    if (head == nullptr || head->cmsg_type != SCM_RIGHTS) return -1;
    int listener = -1;
    std::memcpy(&listener, CMSG_DATA(head), sizeof listener);
    return listener;
}

bool Refusals::answer() {
    seccomp_notif call{};  // the kernel wants it zeroed
    if (ioctl(listener_, SECCOMP_IOCTL_NOTIF_RECV, &call) != 0) return errno == EINTR || errno == ENOENT;
    seccomp_notif_resp response{};
    response.id = call.id;
    Verdict verdict;
    const bool only_looked_at = opens_to_read(call.data.nr, reinterpret_cast<const std::uint64_t*>(call.data.args));
    if (only_looked_at)
        response.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
    else
        verdict = verdict_of(call.data.nr);
    response.error = -verdict.error;
    if (int& told = only_looked_at ? opens_told_ : told_; told < (only_looked_at ? most_opens_told : most_told)) {
        ++told;
        Status status;
        status.kind = StatusKind::refused;
        status.call = call.data.nr;
        status.fatal = verdict.fatal ? 1 : 0;
        std::memcpy(status.arguments, call.data.args, sizeof status.arguments);
        if (const int path = path_argument(call.data.nr); path >= 0)
            read_path(static_cast<pid_t>(call.pid), call.data.args[path], status.path, sizeof status.path);
        tell(status_, status);
    }
    if (verdict.fatal) {
        kill(script_, SIGKILL);
        kill(static_cast<pid_t>(call.pid), SIGKILL);  // a child of the script's waits for its answer
        return true;
    }
    (void)!ioctl(listener_, SECCOMP_IOCTL_NOTIF_SEND, &response);  // it may have been killed meanwhile
    return true;
}

}  // namespace dragoman::launch
