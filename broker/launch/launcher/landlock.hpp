#pragma once

#include "broker/launch/launcher/household.hpp"
#include "broker/launch/launcher/receive.hpp"

namespace dragoman::launch {

/// The kernel's ABI of Landlock; 0 where there is none.
int landlock_version();

/// A ruleset with what every script may, made before the script is known; -1 where there is none.
int prepare_landlock(const Household& house);
/// Binds the calling process, for ever, to reading what the request shows, writing where it says so, and executing its
/// own program. `prepared` is what prepare_landlock() gave, or -1. `failure.path` names what a rule could not be made
/// for.
bool restrict_by_landlock(const Request& request, const Household& house, int prepared, Failure& failure);

}  // namespace dragoman::launch
