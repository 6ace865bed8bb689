#pragma once

#include "broker/launch/launcher/child.hpp"

namespace dragoman::launch {

/// What all minders share.
struct Household {
    /// Each minder is pid 1 of a namespace of its own; otherwise it is a subreaper.
    bool pid_namespaces = false;
    /// A pipe whose reading end hangs up when the launcher is gone.
    int lifeline[2] = {-1, -1};
};

/// The first thing in a minder's process: from here on it goes when the launcher does.
void join(const Household& house);

/// Starts the script, waits for its end or for the broker's order, and takes down all that it left behind. Runs in a
/// process of its own.
[[noreturn]] void mind(const Request& request, const Household& house);

/// Sends a status to the broker; `script`'s pid travels as a credential too, which the kernel translates into the
/// broker's pid namespace.
void tell(int socket, Status status, pid_t script = 0);

}  // namespace dragoman::launch
