#pragma once

#include "broker/build/built.hpp"
#include "broker/session/script.hpp"

namespace dragoman {

/// A build that came to nothing, as the reason why its script has no seat: with the source line that it is about,
/// where that can be read.
Failure failure_of(const BuildFailure& build);

}  // namespace dragoman
