#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace dragoman {

/// What tells why a script of some language failed behind some walls.
struct Clues {
    /// Texts that its run time says when memory, or a thread, could not be had.
    std::vector<std::string> memory_errors;
    std::vector<std::string> thread_errors;
    /// Whether a full path lies in what it may read; empty where nothing is hidden from it.
    std::function<bool(const std::filesystem::path&)> may_read;
};

}  // namespace dragoman
