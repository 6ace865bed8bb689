#include "broker/launch/launcher.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>

#include "protocol/line.hpp"

extern char** environ;

namespace dragoman {
namespace {

constexpr std::chrono::seconds longest_start{10};

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

std::size_t mount_texts(const LaunchOrder& order) {
    std::size_t count = order.mounts.size();
    for (const Mount& mount : order.mounts) count += mount.entries.size();
    return 2 * count;
}

std::string encode(const LaunchOrder& order) {
    launch::RequestHead head;
    head.arguments = static_cast<std::uint32_t>(order.arguments.size());
    head.environment = static_cast<std::uint32_t>(order.environment.size());
    head.mounts = static_cast<std::uint32_t>(mount_texts(order));
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
        for (const std::string& entry : mount.entries) {
            append_text(request, launch::mount_kind::entry + entry);
            append_text(request, {});
        }
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

Launcher::Launcher(boost::asio::io_context& io, std::vector<std::string> command, LauncherStart start)
    : io_(io),
      command_(std::move(command)),
      start_(std::move(start)),
      scratch_(std::make_unique<char[]>(scratch_size + LineSplitter::padding)) {
    try {
        spawn();
        if (!start_.in_background) wait_for_greeting();
    } catch (...) {
        end();  // what was started in front of it is nobody else's to reap
        throw;
    }
}

Launcher::~Launcher() { end(); }

/// No zombie is left of it in a program that embeds the broker.
void Launcher::end() {
    const bool serves = pid_ > 0 && greets();
    socket_.reset();
    if (pid_ <= 0) return;
    // It sees the end of the socket and reaps its minders first: where nobody reaps orphans they would stay as zombies.
    const Descriptor process(static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0)));
    pollfd ended{process.get(), POLLIN, 0};
    if (process && serves) ::poll(&ended, 1, 300);
    ::kill(pid_, SIGKILL);
    uninterrupted([this] { return ::waitpid(pid_, nullptr, 0); });
    pid_ = 0;
}

void Launcher::spawn() {
    end();
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
        throw LaunchError("cannot make a socket for the launcher: " + reason(errno));
    Descriptor ours(ends[0]);
    const Descriptor theirs(ends[1]);
    set_size(ours.get(), SO_SNDBUF, launch::largest_request * 2);
    Descriptor input;
    Descriptor output;
    if (start_.in_background) {
        // Pipes, as its scripts will have them: an interpreter looks at its 0, 1 and 2 once, when it starts.
        if (pipe2(ends, O_CLOEXEC) != 0) throw LaunchError("cannot make a pipe: " + reason(errno));
        input = Descriptor(ends[0]);
        Descriptor(ends[1]).reset();
        if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) throw LaunchError("cannot make a pipe: " + reason(errno));
        words_ = Descriptor(ends[0]);
        output = Descriptor(ends[1]);
    }
    spawn_process(theirs.get(), input.get(), output.get());
    socket_ = std::move(ours);
    greeted_ = false;
}

void Launcher::spawn_process(int socket, int input, int output) {
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    if (input >= 0)
        posix_spawn_file_actions_adddup2(&actions, input, 0);
    else
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    if (output >= 0) {
        posix_spawn_file_actions_adddup2(&actions, output, 1);
        posix_spawn_file_actions_adddup2(&actions, output, 2);
    }
    if (socket == launch::launcher_socket) {
        // dup2 onto itself would leave it close-on-exec.
        fcntl(socket, F_SETFD, 0);
    } else {
        posix_spawn_file_actions_adddup2(&actions, socket, launch::launcher_socket);
    }
    posix_spawn_file_actions_addclosefrom_np(&actions, launch::launcher_socket + 1);
    // A ctrl-C in the terminal is the broker's to handle, whatever stands before the launcher.
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);

    const auto pointers = [](std::vector<std::string>& words) {
        std::vector<char*> all;
        for (std::string& word : words) all.push_back(word.data());
        all.push_back(nullptr);
        return all;
    };
    const std::vector<char*> arguments = pointers(command_);
    const std::vector<char*> environment = pointers(start_.environment);
    const int error = posix_spawn(&pid_, command_.front().c_str(), &actions, &attributes, arguments.data(),
                                  start_.environment.empty() ? environ : environment.data());
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    if (error != 0) throw LaunchError("cannot start " + command_.front() + ": " + reason(error));
}

void Launcher::wait_for_greeting() {
    if (greets(longest_start)) return;
    socket_.reset();
    throw LaunchError(command_.front() + " does not answer");
}

bool Launcher::greets(std::chrono::milliseconds patience) {
    if (greeted_ || !socket_) return greeted_;
    pollfd event{socket_.get(), POLLIN, 0};
    if (patience.count() > 0) uninterrupted([&] { return poll(&event, 1, static_cast<int>(patience.count())); });
    greeted_ = recv(socket_.get(), &greeting_, sizeof greeting_, MSG_DONTWAIT) == sizeof greeting_;
    return greeted_;
}

bool Launcher::gone() const {
    pollfd event{socket_.get(), POLLIN, 0};
    return !socket_ || (poll(&event, 1, 0) == 1 && (event.revents & (POLLHUP | POLLERR)) != 0);
}

std::string Launcher::last_words() const {
    std::string all(4096, '\0');
    std::size_t size = 0;
    // More than a few lines is a program that prints on and on: its beginning does.
    if (const ssize_t got = words_ ? read(words_.get(), all.data(), all.size()) : 0; got > 0)
        size = static_cast<std::size_t>(got);
    all.resize(size);
    while (!all.empty() && all.back() == '\n') all.pop_back();
    return all.substr(all.rfind('\n') + 1);
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
    if (mount_texts(order) > launch::most_mount_texts)
        throw LaunchError("more than " + std::to_string(launch::most_mount_texts / 2) + " mounts");
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
    std::copy(descriptors.begin(), descriptors.end(), reinterpret_cast<int*>(CMSG_DATA(rights) + sizeof status));

    const auto send = [&] { return uninterrupted([&] { return sendmsg(socket_.get(), &message, MSG_NOSIGNAL); }); };
    if (send() < 0) {
        // EBADF: it was killed, and could not be started again the last time.
        if (errno != EPIPE && errno != ECONNRESET && errno != EBADF)
            throw LaunchError("cannot ask the launcher: " + reason(errno));
        ++restarts_;
        spawn();  // it was killed; its scripts died with it, this one is the first of the next
        wait_for_greeting();
        if (send() < 0) throw LaunchError("cannot ask the launcher: " + reason(errno));
    }
    return ours;
}

}  // namespace dragoman
