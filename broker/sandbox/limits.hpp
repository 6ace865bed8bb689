#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/format.hpp"

namespace dragoman {

/// What one script may use. The kernel holds most of it; time and output are counted by the broker. Nothing (nullopt):
/// not limited. The defaults let numpy and scikit-learn load.
struct Limits {
    /// Private memory: RLIMIT_DATA, and a cgroup where there is one. Bytes.
    std::optional<std::uint64_t> memory = std::uint64_t{1} << 30;
    /// CPU time of all its threads from one scene to the next, what it computes out of turn included. Unset: the tick's
    /// own deadline is the only one.
    std::optional<std::chrono::nanoseconds> cpu_per_tick;
    /// CPU time in all.
    std::optional<std::chrono::nanoseconds> cpu_total;
    /// From its start.
    std::optional<std::chrono::nanoseconds> wall_total;
    /// At a time, its first one included.
    unsigned threads = 64;
    /// At a time, itself included. More than one lets it start programs and fork.
    unsigned processes = 1;
    /// Descriptors; at most 1000 (see request.hpp).
    unsigned open_files = 64;
    /// stdout and stderr together, logs included. Bytes.
    std::uint64_t output_per_tick = format::most_output_per_tick;
    std::uint64_t output_total = std::uint64_t{1} << 30;
    /// A private, empty /tmp of this many bytes; 0: none.
    std::uint64_t scratch = 0;
    /// What a compiler may write: each file. Bytes.
    std::uint64_t artefact = std::uint64_t{512} << 20;
};

struct LimitName {
    std::string_view name;  // as the member is called
    std::string_view about;
    std::string_view type;  // TIME, SIZE, N
};
/// All of them, in the order above.
std::vector<LimitName> limit_names();
/// Sets one by its name from what a person wrote ("50ms", "64MiB", "4", "none"); says what is wrong with it otherwise.
std::optional<std::string> set_limit(Limits& limits, std::string_view name, std::string_view text);

}  // namespace dragoman
