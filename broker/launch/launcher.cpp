#include "broker/launch/launcher.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <cerrno>
#include <cstring>
#include <system_error>

#include "protocol/line.hpp"

extern char** environ;

namespace dragoman {
namespace {

std::string reason(int error) { return std::generic_category().message(error); }

void set_size(int socket, int option, std::size_t size) {
    const int value = static_cast<int>(size);
    setsockopt(socket, SOL_SOCKET, option, &value, sizeof value);  // the default does where this is refused
}

void append_text(std::string& to, std::string_view text) {
    if (text.find('\0') != std::string_view::npos)
        throw LaunchError("a NUL byte in an argument: " + std::string(text.data()));
    to.append(text).push_back('\0');
}

std::string encode(const LaunchOrder& order) {
    launch::RequestHead head;
    head.arguments = static_cast<std::uint32_t>(order.arguments.size());
    head.environment = static_cast<std::uint32_t>(order.environment.size());
    head.mounts = static_cast<std::uint32_t>(order.mounts.size() * 2);
    head.filter = order.filter ? static_cast<std::uint32_t>(order.filter->size()) : 0;
    head.nice = order.nice;
    head.runs_programs = order.runs_programs ? 1 : 0;
    head.self_test = order.self_test ? 1 : 0;
    head.told = order.told && order.filter ? 1 : 0;
    head.limits = order.limits;
    std::string request(sizeof head + head.filter * sizeof(sock_filter), '\0');
    std::memcpy(request.data(), &head, sizeof head);
    if (order.filter)
        std::memcpy(request.data() + sizeof head, order.filter->data(), head.filter * sizeof(sock_filter));
    append_text(request, order.directory.string());
    for (const auto& argument : order.arguments) append_text(request, argument);
    for (const auto& variable : order.environment) append_text(request, variable);
    for (const Mount& mount : order.mounts) {
        append_text(request, mount.kind + mount.target.string());
        append_text(request, mount.source.string());
    }
    return request;
}

/// An event loop's signal handlers interrupt system calls.
template <class Call>
auto uninterrupted(Call call) {
    auto result = call();
    while (result < 0 && errno == EINTR) result = call();
    return result;
}

}  // namespace

Launcher::Launcher(boost::asio::io_context& io, std::vector<std::string> command)
    : io_(io), command_(std::move(command)), scratch_(std::make_unique<char[]>(scratch_size + LineSplitter::padding)) {
    spawn();
}

Launcher::~Launcher() { reap(); }

/// No zombie is left of it in a program that embeds the broker.
void Launcher::reap() {
    socket_.reset();
    if (pid_ <= 0) return;
    // It sees the end of the socket and reaps its minders first: where nobody reaps orphans they would stay as zombies.
    const Descriptor process(static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0)));
    pollfd ended{process.get(), POLLIN, 0};
    if (process) ::poll(&ended, 1, 300);
    ::kill(pid_, SIGKILL);
    uninterrupted([this] { return ::waitpid(pid_, nullptr, 0); });
    pid_ = 0;
}

void Launcher::spawn() {
    reap();
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
        throw LaunchError("cannot make a socket for the launcher: " + reason(errno));
    Descriptor ours(ends[0]);
    Descriptor theirs(ends[1]);
    set_size(ours.get(), SO_SNDBUF, launch::largest_request * 2);

    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    if (theirs.get() == launch::launcher_socket) {
        // dup2 onto itself would leave it close-on-exec.
        fcntl(theirs.get(), F_SETFD, 0);
    } else {
        posix_spawn_file_actions_adddup2(&actions, theirs.get(), launch::launcher_socket);
    }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addclosefrom_np(&actions, launch::launcher_socket + 1);
    const std::string& path = command_.front();
    std::vector<char*> arguments;
    for (std::string& word : command_) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    const int error = posix_spawn(&pid_, path.c_str(), &actions, nullptr, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    if (error != 0) throw LaunchError("cannot start " + path + ": " + reason(error));
    theirs.reset();

    pollfd event{ours.get(), POLLIN, 0};
    const bool answers = uninterrupted([&] { return poll(&event, 1, 10'000); }) == 1;
    if (!answers || recv(ours.get(), &greeting_, sizeof greeting_, 0) != sizeof greeting_)
        throw LaunchError(command_.front() + " does not answer");
    socket_ = std::move(ours);
}

const char* describe(launch::Step step) {
    using launch::Step;
    switch (step) {
        case Step::user_namespace:
            return "making a user namespace for";
        case Step::namespaces:
            return "making namespaces for";
        case Step::stage:
            return "building a root folder for";
        case Step::devices:
            return "showing devices to";
        case Step::landlock_there:
            return "finding Landlock for";
        case Step::clone:
            return "making a process for";
        case Step::root:
            return "building the root folder of";
        case Step::mounts:
            return "mounting a folder for";
        case Step::pivot:
            return "changing the root folder of";
        case Step::group:
            return "making a process group for";
        case Step::descriptors:
            return "setting up the descriptors of";
        case Step::user:
            return "taking another user for";
        case Step::limits:
            return "setting the limits of";
        case Step::directory:
            return "entering the folder of";
        case Step::privileges:
            return "giving up privileges for";
        case Step::landlock:
            return "setting up Landlock for";
        case Step::filter:
            return "loading the system-call filter of";
        case Step::execute:
            return "executing";
        case Step::none:
        case Step::mapped_mounts:
            break;
    }
    return "starting";
}

Descriptor Launcher::start(const LaunchOrder& order, std::span<const int> descriptors) {
    if (order.arguments.empty()) throw LaunchError("there is no command to execute");
    if (order.arguments.size() > launch::most_words || order.environment.size() > launch::most_words)
        throw LaunchError("more than " + std::to_string(launch::most_words) + " arguments, or environment variables");
    const std::string request = encode(order);
    if (request.size() > launch::largest_request)
        throw LaunchError("command, environment and mounts take " + std::to_string(request.size()) +
                          " bytes; the limit is " + std::to_string(launch::largest_request));

    int ends[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
        throw LaunchError("cannot make a socket for a script: " + reason(errno) +
                          (errno == EMFILE ? " (raise `ulimit -n`)" : ""));
    Descriptor ours(ends[0]);
    const Descriptor theirs(ends[1]);
    const int on = 1;
    setsockopt(ours.get(), SOL_SOCKET, SO_PASSCRED, &on, sizeof on);

    alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int) * (launch::most_descriptors + 1))] = {};
    const std::size_t count = descriptors.size() + 1;
    iovec part{const_cast<char*>(request.data()), request.size()};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control;
    message.msg_controllen = CMSG_SPACE(sizeof(int) * count);
    cmsghdr* const rights = CMSG_FIRSTHDR(&message);
    rights->cmsg_level = SOL_SOCKET;
    rights->cmsg_type = SCM_RIGHTS;
    rights->cmsg_len = CMSG_LEN(sizeof(int) * count);
    const int status = theirs.get();
    std::memcpy(CMSG_DATA(rights), &status, sizeof status);
    std::memcpy(CMSG_DATA(rights) + sizeof status, descriptors.data(), sizeof(int) * descriptors.size());

    const auto send = [&] { return uninterrupted([&] { return sendmsg(socket_.get(), &message, MSG_NOSIGNAL); }); };
    if (send() < 0) {
        // EBADF: it was killed, and could not be started again the last time.
        if (errno != EPIPE && errno != ECONNRESET && errno != EBADF)
            throw LaunchError("cannot ask the launcher: " + reason(errno));
        ++restarts_;
        spawn();  // it was killed; its scripts died with it, this one is the first of the next
        if (send() < 0) throw LaunchError("cannot ask the launcher: " + reason(errno));
    }
    return ours;
}

}  // namespace dragoman
