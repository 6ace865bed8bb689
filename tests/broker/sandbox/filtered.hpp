#pragma once

#include <functional>
#include <string>
#include <vector>

#include "broker/sandbox/filter.hpp"

namespace dragoman::tests {

/// What became of a process behind a filter.
struct Filtered {
    std::string output;             // stdout and stderr
    std::string end;                // "exit 0", "SIGSYS"
    std::vector<std::string> told;  // the calls that the filter told, as describe() writes them
};

/// Runs `program` behind the filter, with `input` on its stdin, and answers what is told as the launcher does.
Filtered run_filtered(const FilterOptions& options, const std::vector<std::string>& program,
                      const std::string& input = "", const std::string& folder = "/");

/// Makes the call in a process of its own behind the filter. "ok", the name of the errno, or of the signal that ended
/// it.
std::string tried(const FilterOptions& options, const std::function<long()>& call);

}  // namespace dragoman::tests
