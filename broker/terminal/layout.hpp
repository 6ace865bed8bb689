#pragma once

#include <deque>
#include <string>
#include <string_view>

#include "broker/terminal/frame.hpp"

namespace dragoman {

/// What a viewer is shown.
struct View {
    std::string_view picture;             // JSON, or empty
    std::string_view caption;             // harmless; may have several lines
    const std::deque<std::string>& said;  // harmless, one line each, the newest last
};

inline constexpr int lines_below = 6;
inline constexpr int lines_beside = 12;

/// The picture with the caption and what was said below it, or beside it where that leaves more room for the picture.
/// A bad picture is told about in its place.
Frame compose(const View& view, Size size, ColorDepth depth);

}  // namespace dragoman
