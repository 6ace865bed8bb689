// The loops of one instruction set and their table, DRAGOMAN_LOOPS_TABLE. No include guard: see kernels_each.hpp.

namespace dragoman::kernels {
namespace {
namespace DRAGOMAN_LOOPS_SPACE {

#include "clients/plane/kernels_each.hpp"
#include "clients/plane/kernels_each_arithmetic.hpp"
#include "clients/plane/kernels_each_move.hpp"
#include "clients/plane/kernels_each_row.hpp"
#include "clients/plane/kernels_each_wide.hpp"
// these need the ones above
#include "clients/plane/kernels_each_grid.hpp"
#include "clients/plane/kernels_each_reduce.hpp"

template <class T>
constexpr ArithmeticLoops<T> arithmetic() {
    using A = Arithmetic<T>;
    using L = Lengths<T>;
    return {A::axpy,   A::scale,        A::affine,   A::wrap,       A::integrate,
            A::bounce, L::limit_length, L::distance, L::distance_to};
}
template <class T>
constexpr OrderedLoops<T> ordered() {
    using O = Ordered<T>;
    return {O::add, O::subtract, O::multiply, O::minimum, O::maximum, O::clamp};
}
template <class T, uint32_t D>
constexpr GridLoops grid() {
    return {GridSums<T, D>::near, GridSums<T, D>::sum, GridSums<T, D>::flock};
}

}  // namespace DRAGOMAN_LOOPS_SPACE
}  // namespace

constexpr Loops make_table(int name) {
    using namespace DRAGOMAN_LOOPS_SPACE;
    return {name,
            arithmetic<float>(),
            arithmetic<double>(),
            ordered<float>(),
            ordered<double>(),
            ordered<int32_t>(),
            {Moves::copy, Moves::fill, Moves::gather, Moves::scatter, Moves::select, Moves::highest, Moves::where},
            {Comparisons<uint8_t>::compare, Comparisons<int8_t>::compare, Comparisons<int16_t>::compare,
             Comparisons<int32_t>::compare, Comparisons<int64_t>::compare, Comparisons<uint8_t>::compare,
             Comparisons<uint16_t>::compare, Comparisons<uint32_t>::compare, Comparisons<uint64_t>::compare,
             Comparisons<float>::compare, Comparisons<double>::compare, Comparisons<Handle>::compare},
            {Reductions<uint8_t>::reduce, Reductions<int8_t>::reduce, Reductions<int16_t>::reduce,
             Reductions<int32_t>::reduce, Reductions<int64_t>::reduce, Reductions<uint8_t>::reduce,
             Reductions<uint16_t>::reduce, Reductions<uint32_t>::reduce, Reductions<uint64_t>::reduce,
             Reductions<float>::reduce, Reductions<double>::reduce, nullptr},
            {grid<float, 2>(), grid<float, 3>()},
            {grid<double, 2>(), grid<double, 3>()}};
}

}  // namespace dragoman::kernels
