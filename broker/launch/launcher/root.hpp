#pragma once

#include "broker/launch/launcher/household.hpp"
#include "broker/launch/launcher/receive.hpp"

namespace dragoman::launch {

/// What a script's root is made from.
struct Root {
    /// The machine's own root, and a file that nobody may open: descriptors.
    int outside = -1;
    int nothing = -1;
    /// Where the script's root lies. "": the step inside is done.
    const char* place = nullptr;

    bool entered() const { return place != nullptr && place[0] == '\0'; }
};

/// A script's root, in its minder's own mount namespace: first what every script sees (the system's programs and
/// libraries, harmless devices), which is done before the script is known. The step inside too, where the kernel lets
/// us: taking the machine's root off waits for all processors (0.1 ms and more).
bool prepare_root(Root& root, Failure& failure);
/// Then what this one sees. Nothing else is there any more, for the minder too: what it still holds of the machine's
/// root goes with leave_outside().
bool enter_root(Root& root, const Request& request, const Household& house, Failure& failure);
/// Waits as well; the script's process, which has no descriptor of its minder's, can be started before.
void leave_outside(Root& root);

}  // namespace dragoman::launch
