#pragma once

#include "broker/launch/launcher/household.hpp"
#include "broker/launch/launcher/receive.hpp"

namespace dragoman::launch {

/// The kernel's ABI of Landlock; 0 where there is none.
int landlock_version();

/// Binds the calling process, for ever, to reading what the request shows, writing where it says so, and executing its
/// own program. `failure.path` names what a rule could not be made for.
bool restrict_by_landlock(const Request& request, const Household& house, Failure& failure);

}  // namespace dragoman::launch
