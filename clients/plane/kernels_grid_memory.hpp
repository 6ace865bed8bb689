#pragma once
// What a grid keeps from one build to the next.
#include <stdlib.h>

#include "clients/plane/kernels_grid.hpp"

namespace dragoman::kernels {

/// Zeros behind sorted numbers, so that eight can be read from anywhere among them.
inline constexpr uint32_t grid_padding = 8;

/// Memory that grows, and forgets what was in it.
struct Room {
    void* data;
    size_t bytes;

    bool reserve(size_t wanted) {
        if (wanted <= bytes) return true;
        const size_t more = wanted + wanted / 4;
        void* grown = malloc(more);
        if (grown == nullptr) return false;
        free(data);
        data = grown;
        bytes = more;
        return true;
    }
};

}  // namespace dragoman::kernels

struct dragoman_grid {
    dragoman::kernels::GridView view;
    size_t rows;
    uint8_t type;
    dragoman::kernels::Room cells;  ///< of each row: its cell, or DRAGOMAN_NONE
    dragoman::kernels::Room starts;
    dragoman::kernels::Room order;
    dragoman::kernels::Room sorted[3];
    mutable dragoman::kernels::Room values[4];  ///< of a search, sorted

    uint32_t cell_of(size_t row) const { return static_cast<const uint32_t*>(cells.data)[row]; }
};
