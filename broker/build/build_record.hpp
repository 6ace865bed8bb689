#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compilers/dependencies.hpp"

namespace dragoman {

/// What is known of a finished build.
struct BuildRecord {
    std::string folder;  // its name, beside the entry
    std::vector<std::string> argv;
    std::vector<Dependency> dependencies;
    FileTime recorded = 0;
    std::uint64_t bytes = 0;  // of the folder
};

/// Fields with a zero byte after each: file names may hold anything else, line ends and invalid UTF-8 included.
std::string encode(const BuildRecord& record);
/// Nothing where the text is cut short or of another version.
std::optional<BuildRecord> decode(std::string_view text);

}  // namespace dragoman
