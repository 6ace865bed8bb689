#pragma once

#include "broker/launch/launcher/household.hpp"

namespace dragoman::launch {

/// The stage: what the launcher sees as its root once it is in the cage. `outside` is the machine's own root; `script`
/// is where each minder, in a mount namespace of its own, builds the root of its script.
namespace stage {
inline constexpr const char* outside = "/outside";
inline constexpr const char* script = "/script";
inline constexpr const char* devices = "/devices";
/// A file that nobody may open; lies over what a script may not see.
inline constexpr const char* nothing = "/nothing";
}  // namespace stage

/// Takes the launcher into namespaces of its own (user, where it is not root; mount, network, ipc, uts, cgroup) and
/// onto the stage. Fills in `house`. On failure the process is of no use any more.
bool enter_cage(Household& house, Failure& failure);

/// For the plain tier: a user namespace where that is needed for pid namespaces. Tries in a process of its own first.
/// Returns errno.
int find_pid_namespaces(Household& house);

/// As root: the uid that scripts get. Fills in house.script_uid.
void choose_uid(Household& house);

}  // namespace dragoman::launch
