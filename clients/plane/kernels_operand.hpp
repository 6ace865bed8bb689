#pragma once
// What the loops work on: spans that have been looked at, with the buffers chosen. No header of libstdc++ here nor in
// any file of the kernels: the library links without it.
#include <stddef.h>
#include <stdint.h>

#include "clients/plane/kernels.h"

namespace dragoman::kernels {

/// A handle as a number: as it is on the wire.
struct Handle {
    uint32_t index;
    uint32_t generation;
    constexpr operator double() const { return static_cast<double>(generation) * 4294967296.0 + index; }
};

/// Some scalars of each row of a column: read from one place, written to another, which is most often the same.
struct Operand {
    unsigned char* to;
    const unsigned char* from;
    size_t stride;
};

struct Shape {
    size_t rows;
    uint32_t lanes;
    bool dense;  ///< every operand is one flat array of rows * lanes scalars
};

inline constexpr uint32_t size_of(uint32_t type) {
    switch (type) {
        case DRAGOMAN_BOOL:
        case DRAGOMAN_I8:
        case DRAGOMAN_U8:
            return 1;
        case DRAGOMAN_I16:
        case DRAGOMAN_U16:
            return 2;
        case DRAGOMAN_I32:
        case DRAGOMAN_U32:
        case DRAGOMAN_F32:
            return 4;
        case DRAGOMAN_I64:
        case DRAGOMAN_U64:
        case DRAGOMAN_F64:
        case DRAGOMAN_ENTITY:
            return 8;
        default:
            return 0;
    }
}
/// Entities are moved as what they are, two numbers of 32 bits: they need not lie at a multiple of 8.
inline constexpr uint32_t unit_of(uint32_t type) { return type == DRAGOMAN_ENTITY ? 4 : size_of(type); }
inline constexpr uint32_t types = DRAGOMAN_ENTITY + 1;

inline uint32_t width(const dragoman_span& span) { return size_of(span.type) * span.lanes; }
inline bool is_float(uint32_t type) { return type == DRAGOMAN_F32 || type == DRAGOMAN_F64; }
inline bool is_mask(uint32_t type) { return type == DRAGOMAN_BOOL || type == DRAGOMAN_U8; }
inline bool is_index(uint32_t type) { return type == DRAGOMAN_I32 || type == DRAGOMAN_U32; }
inline bool is_finite(double x) { return __builtin_isfinite(x) != 0; }

}  // namespace dragoman::kernels
