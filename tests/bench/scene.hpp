#pragma once

#include <string>

namespace dragoman::bench {

/// A scene of at most `size` bytes and nearly as many, as a game of bricks sends it: frame, status, small arrays.
std::string scene_of(std::size_t size);
/// The line that carries it.
std::string scene_line(const std::string& scene);

}  // namespace dragoman::bench
