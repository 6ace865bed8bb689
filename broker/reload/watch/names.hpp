#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace dragoman::watch {

/// Names that editors and tools use for swap files, locks, backups and half-written files, and whatever begins with a
/// dot.
bool is_temporary(std::string_view name);

/// Folders that hold what programs made or brought, not what a user edits: not looked into.
bool is_passed_over(std::string_view folder);

/// Which files of a folder are meant: names by fnmatch(3), temporary ones never.
struct Filter {
    std::vector<std::string> patterns;
    bool recursive = true;

    bool wants(const std::string& name) const;
};

}  // namespace dragoman::watch
