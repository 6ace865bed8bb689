#pragma once

#include <string>

#include "broker/terminal/frame.hpp"

namespace dragoman {

/// The bytes that turn what a terminal holds from `before` into `after`: only cells that differ are written.
/// Frames of different size: everything is written. Nothing where nothing differs. The cursor ends up anywhere.
std::string paint(const Frame& before, const Frame& after, ColorDepth depth);

/// A frame as lines of plain output, without blank lines at its end.
std::string printed(const Frame& frame, ColorDepth depth);

}  // namespace dragoman
