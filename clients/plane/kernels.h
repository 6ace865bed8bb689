#ifndef DRAGOMAN_KERNELS_H
#define DRAGOMAN_KERNELS_H
/* Bulk kernels: loops over whole columns, vectorised, so that a script in a slow language moves 100,000 rows at native
 * speed.
 *
 * Arithmetic is done in the operands' own type (f32 or f64), one rounding for each operation and no fused multiply-add:
 * the same bits on every machine and in every language. A scalar argument is rounded to that type first. Operands have
 * as many rows, the same type and as many lanes, but where it is said otherwise. Columns may be strided. An output may
 * be the same span as an input, but must not overlap one otherwise (two fields of the same rows do not overlap). In the
 * mode `replace` an output that was not written yet is read from the old buffer and written to the new one: in one pass
 * where the span is the whole row, else after dragoman_span_prepare().
 *
 * What is said to be for whole numbers too takes i32, which wraps around as two's complement does.
 *
 * All return 0, or one of dragoman_kernel_fault with nothing changed. Safe to call from several threads, as long as no
 * two of them use the same grid, or the same output.
 */
#include "clients/plane/plane.h"

#ifdef __cplusplus
extern "C" {
#endif

enum dragoman_kernel_fault {
    DRAGOMAN_KERNEL_OK = 0,
    DRAGOMAN_KERNEL_TYPES,    /* operands have different types, or one that this kernel does not take */
    DRAGOMAN_KERNEL_ROWS,     /* different numbers of rows */
    DRAGOMAN_KERNEL_LANES,    /* different numbers of scalars in a row */
    DRAGOMAN_KERNEL_READONLY, /* the system did not declare that it writes this component */
    DRAGOMAN_KERNEL_INDEX,    /* an index is past the last row */
    DRAGOMAN_KERNEL_MEMORY,
    DRAGOMAN_KERNEL_ARGUMENT, /* a scalar argument is not finite, or not in its range, or missing */
    DRAGOMAN_KERNEL_OVERLAP   /* an output overlaps an input, or another output, and is not the same span */
};
/** A sentence for it. */
DRAGOMAN_API const char* dragoman_kernel_fault_text(int fault);

/** y += a * x */
DRAGOMAN_API int dragoman_axpy(const dragoman_span* y, const dragoman_span* x, double a);
/** y *= a */
DRAGOMAN_API int dragoman_scale(const dragoman_span* y, double a);
/** y = a * y + b */
DRAGOMAN_API int dragoman_affine(const dragoman_span* y, double a, double b);
/** y += x, y -= x, y *= x, y = min(y, x), y = max(y, x), lane by lane; whole numbers too. The smaller or larger of
 * something and NaN is y. */
DRAGOMAN_API int dragoman_add(const dragoman_span* y, const dragoman_span* x);
DRAGOMAN_API int dragoman_subtract(const dragoman_span* y, const dragoman_span* x);
DRAGOMAN_API int dragoman_multiply(const dragoman_span* y, const dragoman_span* x);
DRAGOMAN_API int dragoman_minimum(const dragoman_span* y, const dragoman_span* x);
DRAGOMAN_API int dragoman_maximum(const dragoman_span* y, const dragoman_span* x);
/** y = min(max(y, low), high); NaN stays NaN. Whole numbers too. The borders may be infinite: then there is none. */
DRAGOMAN_API int dragoman_clamp(const dragoman_span* y, double low, double high);
/** y into [low, high) by whole turns: positions on a torus. What is not finite becomes NaN. */
DRAGOMAN_API int dragoman_wrap(const dragoman_span* y, double low, double high);
/** Velocity and position in one pass, semi-implicit Euler: v += dt * a; p += dt * v. `a` may be NULL: then
 * only the position is written. */
DRAGOMAN_API int dragoman_integrate(const dragoman_span* position, const dragoman_span* velocity,
                                    const dragoman_span* acceleration, double dt);
/** Where p leaves [low, high] it is put on the border and v is turned inwards. */
DRAGOMAN_API int dragoman_bounce(const dragoman_span* position, const dragoman_span* velocity, double low, double high);
/** Rows longer than `longest` (Euclidean) are shortened to it. A row so long that its square overflows becomes 0; NaN
 * stays. */
DRAGOMAN_API int dragoman_limit_length(const dragoman_span* y, double longest);

/** Any type: y = x, all lanes of y = value (one that the type can hold: a whole number for whole numbers, 0 or 1 for
 * bool, a handle for entities; f32 rounds). */
DRAGOMAN_API int dragoman_copy(const dragoman_span* y, const dragoman_span* x);
DRAGOMAN_API int dragoman_fill(const dragoman_span* y, double value);
/** Any type: y[i] = x[index[i]]; y[index[i]] = x[i]. `index` is i32 or u32, one lane, as many rows as y (gather) or x
 * (scatter). Of equal indices the last one wins. Here y must not be the same span as x, but for `replace`. */
DRAGOMAN_API int dragoman_gather(const dragoman_span* y, const dragoman_span* x, const dragoman_span* index);
DRAGOMAN_API int dragoman_scatter(const dragoman_span* y, const dragoman_span* x, const dragoman_span* index);

enum dragoman_comparison {
    DRAGOMAN_LESS,
    DRAGOMAN_LESS_EQUAL,
    DRAGOMAN_GREATER,
    DRAGOMAN_GREATER_EQUAL,
    DRAGOMAN_EQUAL,
    DRAGOMAN_NOT_EQUAL
};
/** mask = x ? value, one u8 or bool for each row (x has one lane). Whole numbers are compared as f64. */
DRAGOMAN_API int dragoman_compare(const dragoman_span* mask, const dragoman_span* x, int comparison, double value);
/** Any type: y = mask ? x : y. */
DRAGOMAN_API int dragoman_select(const dragoman_span* y, const dragoman_span* x, const dragoman_span* mask);
/** The rows whose mask is not 0: their numbers go to `rows` (room for as many as the mask has), how many to `*count`.
 */
DRAGOMAN_API int dragoman_where(const dragoman_span* mask, uint32_t* rows, uint64_t* count);

enum dragoman_reduction { DRAGOMAN_SUM, DRAGOMAN_MIN, DRAGOMAN_MAX };
/** Any numeric type; one result for each lane, in double. The order of summation is fixed: row r goes to the running
 * sum r % 8, and the eight are added from the first to the last at the end. NaN is left out of MIN and MAX. Of no rows:
 * 0, +infinity, -infinity. */
DRAGOMAN_API int dragoman_reduce(const dragoman_span* x, int reduction, double* results);
/** out = |a - b| (Euclidean over the lanes); out has one lane. Overflows as the operands' type does. */
DRAGOMAN_API int dragoman_distance(const dragoman_span* out, const dragoman_span* a, const dragoman_span* b);
/** out = |a - point|; `point` has as many numbers as a has lanes. */
DRAGOMAN_API int dragoman_distance_to(const dragoman_span* out, const dragoman_span* a, const double* point);

/* --- neighbours on a uniform grid -------------------------------------------------------------------------------- */

/** A grid over points of 2 or 3 lanes (f32 or f64), cells of `cell` units; counting sort, no order lost: the points of
 * a cell stand in row order. Build it anew each tick; memory is kept, and bounded by the number of points: where they
 * are far apart, distant cells share their place (distances are always looked at). Points that are not finite are in no
 * cell. Of as many as 2^31 rows.
 *
 * Neighbours are met cell by cell, from low to high z, then y, then x, and in row order within a cell. One point is a
 * neighbour of another where the square of their distance, in the points' type, is less than that of the radius. Sums
 * over neighbours are eight running sums, to which the neighbours go in turn, added from the first to the last at the
 * end: the same bits on every machine. */
typedef struct dragoman_grid dragoman_grid;
DRAGOMAN_API dragoman_grid* dragoman_grid_new(void);
DRAGOMAN_API void dragoman_grid_free(dragoman_grid*);
/** After a fault the grid is as it was; after DRAGOMAN_KERNEL_MEMORY it is empty. */
DRAGOMAN_API int dragoman_grid_build(dragoman_grid*, const dragoman_span* points, double cell);
/** The rows of points nearer to `point` than `radius`, in the order above: at most `most` into `rows`. Returns how many
 * there are, which may be more than `most`. */
DRAGOMAN_API uint64_t dragoman_grid_near(const dragoman_grid*, const double* point, double radius, uint32_t* rows,
                                         uint64_t most);
/** For each point of the grid, over its neighbours within `radius` (itself not among them), at most `most` of them (0:
 * all): sums[i] = sum of values[j]; counts[i] = how many. All have as many rows as the points had. `sums` and `values`
 * have the points' type, and are alike in lanes; they may be the same span. `counts` is u32 or i32, one lane. Either of
 * sums/counts may be NULL. A point in no cell has none. This is cohesion, separation and alignment of a flock. */
DRAGOMAN_API int dragoman_grid_sum(const dragoman_grid*, double radius, uint32_t most, const dragoman_span* values,
                                   const dragoman_span* sums, const dragoman_span* counts);
/** One step of a flock after Reynolds (1987): for each point, from its at most `most` neighbours within `radius` (0:
 * all), velocity += dt * (alignment * (mean velocity - old velocity) + cohesion * mean of (theirs - position)
 *                   + separation * sum over neighbours nearer than `near` of (position - theirs) / distance^2).
 * Neighbours at the very same place are not pushed away. Velocities are read from `old`, before anything is written: it
 * may be `velocity` itself. Both have the points' type, lanes and rows. A point without neighbours keeps its velocity.
 */
typedef struct dragoman_flock_rules {
    double radius, near, alignment, cohesion, separation, dt;
    uint32_t most;
} dragoman_flock_rules;
DRAGOMAN_API int dragoman_grid_flock(const dragoman_grid*, const dragoman_span* velocity, const dragoman_span* old,
                                     const dragoman_flock_rules* rules);

/* --- which loops ------------------------------------------------------------------------------------------------- */

enum dragoman_loops { DRAGOMAN_LOOPS_BEST, DRAGOMAN_LOOPS_PLAIN, DRAGOMAN_LOOPS_AVX2 };
/** For tests and measurements: takes these loops from now on, in the whole process, where the machine has them. Returns
 * which are in use. */
DRAGOMAN_API int dragoman_kernels_use(int loops);

#ifdef __cplusplus
}
#endif
#endif
