// A grid's making: the box around the points, the cells in it, and the points sorted by cell.
#include "clients/plane/kernels_call.hpp"
#include "clients/plane/kernels_grid_memory.hpp"

using namespace dragoman::kernels;

namespace {

struct Box {
    double low[3];
    double high[3];
    size_t points;  ///< those that are finite
};

template <class T>
bool read_point(const Operand& points, size_t row, uint32_t lanes, double* point) {
    const T* scalars = static_cast<const T*>(static_cast<const void*>(points.from + row * points.stride));
    bool finite = true;
    for (uint32_t d = 0; d < lanes; ++d) {
        point[d] = static_cast<double>(scalars[d]);
        finite = finite && is_finite(point[d]);
    }
    return finite;
}

template <class T>
Box box_around(const Operand& points, size_t rows, uint32_t lanes) {
    Box box{
        {__builtin_inf(), __builtin_inf(), __builtin_inf()}, {-__builtin_inf(), -__builtin_inf(), -__builtin_inf()}, 0};
    for (size_t row = 0; row < rows; ++row) {
        double point[3];
        if (!read_point<T>(points, row, lanes, point)) continue;
        for (uint32_t d = 0; d < lanes; ++d) {
            box.low[d] = point[d] < box.low[d] ? point[d] : box.low[d];
            box.high[d] = point[d] > box.high[d] ? point[d] : box.high[d];
        }
        ++box.points;
    }
    return box;
}

/// A cell for each place in the box where that makes at most four for each point; else the longest axis is halved until
/// it does, and its cells are shared.
size_t lay_out(GridView& view, const Box& box, double cell) {
    const double most = static_cast<double>(box.points) * 4 + 64;
    double cells[3] = {1, 1, 1};
    for (uint32_t d = 0; d < view.lanes; ++d) {
        GridAxis& axis = view.axis[d];
        axis = {box.low[d], 1 / cell, 1, false};
        cells[d] = static_cast<double>(GridAxis::floor(axis.place(box.high[d]))) + 1;
    }
    while (cells[0] * cells[1] * cells[2] > most) {
        uint32_t longest = cells[1] > cells[0] ? 1 : 0;
        if (cells[2] > cells[longest]) longest = 2;
        cells[longest] = static_cast<double>(GridAxis::floor(cells[longest] / 2)) + 1;
        view.axis[longest].shared = true;
    }
    for (uint32_t d = 0; d < view.lanes; ++d) view.axis[d].cells = static_cast<int64_t>(cells[d]);
    return static_cast<size_t>(cells[0] * cells[1] * cells[2]);
}

/// The cell of each row, and how many are in each.
template <class T>
void count_cells(dragoman_grid* grid, const Operand& points, size_t rows) {
    const GridView& view = grid->view;
    auto* cells = static_cast<uint32_t*>(grid->cells.data);
    auto* counts = static_cast<uint32_t*>(grid->starts.data);
    for (size_t row = 0; row < rows; ++row) {
        double point[3];
        cells[row] = DRAGOMAN_NONE;
        if (!read_point<T>(points, row, view.lanes, point)) continue;
        int64_t cell = 0;
        for (uint32_t d = view.lanes; d-- > 0;) cell = cell * view.axis[d].cells + view.axis[d].cell_of(point[d]);
        cells[row] = static_cast<uint32_t>(cell);
        ++counts[cell];
    }
}

/// counts[c] becomes the first place of cell c.
void add_up(uint32_t* counts, size_t cells) {
    uint32_t before = 0;
    for (size_t cell = 0; cell <= cells; ++cell) {
        const uint32_t here = cell < cells ? counts[cell] : 0;
        counts[cell] = before;
        before += here;
    }
}

template <class T>
void sort_points(dragoman_grid* grid, const Operand& points, size_t rows, size_t cells) {
    const uint32_t lanes = grid->view.lanes;
    auto* starts = static_cast<uint32_t*>(grid->starts.data);
    auto* order = static_cast<uint32_t*>(grid->order.data);
    for (size_t row = 0; row < rows; ++row) {
        const uint32_t cell = grid->cell_of(row);
        if (cell == DRAGOMAN_NONE) continue;
        const uint32_t place = starts[cell]++;
        const T* point = static_cast<const T*>(static_cast<const void*>(points.from + row * points.stride));
        order[place] = static_cast<uint32_t>(row);
        for (uint32_t d = 0; d < lanes; ++d) static_cast<T*>(grid->sorted[d].data)[place] = point[d];
    }
    // each start has become the next one's
    for (size_t cell = cells; cell > 0; --cell) starts[cell] = starts[cell - 1];
    starts[0] = 0;
    for (uint32_t d = 0; d < lanes; ++d) {
        T* behind = static_cast<T*>(grid->sorted[d].data) + grid->view.points;
        for (uint32_t i = 0; i < grid_padding; ++i) behind[i] = 0;
    }
}

bool reserve(dragoman_grid* grid, size_t rows, size_t points, size_t cells, uint32_t lanes, size_t scalar) {
    bool enough = grid->cells.reserve(rows * sizeof(uint32_t)) &&
                  grid->starts.reserve((cells + 1) * sizeof(uint32_t)) &&
                  grid->order.reserve(points * sizeof(uint32_t));
    for (uint32_t d = 0; d < lanes; ++d) enough = enough && grid->sorted[d].reserve((points + grid_padding) * scalar);
    return enough;
}

template <class T>
int build(dragoman_grid* grid, const dragoman_span* span, double cell) {
    const Operand points = Call::input(span);
    const Box box = box_around<T>(points, span->rows, span->lanes);
    GridView view{};
    view.lanes = span->lanes;
    view.points = box.points;
    const size_t cells = box.points == 0 ? 0 : lay_out(view, box, cell);
    grid->view = GridView{};
    grid->view.lanes = span->lanes;
    grid->rows = 0;
    grid->type = span->type;
    if (!reserve(grid, span->rows, box.points, cells, span->lanes, sizeof(T))) return DRAGOMAN_KERNEL_MEMORY;
    auto* starts = static_cast<uint32_t*>(grid->starts.data);
    __builtin_memset(starts, 0, (cells + 1) * sizeof(uint32_t));
    grid->view = view;
    grid->rows = span->rows;
    count_cells<T>(grid, points, span->rows);
    add_up(starts, cells);
    sort_points<T>(grid, points, span->rows, cells);
    grid->view.starts = starts;
    grid->view.order = static_cast<const uint32_t*>(grid->order.data);
    for (uint32_t d = 0; d < span->lanes; ++d) grid->view.sorted[d] = grid->sorted[d].data;
    return DRAGOMAN_KERNEL_OK;
}

}  // namespace

extern "C" {

dragoman_grid* dragoman_grid_new(void) {
    auto* grid = static_cast<dragoman_grid*>(calloc(1, sizeof(dragoman_grid)));
    if (grid == nullptr) return nullptr;
    grid->view.lanes = 2;
    grid->type = DRAGOMAN_F32;
    return grid;
}

void dragoman_grid_free(dragoman_grid* grid) {
    if (grid == nullptr) return;
    free(grid->cells.data);
    free(grid->starts.data);
    free(grid->order.data);
    for (const Room& room : grid->sorted) free(room.data);
    for (const Room& room : grid->values) free(room.data);
    free(grid);
}

int dragoman_grid_build(dragoman_grid* grid, const dragoman_span* points, double cell) {
    Call call;
    call.fail_unless(grid != nullptr, DRAGOMAN_KERNEL_ARGUMENT);
    call.reads(points);
    call.of_floats(points);
    if (call.fault != 0) return call.fault;
    call.fail_unless(points->lanes == 2 || points->lanes == 3, DRAGOMAN_KERNEL_LANES);
    call.fail_unless(points->rows < (uint64_t(1) << 31), DRAGOMAN_KERNEL_ROWS);
    call.fail_unless(cell > 0 && is_finite(cell) && is_finite(1 / cell), DRAGOMAN_KERNEL_ARGUMENT);
    if (call.fault != 0) return call.fault;
    return points->type == DRAGOMAN_F32 ? build<float>(grid, points, cell) : build<double>(grid, points, cell);
}
}
