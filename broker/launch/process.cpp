#include "broker/launch/process.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <system_error>

#include "ecs/layout/plane.h"
#include "protocol/format.hpp"

namespace dragoman {
namespace {

/// How much is still read from a pipe whose writer has ended: what a pipe can hold, and some for an orphan that keeps
/// writing.
constexpr int last_reads = 32;

struct PipeEnds {
    Descriptor read;
    Descriptor write;
};

PipeEnds make_pipe() {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
        throw LaunchError("cannot make a pipe: " + std::generic_category().message(errno) +
                          (errno == EMFILE ? " (raise `ulimit -n`)" : ""));
    return {Descriptor(ends[0]), Descriptor(ends[1])};
}

int nonblocking(Descriptor descriptor) {
    fcntl(descriptor.get(), F_SETFL, fcntl(descriptor.get(), F_GETFL) | O_NONBLOCK);
    return descriptor.release();
}

}  // namespace

Process::Process(Launcher& launcher, ProcessListener& listener, std::string program)
    : launcher_(launcher),
      listener_(&listener),
      program_(std::move(program)),
      input_(launcher.io()),
      status_(launcher.io()) {}

Process::~Process() = default;

std::shared_ptr<Process> Process::start(Launcher& launcher, LaunchOrder order, Channel channel,
                                        ProcessListener& listener) {
    PipeEnds input = make_pipe();
    PipeEnds conversation = make_pipe();
    PipeEnds output = make_pipe();
    PipeEnds error = make_pipe();
    Descriptor nothing;
    std::vector<int> descriptors;
    if (channel == Channel::Stdio) {
        descriptors = {input.read.get(), conversation.write.get(), error.write.get(), output.write.get()};
        order.environment.push_back(std::string(format::output_variable) + "=3");
    } else {
        nothing = Descriptor(open("/dev/null", O_RDONLY | O_CLOEXEC));
        descriptors = {nothing.get(), output.write.get(), error.write.get(), input.read.get(),
                       conversation.write.get()};
        order.environment.push_back(std::string(format::channel_variable) + "=3,4");
    }
    if (!order.plane.empty()) {
        std::string numbers;
        for (const int descriptor : order.plane) {
            numbers += (numbers.empty() ? "" : ",") + std::to_string(descriptors.size());
            descriptors.push_back(descriptor);
        }
        order.environment.push_back(DRAGOMAN_PLANE_VARIABLE "=" + numbers);
    }
    Descriptor status = launcher.start(order, descriptors);

    std::shared_ptr<Process> process(new Process(launcher, listener, order.arguments.front()));
    process->input_.assign(nonblocking(std::move(input.write)));
    process->status_.assign(nonblocking(std::move(status)));
    const auto listen = [&](Stream stream, PipeEnds& pipe) {
        process->outputs_[static_cast<std::size_t>(stream)].emplace(launcher.io(), nonblocking(std::move(pipe.read)));
    };
    listen(Stream::conversation, conversation);
    listen(Stream::standard_output, output);
    listen(Stream::standard_error, error);
    for (std::size_t stream = 0; stream < stream_count; ++stream) process->watch(stream);
    process->watch_status();
    return process;
}

void Process::watch(std::size_t stream) {
    outputs_[stream]->async_wait(Pipe::wait_read,
                                 [self = shared_from_this(), stream](const boost::system::error_code& error) {
                                     if (error || !self->outputs_[stream]) return;
                                     if (self->drain(stream)) self->watch(stream);
                                 });
}

/// Reads once. False when there is nothing more to come; the pipe is closed then.
bool Process::drain(std::size_t stream) {
    const auto room = launcher_.scratch();
    const ssize_t size = ::read(outputs_[stream]->native_handle(), room.data(), room.size());
    if (size > 0) {
        if (listener_ != nullptr)
            listener_->on_bytes(static_cast<Stream>(stream), {room.data(), static_cast<std::size_t>(size)});
        return outputs_[stream].has_value();
    }
    if (size < 0 && (errno == EAGAIN || errno == EINTR)) return true;
    outputs_[stream].reset();
    if (listener_ != nullptr) listener_->on_end_of(static_cast<Stream>(stream));
    return false;
}

void Process::watch_status() {
    status_.async_wait(Pipe::wait_read, [self = shared_from_this()](const boost::system::error_code& error) {
        if (error) return;
        while (self->take_status()) {
        }
        if (self->status_.is_open()) self->watch_status();
    });
}

void Process::take_refusals() {
    launch::Status next;
    const auto peek = [&] {
        return status_.is_open() &&
               recv(status_.native_handle(), &next, sizeof next, MSG_DONTWAIT | MSG_PEEK) == sizeof next;
    };
    while (peek() && next.kind == launch::StatusKind::refused && take_status()) {
    }
}

/// One message; false where there is none, or there will be none any more.
bool Process::take_status() {
    if (!status_.is_open()) return false;
    launch::Status status;
    alignas(cmsghdr) char control[CMSG_SPACE(sizeof(ucred))];
    iovec part{&status, sizeof status};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    const ssize_t size = recvmsg(status_.native_handle(), &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    if (size < 0 && (errno == EAGAIN || errno == EINTR)) return false;
    if (size <= 0) {
        gone_ = true;
        status_.close();
        if (!end_) {  // the minder was killed before it could tell; its script died with it
            drain_rest();
            end_ = ProcessEnd{0, SIGKILL, true, {}, 0};
            if (listener_ != nullptr) listener_->on_end(*end_);
        }
        return false;
    }
    const auto self = shared_from_this();
    switch (status.kind) {
        case launch::StatusKind::started:
            pid_ = status.pid;
            // In a pid namespace of its own that number is not ours; the kernel has translated the credential.
            if (const cmsghdr* const head = CMSG_FIRSTHDR(&message);
                launcher_.pid_namespaces() && head != nullptr && head->cmsg_type == SCM_CREDENTIALS) {
                ucred credentials;
                std::memcpy(&credentials, CMSG_DATA(head), sizeof credentials);
                pid_ = credentials.pid;
            }
            break;
        case launch::StatusKind::failed:
            end_ = ProcessEnd{127, 0, false, {}, 0};
            if (listener_ != nullptr)
                listener_->on_start_failed(std::string(describe(status.step)) + " " + program_ + " failed: " +
                                           (status.path[0] != '\0' ? std::string(status.path) + ": " : "") +
                                           std::generic_category().message(status.error));
            break;
        case launch::StatusKind::refused: {
            RefusedCall call;
            call.number = status.call;
            std::copy(std::begin(status.arguments), std::end(status.arguments), call.arguments.begin());
            call.path = status.path;
            call.fatal = status.fatal != 0;
            if (listener_ != nullptr) listener_->on_refused(call);
            break;
        }
        case launch::StatusKind::ended:
            end_ =
                ProcessEnd{WIFEXITED(status.wait_status) ? WEXITSTATUS(status.wait_status) : 0,
                           WIFSIGNALED(status.wait_status) ? WTERMSIG(status.wait_status) : 0, false,
                           std::chrono::microseconds(status.cpu_us), static_cast<std::uint64_t>(status.peak_kb) * 1024};
            drain_rest();
            if (listener_ != nullptr) listener_->on_end(*end_);
            break;
    }
    return true;
}

/// It is dead, so all that it wrote is in the pipes now.
void Process::drain_rest() {
    for (std::size_t stream = 0; stream < stream_count; ++stream)
        for (int reads = 0; reads < last_reads && outputs_[stream]; ++reads) {
            int waiting = 0;
            if (ioctl(outputs_[stream]->native_handle(), FIONREAD, &waiting) != 0 || waiting == 0) break;
            drain(stream);
        }
}

void Process::write(std::initializer_list<std::string_view> parts) {
    if (!input_.is_open()) return;
    std::size_t written = 0;
    if (unsent() == 0) {
        std::array<iovec, 4> pieces;
        assert(parts.size() <= pieces.size());
        std::size_t count = 0;
        for (const std::string_view part : parts) pieces[count++] = {const_cast<char*>(part.data()), part.size()};
        const ssize_t size = ::writev(input_.native_handle(), pieces.data(), static_cast<int>(count));
        if (size < 0 && errno != EAGAIN && errno != EINTR) return shut_input();
        if (size > 0) written = static_cast<std::size_t>(size);
    }
    for (std::string_view part : parts) {
        const std::size_t gone = std::min(written, part.size());
        written -= gone;
        unsent_.append(part.substr(gone));
    }
    if (unsent() > 0) watch_input();
}

void Process::watch_input() {
    if (waiting_to_write_) return;
    waiting_to_write_ = true;
    input_.async_wait(Pipe::wait_write, [self = shared_from_this()](const boost::system::error_code& error) {
        self->waiting_to_write_ = false;
        if (!error && self->input_.is_open()) self->send_unsent();
    });
}

void Process::send_unsent() {
    while (unsent() > 0) {
        const ssize_t size = ::write(input_.native_handle(), unsent_.data() + sent_, unsent());
        if (size < 0 && (errno == EAGAIN || errno == EINTR)) {
            if (sent_ > unsent_.size() / 2) unsent_.erase(0, std::exchange(sent_, 0));
            return watch_input();
        }
        if (size < 0) return shut_input();
        sent_ += static_cast<std::size_t>(size);
    }
    unsent_ = {};
    sent_ = 0;
    if (closing_) input_.close();
}

void Process::shut_input() {
    unsent_ = {};
    sent_ = 0;
    input_.close();
    if (listener_ != nullptr) listener_->on_input_closed();
}

void Process::close_input() {
    closing_ = true;
    if (unsent() == 0 && input_.is_open()) input_.close();
}

void Process::kill() {
    if (!status_.is_open() || gone_) return;
    ::shutdown(status_.native_handle(), SHUT_WR);  // the minder's order
    unsent_ = {};
    sent_ = 0;
    if (input_.is_open()) input_.close();
}

void Process::terminate() {
    if (pid_ > 0 && !end_) ::kill(pid_, SIGTERM);
}

std::optional<std::chrono::nanoseconds> Process::cpu_time() const {
    if (pid_ <= 0 || end_) return std::nullopt;
    clockid_t clock{};
    timespec used{};
    if (clock_getcpuclockid(pid_, &clock) != 0 || clock_gettime(clock, &used) != 0) return std::nullopt;
    return std::chrono::seconds(used.tv_sec) + std::chrono::nanoseconds(used.tv_nsec);
}

char Process::state() const {
    char path[64];
    std::snprintf(path, sizeof path, "/proc/%d/stat", pid_);
    std::FILE* const file = std::fopen(path, "re");
    if (file == nullptr) return '?';
    char text[512];
    const std::size_t size = std::fread(text, 1, sizeof text - 1, file);
    std::fclose(file);
    text[size] = '\0';
    const char* const name_end = std::strrchr(text, ')');
    return name_end != nullptr && name_end[1] == ' ' ? name_end[2] : '?';
}

}  // namespace dragoman
