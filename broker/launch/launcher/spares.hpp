#pragma once

#include "broker/launch/launcher/household.hpp"

namespace dragoman::launch {

/// Keeps minders ready that wait for requests at the broker's socket, until the broker is gone.
void serve(int socket, const Household& house);

}  // namespace dragoman::launch
