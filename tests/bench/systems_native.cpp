// Compiled with -O3 and without contraction, as clients/plane is; see CMakeLists.txt.
#include "tests/bench/systems_native.hpp"

#ifdef __x86_64__
#define DRAGOMAN_BENCH_WIDE __attribute__((target_clones("avx2", "default")))
#else
#define DRAGOMAN_BENCH_WIDE
#endif

namespace dragoman::bench {

DRAGOMAN_BENCH_WIDE void move_native(float* __restrict position, const float* __restrict velocity, std::size_t numbers,
                                     float dt) {
    for (std::size_t i = 0; i < numbers; ++i) position[i] += velocity[i] * dt;
}

DRAGOMAN_BENCH_WIDE void triad(float* __restrict to, const float* __restrict from, std::size_t numbers, float factor) {
    for (std::size_t i = 0; i < numbers; ++i) to[i] += factor * from[i];
}

}  // namespace dragoman::bench
