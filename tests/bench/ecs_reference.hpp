#pragma once

#include <cstddef>
#include <numeric>
#include <random>
#include <vector>

namespace dragoman::bench {

/// 0 to count - 1 in an order that is the same in every run.
inline std::vector<std::size_t> shuffled(std::size_t count) {
    std::vector<std::size_t> order(count);
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::mt19937 random(1);
    for (std::size_t i = count; i > 1; --i) std::swap(order[i - 1], order[random() % i]);
    return order;
}

/// Has the compiler compute it.
template <typename Value>
void keep(const Value& value) {
    asm volatile("" : : "g"(&value) : "memory");
}

}  // namespace dragoman::bench
