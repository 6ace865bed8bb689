// Neighbours on a uniform grid: the searches. kernels_grid_build.cpp sorts the points.
#include "clients/plane/kernels_call.hpp"
#include "clients/plane/kernels_grid_memory.hpp"

using namespace dragoman::kernels;

namespace {

const GridLoops& loops_of(const dragoman_grid* grid) {
    const uint32_t which = grid->view.lanes - 2;
    return grid->type == DRAGOMAN_F32 ? loops().grid_f32[which] : loops().grid_f64[which];
}

/// Positive, with a square that the points' type can hold.
bool is_radius(double radius, uint32_t type) {
    const double square = radius * radius;
    const double least = type == DRAGOMAN_F32 ? __FLT_MIN__ : __DBL_MIN__;
    const double most = type == DRAGOMAN_F32 ? static_cast<double>(__FLT_MAX__) : __DBL_MAX__;
    return radius > 0 && square >= least && square <= most;
}

template <class T>
void sort_values(const dragoman_grid* grid, const Operand& values, uint32_t lane, T* sorted) {
    for (size_t i = 0; i < grid->view.points; ++i) {
        const size_t row = grid->view.order[i];
        sorted[i] = static_cast<const T*>(static_cast<const void*>(values.from + row * values.stride))[lane];
    }
    for (uint32_t i = 0; i < grid_padding; ++i) sorted[grid->view.points + i] = 0;
}

/// Up to four lanes of the values, each on its own and in the points' order; false where there is no memory for them.
bool sorted_values(const dragoman_grid* grid, const Operand& values, uint32_t first, uint32_t lanes,
                   const void** sorted) {
    const size_t bytes = (grid->view.points + grid_padding) * size_of(grid->type);
    for (uint32_t lane = 0; lane < lanes; ++lane) {
        if (!grid->values[lane].reserve(bytes)) return false;
        void* to = grid->values[lane].data;
        if (grid->type == DRAGOMAN_F32) sort_values(grid, values, first + lane, static_cast<float*>(to));
        if (grid->type == DRAGOMAN_F64) sort_values(grid, values, first + lane, static_cast<double*>(to));
        sorted[lane] = to;
    }
    return true;
}

/// Points in no cell have no neighbours.
void clear(const dragoman_grid* grid, const Operand& output, uint32_t bytes) {
    for (size_t row = 0; row < grid->rows; ++row) {
        if (grid->cell_of(row) == DRAGOMAN_NONE) __builtin_memset(output.to + row * output.stride, 0, bytes);
    }
}

}  // namespace

extern "C" {

uint64_t dragoman_grid_near(const dragoman_grid* grid, const double* point, double radius, uint32_t* rows,
                            uint64_t most) {
    if (grid == nullptr || point == nullptr || grid->view.points == 0 || !is_radius(radius, grid->type)) return 0;
    for (uint32_t d = 0; d < grid->view.lanes; ++d) {
        if (!is_finite(point[d])) return 0;
        if (grid->type == DRAGOMAN_F32 && !is_finite(static_cast<double>(static_cast<float>(point[d])))) return 0;
    }
    return loops_of(grid).near(grid->view, point, radius, rows, rows == nullptr ? 0 : most);
}

int dragoman_grid_sum(const dragoman_grid* grid, double radius, uint32_t most, const dragoman_span* values,
                      const dragoman_span* sums, const dragoman_span* counts) {
    Call call;
    call.fail_unless(grid != nullptr && (sums != nullptr || counts != nullptr), DRAGOMAN_KERNEL_ARGUMENT);
    if (sums != nullptr) {
        call.writes(sums);
        call.reads(values);
        call.alike(sums, values);
    }
    if (counts != nullptr) {
        call.writes(counts);
        call.one_lane(counts);
        call.fail_unless(call.fault != 0 || is_index(counts->type), DRAGOMAN_KERNEL_TYPES);
    }
    if (call.fault != 0) return call.fault;
    call.fail_unless(sums == nullptr || sums->type == grid->type, DRAGOMAN_KERNEL_TYPES);
    call.fail_unless((sums == nullptr || sums->rows == grid->rows) && (counts == nullptr || counts->rows == grid->rows),
                     DRAGOMAN_KERNEL_ROWS);
    call.fail_unless(grid->rows == 0 || is_radius(radius, grid->type), DRAGOMAN_KERNEL_ARGUMENT);
    call.apart();
    if (call.fault != 0 || grid->rows == 0) return call.fault;

    const void* sorted[4] = {};
    const uint32_t lanes = sums == nullptr ? 0 : sums->lanes;
    const Operand in = sums == nullptr ? Operand{} : Call::input(values);
    // the first values are taken before anything is written; the later ones are no longer than they
    if (sums != nullptr && !sorted_values(grid, in, 0, lanes < 4 ? lanes : 4, sorted)) return DRAGOMAN_KERNEL_MEMORY;
    const Operand count = counts == nullptr ? Operand{} : call.output(counts);
    Operand out = sums == nullptr ? Operand{} : call.output(sums);
    if (counts != nullptr) clear(grid, count, sizeof(uint32_t));
    if (sums != nullptr) clear(grid, out, width(*sums));
    if (lanes == 0) loops_of(grid).sum(grid->view, radius, most, 0, sorted, out, count);
    for (uint32_t first = 0; first < lanes; first += 4) {
        const uint32_t some = lanes - first < 4 ? lanes - first : 4;
        if (first != 0) sorted_values(grid, in, first, some, sorted);
        loops_of(grid).sum(grid->view, radius, most, some, sorted, out, first == 0 ? count : Operand{});
        out.to += some * size_of(grid->type);
    }
    call.done();
    return DRAGOMAN_KERNEL_OK;
}

int dragoman_grid_flock(const dragoman_grid* grid, const dragoman_span* velocity, const dragoman_span* old,
                        const dragoman_flock_rules* rules) {
    Call call;
    call.fail_unless(grid != nullptr && rules != nullptr, DRAGOMAN_KERNEL_ARGUMENT);
    call.writes(velocity);
    call.reads(old);
    call.alike(velocity, old);
    if (call.fault != 0) return call.fault;
    if (grid->rows == 0 && velocity->rows == 0) {
        call.done();
        return DRAGOMAN_KERNEL_OK;
    }
    call.fail_unless(velocity->type == grid->type, DRAGOMAN_KERNEL_TYPES);
    call.fail_unless(velocity->rows == grid->rows, DRAGOMAN_KERNEL_ROWS);
    call.fail_unless(velocity->lanes == grid->view.lanes, DRAGOMAN_KERNEL_LANES);
    call.apart();
    if (call.fault != 0) return call.fault;
    const double numbers[] = {rules->alignment, rules->cohesion, rules->separation, rules->dt,
                              rules->near * rules->near};
    for (const double number : numbers) {
        const bool fits =
            is_finite(grid->type == DRAGOMAN_F32 ? static_cast<double>(static_cast<float>(number)) : number);
        call.fail_unless(fits, DRAGOMAN_KERNEL_ARGUMENT);
    }
    call.fail_unless(is_radius(rules->radius, grid->type) && rules->near >= 0, DRAGOMAN_KERNEL_ARGUMENT);
    if (call.fault != 0) return call.fault;

    const void* sorted[4] = {};
    if (!sorted_values(grid, Call::input(old), 0, grid->view.lanes, sorted)) return DRAGOMAN_KERNEL_MEMORY;
    const Operand out = call.output(velocity);
    if (out.to != out.from) {
        for (size_t row = 0; row < grid->rows; ++row) {
            if (grid->cell_of(row) != DRAGOMAN_NONE) continue;
            __builtin_memcpy(out.to + row * out.stride, out.from + row * out.stride, width(*velocity));
        }
    }
    loops_of(grid).flock(grid->view, out, sorted, *rules);
    call.done();
    return DRAGOMAN_KERNEL_OK;
}
}
