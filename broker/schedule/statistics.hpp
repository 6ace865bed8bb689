#pragma once

#include <array>
#include <bit>
#include <chrono>
#include <cstdint>

#include "broker/session/script.hpp"

namespace dragoman {

/// Times, counted in buckets: eight to each power of two of nanoseconds, so that a quantile is right to within 12.5 %,
/// in 2 KiB whatever their number. (The scheme of HdrHistogram.)
class LatencyHistogram {
public:
    void add(Clock::duration time) {
        const auto nanoseconds = static_cast<std::uint64_t>(std::max<std::int64_t>(time.count(), 0));
        ++buckets_[bucket(nanoseconds)];
        ++count_;
        if (time > longest_) longest_ = time;
    }
    std::uint64_t count() const { return count_; }
    Clock::duration longest() const { return longest_; }
    /// The time that the share `quantile` (0 to 1) of all stayed within; zero where there are none.
    Clock::duration quantile(double quantile) const {
        const auto rank = static_cast<std::uint64_t>(quantile * static_cast<double>(count_ > 0 ? count_ - 1 : 0));
        std::uint64_t passed = 0;
        for (std::size_t i = 0; i < buckets_.size(); ++i) {
            passed += buckets_[i];
            if (passed > rank) return std::min(Clock::duration(middle(i)), longest_);
        }
        return {};
    }

private:
    static constexpr unsigned sub_bits = 3;
    static constexpr std::size_t bucket(std::uint64_t value) {
        if (value < (1U << sub_bits)) return value;
        const unsigned power = static_cast<unsigned>(std::bit_width(value)) - 1;
        return ((power - sub_bits + 1) << sub_bits) + ((value >> (power - sub_bits)) & ((1U << sub_bits) - 1));
    }
    static constexpr std::int64_t middle(std::size_t index) {
        if (index < (1U << sub_bits)) return static_cast<std::int64_t>(index);
        const unsigned power = static_cast<unsigned>(index >> sub_bits) + sub_bits - 1;
        const std::uint64_t step = std::uint64_t{1} << (power - sub_bits);
        return static_cast<std::int64_t>((std::uint64_t{1} << power) + (index & ((1U << sub_bits) - 1)) * step +
                                         step / 2);
    }

    std::array<std::uint32_t, 62 << sub_bits> buckets_{};
    std::uint64_t count_ = 0;
    Clock::duration longest_{};
};

/// What one script's ticks came to.
struct ScriptStatistics {
    std::array<std::uint64_t, outcome_count> outcomes{};
    LatencyHistogram latency;

    std::uint64_t ticks() const {
        std::uint64_t sum = 0;
        for (const auto count : outcomes) sum += count;
        return sum;
    }
};

}  // namespace dragoman
