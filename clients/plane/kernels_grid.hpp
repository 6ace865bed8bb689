#pragma once
// A grid as its loops see it, and which cells a search goes through.
#include "clients/plane/kernels_operand.hpp"

namespace dragoman::kernels {

/// Cells along one axis. Where the points are too far apart for a cell each, cells that lie `cells` apart share a
/// place.
struct GridAxis {
    double origin;
    double inverse;  ///< 1 / size of a cell
    int64_t cells;
    bool shared;

    /// Beyond this many cells from the origin all is one cell.
    static constexpr double edge = 1e15;

    static int64_t floor(double place) {
        const double bounded = place < -edge ? -edge : place > edge ? edge : place;
        const auto whole = static_cast<int64_t>(bounded);
        return whole - (bounded < static_cast<double>(whole) ? 1 : 0);
    }
    double place(double x) const { return (x - origin) * inverse; }
    int64_t cell_of(double x) const { return wrapped(floor(place(x))); }
    int64_t wrapped(int64_t cell) const {
        if (!shared) return cell;
        const int64_t rest = cell % cells;
        return rest < 0 ? rest + cells : rest;
    }
};

/// `count` cells from `first` on, going round at the end of a shared axis.
struct GridWindow {
    int64_t first;
    int64_t count;
};

/// The cells in which points nearer than `radius` to x can be: a little more than the radius, since the distance is
/// computed in the points' type, and places are rounded.
inline GridWindow window_of(const GridAxis& axis, double x, double radius) {
    const double place = axis.place(x);
    const double reach = radius * axis.inverse * (1 + 1e-5);
    const double slack = ((place < 0 ? -place : place) + reach) * 1e-14;
    int64_t first = GridAxis::floor(place - reach - slack);
    int64_t last = GridAxis::floor(place + reach + slack);
    if (axis.shared) {
        if (last - first >= axis.cells) return {0, axis.cells};
        return {axis.wrapped(first), last - first + 1};
    }
    first = first < 0 ? 0 : first;
    last = last >= axis.cells ? axis.cells - 1 : last;
    return {first, last < first ? 0 : last - first + 1};
}

struct GridView {
    uint32_t lanes;
    size_t points;  ///< those in cells
    GridAxis axis[3];
    const uint32_t* starts;  ///< of each cell among the sorted points; one more at the end
    const uint32_t* order;   ///< the row of each sorted point
    const void* sorted[3];   ///< the coordinates of each sorted point, and some zeros behind them
};

}  // namespace dragoman::kernels
