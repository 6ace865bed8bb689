// Which loops run here, and what faults are called.
#if defined(__x86_64__)
#include <sys/platform/x86.h>
#endif

#include "clients/plane/kernels_loops.hpp"

namespace dragoman::kernels {

namespace {

int wanted = DRAGOMAN_LOOPS_BEST;

bool has_avx2() {
#if defined(__x86_64__)
    // Not the compiler's __builtin_cpu_supports: it brings a constructor that asks the processor anew, at the start of
    // each program, and on a virtual machine every such question costs microseconds. The C library has asked already.
    return CPU_FEATURE_ACTIVE(AVX2) && CPU_FEATURE_ACTIVE(POPCNT);
#else
    return false;
#endif
}

}  // namespace

const Loops& loops() {
    return __atomic_load_n(&wanted, __ATOMIC_RELAXED) != DRAGOMAN_LOOPS_PLAIN && has_avx2() ? avx2_loops : plain_loops;
}

}  // namespace dragoman::kernels

extern "C" {

int dragoman_kernels_use(int loops) {
    __atomic_store_n(&dragoman::kernels::wanted, loops, __ATOMIC_RELAXED);
    return dragoman::kernels::loops().name;
}

const char* dragoman_kernel_fault_text(int fault) {
    switch (fault) {
        case DRAGOMAN_KERNEL_OK:
            return "all is well";
        case DRAGOMAN_KERNEL_TYPES:
            return "the operands have different types, or one that this kernel does not take";
        case DRAGOMAN_KERNEL_ROWS:
            return "the operands have different numbers of rows";
        case DRAGOMAN_KERNEL_LANES:
            return "the operands have different numbers of scalars in each row";
        case DRAGOMAN_KERNEL_READONLY:
            return "the system did not declare that it writes this component";
        case DRAGOMAN_KERNEL_INDEX:
            return "an index is past the last row";
        case DRAGOMAN_KERNEL_MEMORY:
            return "there is not enough memory";
        case DRAGOMAN_KERNEL_ARGUMENT:
            return "an argument is missing, not finite, or not in its range";
        case DRAGOMAN_KERNEL_OVERLAP:
            return "an output overlaps another operand without being the same";
        default:
            return "unknown fault";
    }
}
}
