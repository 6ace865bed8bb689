#pragma once

#include "broker/launch/launcher/child.hpp"
#include "broker/launch/launcher/root.hpp"

namespace dragoman::launch {

/// The first thing in a minder's process: from here on it goes when the launcher does.
void join(const Household& house);

/// Starts the script, waits for its end or for the broker's order, and takes down all that it left behind. Runs in a
/// process of its own. `failure`: what went wrong on the way to here, for the broker.
[[noreturn]] void mind(const Request& request, const Household& house, Root& root, Failure& failure);

/// Sends a status to the broker; `script`'s pid travels as a credential too, which the kernel translates into the
/// broker's pid namespace.
void tell(int socket, const Status& status, pid_t script = 0);
void tell_failure(int socket, const Failure& failure);

}  // namespace dragoman::launch
