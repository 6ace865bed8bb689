#pragma once

#include <sys/types.h>

#include "broker/launch/launcher/household.hpp"
#include "broker/launch/launcher/receive.hpp"

namespace dragoman::launch {

/// Makes the script's process, takes it through the steps that confine it, and executes the program. `refusals` is the
/// socket by which the filter's listener comes back; -1 where there is no filter. -1 where there is no process;
/// `failure` where nothing was executed. With an `entry` the process is forked, not vforked; `failure` has to lie in a
/// page that both processes have (MAP_SHARED), and there has to be a socket: its end says that nothing can fail any
/// more.
pid_t start_script(const Request& request, const Household& house, int refusals, Entry entry, Failure& failure);

}  // namespace dragoman::launch
