#include "broker/launch/launcher/receive.hpp"

#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <initializer_list>

namespace dragoman::launch {
namespace {

alignas(8) char buffer[largest_request];
std::size_t received = 0;
constexpr std::size_t usual_request = 16 << 10;
constexpr std::size_t page = 4096;

void take_descriptors(const msghdr& message, Request& request) {
    request.status = -1;
    request.descriptor_count = 0;
    for (cmsghdr* head = CMSG_FIRSTHDR(&message); head != nullptr;
         head = CMSG_NXTHDR(const_cast<msghdr*>(&message), head)) {
        if (head->cmsg_level != SOL_SOCKET || head->cmsg_type != SCM_RIGHTS) continue;
        const std::size_t count = (head->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        int received[most_descriptors + 1];
        std::memcpy(received, CMSG_DATA(head), count * sizeof(int));
        request.status = received[0];
        for (std::size_t i = 1; i < count; ++i) request.descriptors[request.descriptor_count++] = received[i];
    }
}

/// Hands out the texts of a request one after the other.
class Texts {
public:
    Texts(char* begin, char* end) : at_(begin), end_(end) {}

    /// nullptr where there is none left.
    char* next() {
        char* const text = at_;
        void* const stop = at_ < end_ ? std::memchr(at_, '\0', static_cast<std::size_t>(end_ - at_)) : nullptr;
        if (stop == nullptr) return nullptr;
        at_ = static_cast<char*>(stop) + 1;
        return text;
    }
    bool next(char** list, std::uint32_t count) {
        for (std::uint32_t i = 0; i < count; ++i)
            if (list[i] = next(); list[i] == nullptr) return false;
        list[count] = nullptr;
        return true;
    }
    bool at_end() const { return at_ == end_; }

private:
    char* at_;
    char* end_;
};

bool cut(Request& request, std::size_t size) {
    if (request.status < 0 || size < sizeof request.head) return false;
    std::memcpy(&request.head, buffer, sizeof request.head);
    const RequestHead& head = request.head;
    if (head.arguments == 0 || head.arguments > most_words || head.environment > most_words ||
        head.mounts > most_mount_texts || head.filter > longest_filter)
        return false;
    const std::size_t filter_size = head.filter * sizeof(sock_filter);
    if (size < sizeof head + filter_size) return false;
    request.filter = reinterpret_cast<const sock_filter*>(buffer + sizeof head);
    Texts texts(buffer + sizeof head + filter_size, buffer + size);
    request.cwd = texts.next();
    return request.cwd != nullptr && texts.next(request.arguments, head.arguments) &&
           texts.next(request.environment, head.environment) && texts.next(request.mounts, head.mounts) &&
           texts.at_end();
}

}  // namespace

bool receive_request(int socket, Request& request, bool& valid) {
    alignas(cmsghdr) static char control[CMSG_SPACE(sizeof(int) * (most_descriptors + 1))];
    iovec part{buffer, sizeof buffer};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    ssize_t size = 0;
    do size = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
    while (size < 0 && errno == EINTR);
    if (size <= 0) return false;
    take_descriptors(message, request);
    received = static_cast<std::size_t>(size);
    valid = cut(request, received);
    return true;
}

void prepare_to_receive(Request& request) {
    volatile char* const room = buffer;
    for (std::size_t at = 0; at < usual_request; at += page) room[at] = 0;
    for (char** list : {request.arguments, request.environment, request.mounts})
        *static_cast<char* volatile*>(list) = nullptr;
    request.status = -1;
}

void forget_request() { explicit_bzero(buffer, received); }

}  // namespace dragoman::launch
