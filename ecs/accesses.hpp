#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace dragoman::ecs {

/// Rows of a component that C++ code has asked for by its type: by find and edit one, by an iteration all that it goes
/// through.
struct Accesses {
    std::uint64_t reads = 0;
    std::uint64_t writes = 0;
};

/// Counts them, for each component. Parallel visitors may read, so the counters are atomic.
class AccessCounts {
public:
    explicit AccessCounts(std::size_t components) : counts_(std::make_unique<Count[]>(components)) {}

    void add(std::size_t component, bool writes, std::size_t rows) {
        auto& count = counts_[component];
        (writes ? count.writes : count.reads).fetch_add(rows, std::memory_order_relaxed);
    }
    Accesses of(std::size_t component) const {
        const auto& count = counts_[component];
        return {count.reads.load(std::memory_order_relaxed), count.writes.load(std::memory_order_relaxed)};
    }

private:
    struct Count {
        std::atomic<std::uint64_t> reads = 0;
        std::atomic<std::uint64_t> writes = 0;
    };
    std::unique_ptr<Count[]> counts_;
};

}  // namespace dragoman::ecs
