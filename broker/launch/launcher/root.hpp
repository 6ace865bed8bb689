#pragma once

#include "broker/launch/launcher/household.hpp"
#include "broker/launch/launcher/receive.hpp"

namespace dragoman::launch {

/// A script's root, in its minder's own mount namespace: first what every script sees (the system's programs and
/// libraries, harmless devices), which is done before the script is known.
bool prepare_root(Failure& failure);
/// Then what this one sees, and the step inside: nothing else is there any more, for the minder too.
bool enter_root(const Request& request, const Household& house, Failure& failure);

}  // namespace dragoman::launch
