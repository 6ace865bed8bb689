#pragma once

#include <sys/types.h>

#include "broker/launch/launcher/receive.hpp"

namespace dragoman::launch {

/// Takes the filter's listener, which the script's process sent from between filter and exec (filter.hpp); -1 where it
/// sent none.
int take_listener(int socket);

/// Answers one call that the filter told: refused, let through, or the script's end. Tells the broker about it, up to
/// a number of calls for each script. False when the listener is of no more use.
class Refusals {
public:
    Refusals(int listener, int status, pid_t script) : listener_(listener), status_(status), script_(script) {}
    bool answer();

private:
    int listener_;
    int status_;
    pid_t script_;
    int told_ = 0;
    int opens_told_ = 0;
};

}  // namespace dragoman::launch
