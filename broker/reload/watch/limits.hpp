#pragma once

#include <string>
#include <vector>

namespace dragoman::watch {

/// What a user is told, with the limit that was met, its present value, and what to do.
std::string cannot_start(int error);
/// The same for folders.
std::string cannot_watch(int error, const std::vector<std::string>& folders);
std::string no_such_path(const std::string& path);
std::string too_many(const std::vector<std::string>& folders);

}  // namespace dragoman::watch
