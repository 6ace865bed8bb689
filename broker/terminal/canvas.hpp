#pragma once

#include "broker/terminal/frame.hpp"
#include "broker/terminal/picture.hpp"

namespace dragoman {

/// The largest frame of the picture's shape that fits into `room`. A cell is twice as high as it is wide.
Size fitting(const Picture& picture, Size room);

/// Draws a picture into a frame of exactly `size` cells: two pixels in each cell (the upper half block), text as
/// characters. Without colours, letters and shades stand for what differs from the background. Bounded work whatever
/// the picture holds: past a budget of painted area the remaining shapes are left out.
Frame draw(const Picture& picture, Size size, ColorDepth depth);

}  // namespace dragoman
