#pragma once
// The loops behind the kernels, as a table: compiled once for any machine of the architecture, and once more for AVX2.
// They check nothing; clients/plane/kernels_*.cpp do.
#include "clients/plane/kernels_operand.hpp"

namespace dragoman::kernels {

struct GridView;

template <class T>
struct ArithmeticLoops {
    void (*axpy)(const Shape&, const Operand& y, const Operand& x, T a);
    void (*scale)(const Shape&, const Operand& y, T a);
    void (*affine)(const Shape&, const Operand& y, T a, T b);
    void (*wrap)(const Shape&, const Operand& y, T low, T high);
    /// Without acceleration `a` is NULL.
    void (*integrate)(const Shape&, const Operand& p, const Operand& v, const Operand* a, T dt);
    void (*bounce)(const Shape&, const Operand& p, const Operand& v, T low, T high);
    void (*limit_length)(const Shape&, const Operand& y, T longest);
    void (*distance)(const Shape&, const Operand& out, const Operand& a, const Operand& b);
    void (*distance_to)(const Shape&, const Operand& out, const Operand& a, const T* point);
};

/// What whole numbers can do as well.
template <class T>
struct OrderedLoops {
    void (*add)(const Shape&, const Operand& y, const Operand& x);
    void (*subtract)(const Shape&, const Operand& y, const Operand& x);
    void (*multiply)(const Shape&, const Operand& y, const Operand& x);
    void (*minimum)(const Shape&, const Operand& y, const Operand& x);
    void (*maximum)(const Shape&, const Operand& y, const Operand& x);
    void (*clamp)(const Shape&, const Operand& y, T low, T high);
};

/// For any type; `unit` is the size of one scalar. Entities are two units of 4 bytes, but in fill.
inline constexpr uint32_t handle_unit = 0;
struct MoveLoops {
    void (*copy)(const Shape&, uint32_t unit, const Operand& y, const Operand& x);
    void (*fill)(const Shape&, uint32_t unit, const Operand& y, uint64_t bits);
    void (*gather)(const Shape&, uint32_t unit, const Operand& y, const Operand& x, const Operand& index);
    void (*scatter)(const Shape&, uint32_t unit, const Operand& y, const Operand& x, const Operand& index);
    void (*select)(const Shape&, uint32_t unit, const Operand& y, const Operand& x, const Operand& mask);
    /// The highest of the indices, as unsigned; 0 of none.
    uint32_t (*highest)(size_t rows, const Operand& index);
    uint64_t (*where)(size_t rows, const Operand& mask, uint32_t* numbers);
};

using CompareLoop = void (*)(const Shape&, const Operand& mask, const Operand& x, int comparison, double value);
using ReduceLoop = void (*)(const Shape&, const Operand& x, int reduction, double* results);

struct GridLoops {
    uint64_t (*near)(const GridView&, const double* point, double radius, uint32_t* rows, uint64_t most);
    /// The sums go to the rows of `sums` from lane `first` on; `lanes` of them (0 to 4), read from the sorted `values`.
    void (*sum)(const GridView&, double radius, uint32_t most, uint32_t lanes, const void* const* values,
                const Operand& sums, const Operand& counts);
    /// `old` are the old velocities, sorted.
    void (*flock)(const GridView&, const Operand& velocity, const void* const* old, const dragoman_flock_rules&);
};

struct Loops {
    int name;  ///< dragoman_loops
    ArithmeticLoops<float> f32;
    ArithmeticLoops<double> f64;
    OrderedLoops<float> ordered_f32;
    OrderedLoops<double> ordered_f64;
    OrderedLoops<int32_t> ordered_i32;
    MoveLoops move;
    CompareLoop compare[types];
    ReduceLoop reduce[types];
    GridLoops grid_f32[2];  ///< by lanes - 2
    GridLoops grid_f64[2];
};

extern const Loops plain_loops;
extern const Loops avx2_loops;  ///< the plain ones where the architecture has no AVX2

/// Those to use on this machine.
const Loops& loops();

}  // namespace dragoman::kernels
