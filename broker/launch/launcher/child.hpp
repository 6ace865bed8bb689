#pragma once

#include <sys/types.h>

#include "broker/launch/request.hpp"

namespace dragoman::launch {

/// A request, cut into its parts; they point into the launcher's buffer.
struct Request {
    RequestHead head;
    const char* cwd = nullptr;
    char* arguments[most_words + 1];
    char* environment[most_words + 1];
    int status = -1;
    int descriptors[most_descriptors];
    int descriptor_count = 0;
};

/// vfork: the child borrows the minder's memory, so this is how it says what went wrong. Volatile, since g++ 12 sees
/// that the writer never returns and concludes that whoever goes on can read nothing new.
struct Failure {
    volatile Step step = Step::none;
    volatile int error = 0;
};

/// Clones and executes. -1 where there is no process; `failure` where nothing was executed.
pid_t start_script(const Request& request, Failure& failure);

}  // namespace dragoman::launch
