#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace dragoman {

/// ` (did you mean "timeout"?)` where one of the known words is close to what was written; empty otherwise.
std::string did_you_mean(std::string_view written, const std::vector<std::string>& known);

}  // namespace dragoman
