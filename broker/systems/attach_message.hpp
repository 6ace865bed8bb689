#pragma once

#include <string>

#include "broker/plane/plane.hpp"

namespace dragoman {

/// The body of the __update__ that tells a script of its columns (docs/protocol.md, section 8).
std::string attach_message(const Plane::Attachment& attachment);

}  // namespace dragoman
