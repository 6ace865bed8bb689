#pragma once
#include <filesystem>
#include <string>
#include <vector>

namespace dragoman {

/// Something wrong in a file that a user wrote.
struct Problem {
    std::filesystem::path file;
    int line = 0;  // 0: the file as a whole
    std::string message;

    /// "file:line: message"
    std::string text() const;
};
using Problems = std::vector<Problem>;

}  // namespace dragoman
