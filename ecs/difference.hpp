#pragma once

#include <string>

#include "ecs/schema.hpp"

namespace dragoman::ecs {

/// The first thing in which two declarations of one component differ, in words; empty where they are the same:
/// `field y is f64 here, f32 in the earlier declaration`.
std::string difference(const Component& here, const Component& earlier);

}  // namespace dragoman::ecs
