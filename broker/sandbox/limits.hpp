#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

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
    std::uint64_t output_per_tick = std::uint64_t{16} << 20;
    std::uint64_t output_total = std::uint64_t{1} << 30;
    /// A private, empty /tmp of this many bytes; 0: none.
    std::uint64_t scratch = 0;
    /// What a compiler may write: each file. Bytes.
    std::uint64_t artefact = std::uint64_t{512} << 20;
};

}  // namespace dragoman
