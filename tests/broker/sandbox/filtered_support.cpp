#include "tests/broker/sandbox/filtered.hpp"

#include <fcntl.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <stdexcept>

namespace dragoman::tests {
namespace {

/// A socket message that carries one descriptor.
struct Parcel {
    char nothing = 0;
    iovec part{&nothing, 1};
    alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
    msghdr message{};
    Parcel() {
        message.msg_iov = &part;
        message.msg_iovlen = 1;
        message.msg_control = control;
        message.msg_controllen = sizeof control;
    }
    Parcel(const Parcel&) = delete;
    Parcel& operator=(const Parcel&) = delete;
};

bool send_descriptor(int socket, int descriptor) {
    Parcel parcel;
    cmsghdr* const head = CMSG_FIRSTHDR(&parcel.message);
    head->cmsg_level = SOL_SOCKET;
    head->cmsg_type = SCM_RIGHTS;
    head->cmsg_len = CMSG_LEN(sizeof(int));
    std::memcpy(CMSG_DATA(head), &descriptor, sizeof descriptor);
    return sendmsg(socket, &parcel.message, 0) == 1;
}

int receive_descriptor(int socket) {
    Parcel parcel;
    if (recvmsg(socket, &parcel.message, MSG_CMSG_CLOEXEC) <= 0) return -1;
    const cmsghdr* const head = CMSG_FIRSTHDR(&parcel.message);
    if (head == nullptr) return -1;
    int descriptor = -1;
    std::memcpy(&descriptor, CMSG_DATA(head), sizeof descriptor);
    return descriptor;
}

/// In the child. False: errno says why.
bool load(std::vector<sock_filter>& filter, const FilterOptions& options, int socket) {
    rlimit files{};
    if (getrlimit(RLIMIT_NOFILE, &files) != 0) return false;
    files.rlim_cur = refusal_socket + 1;
    if (setrlimit(RLIMIT_NOFILE, &files) != 0 || dup3(socket, refusal_socket, O_CLOEXEC) < 0) return false;
    files.rlim_cur = files.rlim_max = refusal_socket;
    if (setrlimit(RLIMIT_NOFILE, &files) != 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return false;
    if (!options.pid_namespace) patch_own_pid(filter.data(), filter.size(), getpid());
    const sock_fprog program{static_cast<unsigned short>(filter.size()), filter.data()};
    const bool told = options.told || options.told_opens;
    const long listener =
        syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, told ? SECCOMP_FILTER_FLAG_NEW_LISTENER : 0, &program);
    if (listener < 0) return false;
    return !told ||
           (send_descriptor(refusal_socket, static_cast<int>(listener)) && close(static_cast<int>(listener)) == 0);
}

std::string path_at(pid_t pid, std::uint64_t address) {
    char text[256] = {};
    const iovec here{text, sizeof text - 1};
    const iovec there{reinterpret_cast<void*>(address), sizeof text - 1};
    return process_vm_readv(pid, &here, 1, &there, 1, 0) > 0 ? text : "";
}

/// As the launcher does.
void answer(int listener, pid_t script, std::vector<std::string>& told) {
    seccomp_notif call{};
    if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &call) != 0) return;
    seccomp_notif_resp response{};
    response.id = call.id;
    const Verdict verdict = verdict_of(call.data.nr);
    if (opens_to_read(call.data.nr, reinterpret_cast<const std::uint64_t*>(call.data.args)))
        response.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
    else
        response.error = -verdict.error;
    RefusedCall refused;
    refused.number = call.data.nr;
    std::memcpy(refused.arguments.data(), call.data.args, sizeof call.data.args);
    if (call.data.nr == SYS_openat) refused.path = path_at(static_cast<pid_t>(call.pid), call.data.args[1]);
#ifdef SYS_mkdir
    if (call.data.nr == SYS_mkdir) refused.path = path_at(static_cast<pid_t>(call.pid), call.data.args[0]);
#endif
    told.push_back(describe(refused));
    if (verdict.fatal && response.flags == 0)
        kill(script, SIGKILL);
    else
        ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &response);
}

std::string ended(int status) {
    if (WIFSIGNALED(status)) return "SIG" + std::string(sigabbrev_np(WTERMSIG(status)));
    return "exit " + std::to_string(WEXITSTATUS(status));
}

/// Listens until the output ends.
void listen_to(int output, int listener, pid_t script, Filtered& seen) {
    std::array<pollfd, 2> events{pollfd{output, POLLIN, 0}, pollfd{listener, POLLIN, 0}};
    for (;;) {
        if (poll(events.data(), events.size(), 60'000) <= 0) {
            kill(script, SIGKILL);
            seen.output += "(no end within a minute)";
            return;
        }
        if ((events[1].revents & POLLIN) != 0) answer(listener, script, seen.told);
        if ((events[1].revents & POLLHUP) != 0) events[1].fd = -1;
        if (events[0].revents == 0) continue;
        char bytes[4096];
        const ssize_t size = read(output, bytes, sizeof bytes);
        if (size <= 0) return;
        seen.output.append(bytes, static_cast<std::size_t>(size));
    }
}

Filtered run_child(const FilterOptions& options, const std::function<int()>& child, const std::string& input) {
    std::vector<sock_filter> filter = make_filter(options);
    int in[2];
    int out[2];
    int sockets[2];
    if (pipe2(in, O_CLOEXEC) != 0 || pipe2(out, O_CLOEXEC) != 0 ||
        socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets) != 0)
        throw std::runtime_error(std::strerror(errno));
    (void)!write(in[1], input.data(), input.size());  // it fits into the pipe
    close(in[1]);
    const pid_t script = fork();
    if (script == 0) {
        dup2(in[0], 0);
        dup2(out[1], 1);
        dup2(out[1], 2);
        close(sockets[0]);
        if (!load(filter, options, sockets[1])) _exit(111);
        close(sockets[1]);  // the one at refusal_socket goes with exec
        _exit(child());
    }
    for (const int descriptor : {in[0], out[1], sockets[1]}) close(descriptor);
    const int listener = options.told || options.told_opens ? receive_descriptor(sockets[0]) : -1;
    Filtered seen;
    listen_to(out[0], listener, script, seen);
    int status = 0;
    waitpid(script, &status, 0);
    seen.end = ended(status);
    for (const int descriptor : {out[0], sockets[0], listener}) close(descriptor);
    return seen;
}

}  // namespace

Filtered run_filtered(const FilterOptions& options, const std::vector<std::string>& program, const std::string& input,
                      const std::string& folder) {
    std::vector<char*> arguments;
    for (const std::string& argument : program) arguments.push_back(const_cast<char*>(argument.c_str()));
    arguments.push_back(nullptr);
    const std::string home = "HOME=" + folder;
    const std::array<const char*, 5> environment{"PATH=/usr/local/bin:/usr/bin:/bin", home.c_str(), "LANG=C.UTF-8",
                                                 "PYTHONDONTWRITEBYTECODE=1", nullptr};
    return run_child(
        options,
        [&] {
            if (chdir(folder.c_str()) == 0)
                execve(arguments[0], arguments.data(), const_cast<char**>(environment.data()));
            return 112;
        },
        input);
}

std::string tried(const FilterOptions& options, const std::function<long()>& call) {
    const Filtered seen = run_child(
        options,
        [&] {
            errno = 0;
            const std::string result = call() >= 0 ? "ok" : strerrorname_np(errno);
            return write(1, result.data(), result.size()) > 0 ? 0 : 113;
        },
        "");
    return seen.end == "exit 0" ? seen.output : seen.end;
}

}  // namespace dragoman::tests
