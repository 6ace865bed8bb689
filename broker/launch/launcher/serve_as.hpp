#pragma once

#include "broker/launch/launcher/household.hpp"

namespace dragoman::launch {

/// All that a launcher does, from its first instruction until the broker is gone: goes where `kind` (request.hpp, tier)
/// says, greets the broker, serves it. With an `entry`, scripts' processes go there instead of executing a program.
/// Returns the exit code.
int serve_as(const char* kind, Entry entry);

}  // namespace dragoman::launch
