// The systems of this script, in the order of their declaration.
#pragma once
#include <dragoman/system.hpp>

#include <memory>
#include <vector>

namespace dragoman {

std::vector<std::unique_ptr<System>>& systems();

}  // namespace dragoman
