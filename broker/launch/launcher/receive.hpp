#pragma once

#include <linux/filter.h>

#include "broker/launch/request.hpp"

namespace dragoman::launch {

/// A request, cut into its parts; they point into the launcher's buffer. Descriptors are the receiver's to close.
struct Request {
    RequestHead head;
    const sock_filter* filter = nullptr;
    const char* cwd = nullptr;
    char* arguments[most_words + 1];
    char* environment[most_words + 1];
    char* mounts[most_mount_texts + 1];
    int status = -1;
    int descriptors[most_descriptors];
    int descriptor_count = 0;
};

/// After a clone: the pages that the next request is written to become this process's own now, not in its way.
void prepare_to_receive(Request& request);
/// One request from the broker, into static storage: nothing is allocated between two starts. False at the socket's
/// end; `valid` is false for what the broker never sends.
bool receive_request(int socket, Request& request, bool& valid);

/// Overwrites what was received, in a process that is to become a script's: it names the others' files.
void forget_request();

}  // namespace dragoman::launch
