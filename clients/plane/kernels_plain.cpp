// The loops with what every machine of the architecture has.
#include "clients/plane/kernels_grid.hpp"
#include "clients/plane/kernels_loops.hpp"

#define DRAGOMAN_REGISTER_BYTES 16
#define DRAGOMAN_LOOPS_SPACE plain
#include "clients/plane/kernels_table.hpp"

namespace dragoman::kernels {
constinit const Loops plain_loops = make_table(DRAGOMAN_LOOPS_PLAIN);
#if !defined(__x86_64__)
constinit const Loops avx2_loops = make_table(DRAGOMAN_LOOPS_PLAIN);
#endif
}  // namespace dragoman::kernels
