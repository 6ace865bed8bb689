// The same loops for x86-64 machines with AVX2. Everything below the pragma may use it: no header of others stands
// there, so that no function of theirs comes to be compiled for AVX2 only.
#if defined(__x86_64__)
#include "clients/plane/kernels_grid.hpp"
#include "clients/plane/kernels_loops.hpp"

#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2,popcnt"))), apply_to = function)
#else
#pragma GCC target("avx2,popcnt")
#endif

#define DRAGOMAN_REGISTER_BYTES 32
#define DRAGOMAN_LOOPS_SPACE avx2
#include "clients/plane/kernels_table.hpp"

namespace dragoman::kernels {
constinit const Loops avx2_loops = make_table(DRAGOMAN_LOOPS_AVX2);
}
#if defined(__clang__)
#pragma clang attribute pop
#endif
#endif
